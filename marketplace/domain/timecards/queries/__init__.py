"""Reads of shoot days and time cards, each shaped for one page."""

from __future__ import annotations

from marketplace.domain.timecards.queries.board import BoardRow, DayBoard, day_board
from marketplace.domain.timecards.queries.cards import (
    CardRow,
    Version,
    cards_of_day,
    typed_total_limit,
    versions_of,
)
from marketplace.domain.timecards.queries.counts import DayCounts, counts_of
from marketplace.domain.timecards.queries.own import OwnCard, own_card

__all__ = [
    "BoardRow",
    "CardRow",
    "DayBoard",
    "DayCounts",
    "OwnCard",
    "Version",
    "cards_of_day",
    "counts_of",
    "day_board",
    "own_card",
    "typed_total_limit",
    "versions_of",
]
