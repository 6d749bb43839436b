"""Words for people's work and papers."""

from __future__ import annotations

from enum import StrEnum


class Work(StrEnum):
    """What kind of work a person looks for."""

    ACTOR = "actor"
    BACKGROUND = "background"
    CREW = "crew"


class TaxForm(StrEnum):
    """The tax paper a payee has given; schemes read these words."""

    W9 = "w9"
    W8BEN = "w8ben"
    CN_RESIDENT = "cn_resident"
    CN_NONRESIDENT = "cn_nonresident"
