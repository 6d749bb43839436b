"""Roles people can apply for, and their applications."""
