"""Event logs: one line of JSON per event, an event name and fields, never personal data.

Tracebacks name places in the code only: the values of variables would be people's data.
"""

from __future__ import annotations

import structlog


def configure(least: str = "info") -> None:
    """Set how every process of the product writes its log; safe to call again.

    least: events below this level are not written.
    """
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(least),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        cache_logger_on_first_use=False,
    )
