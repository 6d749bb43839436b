"""Roles in a company, and what makes a password good enough."""

from __future__ import annotations

from enum import StrEnum


class CompanyRole(StrEnum):
    """What a member of a production company does there."""

    OWNER = "owner"
    PRODUCER = "producer"
    CASTING = "casting"
    AD = "ad"
    ACCOUNTANT = "accountant"
