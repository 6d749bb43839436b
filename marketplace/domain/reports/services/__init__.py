"""Ask for exports and make them piece by piece, keep accounts, note who read personal data."""

from __future__ import annotations

from marketplace.domain.reports.services.charts import (
    ChartError,
    KeepChart,
    NamedAccount,
    keep_chart,
)
from marketplace.domain.reports.services.episodes import (
    EpisodesError,
    KeepEpisodes,
    keep_episodes,
)
from marketplace.domain.reports.services.exports import (
    AskExport,
    AskPaper,
    Reading,
    add_chunk,
    ask_export,
    ask_paper,
    begin_export,
    cancel_export,
    export_subject,
    fail_export,
    finish_export,
    forget_export,
    note_reading,
)
from marketplace.domain.reports.services.remittances import ask_remittance, remittance_subject

__all__ = [
    "AskExport",
    "AskPaper",
    "ChartError",
    "EpisodesError",
    "KeepChart",
    "KeepEpisodes",
    "NamedAccount",
    "Reading",
    "add_chunk",
    "ask_export",
    "ask_paper",
    "ask_remittance",
    "begin_export",
    "cancel_export",
    "export_subject",
    "fail_export",
    "finish_export",
    "forget_export",
    "keep_chart",
    "keep_episodes",
    "note_reading",
    "remittance_subject",
]
