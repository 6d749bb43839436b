"""What the log says, and what it must never say."""

from __future__ import annotations

import json

import pytest
import structlog

from marketplace import logs


def test_an_event_is_one_line_of_json_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    structlog.get_logger().info("work_done", kind="send_mail", subject_id=7)
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["kind"], line["subject_id"]) == ("work_done", "send_mail", 7)
    assert line["timestamp"].endswith("Z")


def test_a_traceback_shows_no_values_of_variables(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    legal_name = "Wang " + "Meifen"
    rates: dict[int, int] = {}
    try:
        _ = rates[len(legal_name)]
    except LookupError as problem:
        structlog.get_logger().error("request_failed", exc_info=problem)
    text = capsys.readouterr().out
    assert "KeyError" in text
    assert legal_name not in text
