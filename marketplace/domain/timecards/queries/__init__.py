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
from marketplace.domain.timecards.queries.special import (
    Asked,
    PersonOfDay,
    count_open_questions,
    open_questions,
    person_of_day,
    question_id_of,
)

__all__ = [
    "Asked",
    "BoardRow",
    "CardRow",
    "DayBoard",
    "DayCounts",
    "OwnCard",
    "PersonOfDay",
    "Version",
    "cards_of_day",
    "count_open_questions",
    "counts_of",
    "day_board",
    "open_questions",
    "own_card",
    "person_of_day",
    "question_id_of",
    "typed_total_limit",
    "versions_of",
]
