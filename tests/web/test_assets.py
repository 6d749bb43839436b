"""Static files carry the hash of their content."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from marketplace.web import assets


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """A site with one static file."""
    (tmp_path / "app.css").write_text("a { color: red }")
    made = Flask(__name__, static_folder=str(tmp_path), static_url_path="/static")
    assets.register(made)
    return made


def address(app: Flask) -> str:
    with app.test_request_context():
        return assets.static("app.css")


def test_a_changed_file_gets_a_new_address(app: Flask, tmp_path: Path) -> None:
    before = address(app)
    (tmp_path / "app.css").write_text("a { color: blue }")
    assert address(app) != before


def test_browsers_keep_a_file_under_its_hash(app: Flask) -> None:
    with app.test_client().get(address(app)) as answer:
        assert answer.headers["Cache-Control"] == assets.KEEP


def test_browsers_do_not_keep_a_file_under_an_older_hash(app: Flask, tmp_path: Path) -> None:
    old = address(app)
    (tmp_path / "app.css").write_text("a { color: green }")
    with app.test_client().get(old) as answer:
        assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_a_file_that_is_not_there_is_not_found(app: Flask) -> None:
    assert app.test_client().get("/static/gone.css?v=1").status_code == 404
