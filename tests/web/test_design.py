"""The design holds: contrast, equal themes, small scripts, sound parts."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, date, datetime
from pathlib import Path
from secrets import token_hex
from typing import Final

import pytest
from flask import Flask, render_template_string
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional

from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say
from marketplace.web import assets, presentation
from tests.support.pages import Page

SITE: Final = Path(__file__).parents[2] / "marketplace"
TOKENS: Final = (SITE / "static" / "tokens.css").read_text()
GALLERY: Final = (Path(__file__).parent / "gallery.html").read_text()
COMPONENTS: Final = ("marks", "forms", "feedback", "figures", "lists")
KIB: Final = 1024

TEXT: Final = [
    *(
        f"{ink} on {ground}"
        for ink in ("ink", "ink-2", "ink-3")
        for ground in ("canvas", "surface")
    ),
    *(f"{ink} on sunken" for ink in ("ink", "ink-2", "ink-3")),
    *(f"link on {ground}" for ground in ("canvas", "surface", "link-weak")),
    *(f"{tone} on {tone}-weak" for tone in ("ok", "warn", "bad", "info")),
    *(f"{tone} on surface" for tone in ("ok", "warn", "bad", "info")),
    *(f"ink on {tone}-weak" for tone in ("ok", "warn", "bad", "info")),
    *("ink-2 on link-weak", "ink-2 on warn-weak", "bad on canvas", "on-brand on brand"),
    *("on-action on action", "on-action on action-hover"),
    *(f"on-av on av-{tint}" for tint in range(1, 9)),
    *(f"on-cv on cv-{tint}" for tint in range(1, 9)),
]
"""Every pair of text and ground the style sheet uses."""

SHAPES: Final = [
    *("line-strong on surface", "line-strong on canvas", "focus on canvas", "focus on surface"),
    *("bar on surface", "bar on night"),
]
"""Pairs that only need to be told apart."""


def colours(selector: str) -> dict[str, str]:
    """Return the colours of the block with this selector."""
    start = TOKENS.index(selector)
    block = TOKENS[TOKENS.index("{", start) : TOKENS.index("}", start)]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", block))


LIGHT: Final = colours(":root {")
DARK: Final = LIGHT | colours(':root[data-theme="dark"]')


def luminance(colour: str) -> float:
    """Return the relative luminance of "#rrggbb" (WCAG 2.x)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(pair: str, theme: dict[str, str]) -> float:
    """Return the contrast of "ink on canvas" in a theme."""
    one, other = sorted((luminance(theme[name]) for name in pair.split(" on ")), reverse=True)
    return (one + 0.05) / (other + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("pair", TEXT)
def test_text_can_be_read(pair: str, theme: dict[str, str]) -> None:
    assert contrast(pair, theme) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("pair", SHAPES)
def test_shapes_can_be_told_apart(pair: str, theme: dict[str, str]) -> None:
    assert contrast(pair, theme) >= 3


def test_dark_by_choice_and_dark_by_system_are_the_same() -> None:
    by_choice = colours(':root[data-theme="dark"]')
    assert by_choice == colours(':root:not([data-theme="light"])')
    assert set(by_choice) <= set(LIGHT)


def test_the_style_sheet_uses_names_that_exist() -> None:
    used = set(re.findall(r"var\(--([\w-]+)", (SITE / "static" / "app.css").read_text()))
    assert used - set(LIGHT) == set()


def test_the_script_is_small_and_needs_nothing() -> None:
    script = (SITE / "static" / "app.js").read_text()
    assert len(script.encode()) < 8 * KIB
    assert "import " not in script
    assert "eval(" not in script


def test_styles_and_script_fit_the_budget_of_a_page() -> None:
    files = [SITE / "static" / name for name in ("tokens.css", "app.css", "app.js")]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < 14 * KIB


def test_e_mails_use_the_colours_of_the_site() -> None:
    mail = (SITE / "templates" / "emails" / "layout.html").read_text()
    named = re.findall(r'"(\w+)": "(#[0-9a-f]{6})"', mail)
    assert {name: LIGHT[name.replace("_", "-")] for name, _ in named} == dict(named)


class Deal(FlaskForm):
    """One field of each kind."""

    email = StringField(
        "E-mail",
        [InputRequired("Enter an e-mail address.")],
        description="We send the call sheet there.",
        render_kw={"autocomplete": "email"},
    )
    note = TextAreaField("Note", [Optional()])
    zone = SelectField("Time zone", choices=[SelectChoice("a", "Los Angeles")], default="a")
    when = DateField("Shoot date", [Optional()])
    kind = RadioField("Work", choices=[SelectChoice("cast", "Cast")], default="cast")
    skills = SelectMultipleField(
        "Skills", choices=[SelectChoice("ride", "Riding")], description="Any of these."
    )
    terms = BooleanField("I have read the terms", [InputRequired("Tick the box to go on.")])


@pytest.fixture(scope="module")
def app() -> Flask:
    """Just what parts need: no pages."""
    made = Flask("marketplace", root_path=str(SITE))
    made.config.update(SECRET_KEY=token_hex(), BABEL_DEFAULT_LOCALE="en")
    Babel(made)
    CSRFProtect(made)
    presentation.register(made, FixedClock(datetime(2026, 11, 22, 20, 0, tzinfo=UTC)))
    assets.register(made)
    return made


def gallery(app: Flask, *, is_refused: bool) -> Page:
    """Return the page with every part on it, its form fresh or refused."""
    with app.test_request_context(method="POST" if is_refused else "GET"):
        form, other = Deal(meta={"csrf": False}), Deal(prefix="other-", meta={"csrf": False})
        if is_refused:
            form.validate()
            form.form_errors.append(say("Somebody booked %(who)s first.", who="Ava Lin"))
        return Page(
            render_template_string(GALLERY, form=form, other=other, date=date, money_of=Money)
        )


def test_every_part_is_in_the_gallery() -> None:
    parts = {
        name
        for group in COMPONENTS
        for name in re.findall(
            r"{% macro ([a-z]\w*)",
            (SITE / "templates" / "components" / f"{group}.html").read_text(),
        )
    }
    assert len(parts) > 30
    assert {part for part in parts if not re.search(rf"\b{part}\(", GALLERY)} == set()


@pytest.mark.parametrize("is_refused", [False, True], ids=["fresh", "refused"])
def test_every_part_is_sound_html(app: Flask, *, is_refused: bool) -> None:
    page = gallery(app, is_refused=is_refused)
    assert page.errors == []
    ids = [one.get("id") for one in page.elements() if one.get("id")]
    assert len(ids) == len(set(ids))


def test_every_control_has_a_name(app: Flask) -> None:
    page = gallery(app, is_refused=False)
    labels = {one.get("for") for one in page.elements("label")}
    for control in page.elements("input", "select", "textarea"):
        wrapped = any(above.tag == "label" for above in page.above(control))
        hidden = control.get("type") == "hidden"
        assert hidden or wrapped or control.get("aria-label") or control.get("id") in labels


def test_a_fresh_form_shows_nothing_red(app: Flask) -> None:
    page = gallery(app, is_refused=False)
    assert [one for one in page.elements() if one.get("aria-invalid")] == []
    assert [one for one in page.elements() if "data-errors" in one.attrib] == []


def test_a_refused_form_says_so_on_top_and_beside_the_field(app: Flask) -> None:
    page = gallery(app, is_refused=True)
    email = next(one for one in page.elements("input") if one.get("id") == "email")
    assert email.get("aria-invalid") == "true"
    assert (email.get("aria-describedby") or "").split() == ["email-hint", "email-error"]
    summary = next(one for one in page.elements("div") if "data-errors" in one.attrib)
    said = "".join(summary.itertext())
    assert summary.get("role") == "alert"
    assert "Enter an e-mail address." in said
    assert "Somebody booked Ava Lin first." in said
    ids = {one.get("id") for one in page.elements()}
    links = [
        (one.get("href") or "")[1:] for one in page.elements("a") if one in list(summary.iter())
    ]
    assert links
    assert set(links) <= ids


def test_hints_belong_to_their_controls(app: Flask) -> None:
    page = gallery(app, is_refused=True)
    ids = {one.get("id") for one in page.elements()}
    described = [one.get("aria-describedby") for one in page.elements()]
    assert {part for text in described if text for part in text.split()} <= ids


def test_a_bar_never_leaves_its_drawing(app: Flask) -> None:
    page = gallery(app, is_refused=False)
    for drawing in (one for one in page.elements("svg") if one.get("class") == "bar"):
        width = int((drawing.get("viewBox") or drawing.get("viewbox") or "").split()[2])
        for shape in drawing:
            left, wide = int(shape.get("x", "0")), int(shape.get("width", "0"))
            assert 0 <= left <= left + wide <= width
