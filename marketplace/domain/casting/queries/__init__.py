"""Reads of roles, applications and applicants."""

from __future__ import annotations
