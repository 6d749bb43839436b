"""The fields of forms read what a set writes, and say what they could not read."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.kernel.zones import TimeError
from marketplace.web.forms import (
    Between,
    ClockField,
    LengthField,
    NumberError,
    Required,
    WholeField,
    parse_hours,
    parse_whole,
    show_hours,
    show_money,
)


class DayForm(Form):
    call = ClockField("Call", [Required("Enter the call.")])
    hours = LengthField("Hours", [Between(30, 1440, "Too long.")])
    people = WholeField("People", [Between(0, 99, "Too many.")])


def typed(**values: str) -> Any:  # noqa: ANN401 - wtforms has no types
    form = DayForm(MultiDict(values))
    form.validate()
    return form


def said(errors: list[object]) -> list[str]:
    return [str(error) for error in errors]


@pytest.mark.parametrize(
    ("text", "minutes"), [("10", 600), ("10.5", 630), ("10,25", 615), ("10:30", 630)]
)
def test_hours_are_read_as_people_write_them(text: str, minutes: int) -> None:
    assert parse_hours(text) == minutes


@pytest.mark.parametrize("text", ["ten", "1.001", "", "10.33", "10:75"])
def test_what_is_no_number_of_hours_is_refused(text: str) -> None:
    with pytest.raises(TimeError):
        parse_hours(text)


@pytest.mark.parametrize("minutes", [600, 630, 5])
def test_hours_are_written_as_they_are_read(minutes: int) -> None:
    assert parse_hours(show_hours(minutes)) == minutes


@pytest.mark.parametrize("text", ["-1", "1.5", "three", "1" * 10])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(NumberError):
        parse_whole(text)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Money(28_000, "USD"), "280"),
        (Money(28_050, "USD"), "280.50"),
        (Money(0, "USD"), "0"),
        (Money(3_000, "JPY"), "3000"),
    ],
)
def test_an_amount_is_written_without_what_a_person_would_not_type(
    amount: Money, text: str
) -> None:
    assert show_money(amount) == text


def test_a_form_reads_a_call_past_midnight_a_length_and_a_number() -> None:
    form = typed(call="26:00", hours="10.5", people="3")

    assert (form.call.data, form.hours.data, form.people.data) == (1560, 630, 3)
    assert not form.errors


def test_fields_that_may_be_empty_are_none() -> None:
    form = typed(call="07:00", hours="", people=" ")

    assert (form.hours.data, form.people.data) == (None, None)
    assert not form.errors


def test_what_could_not_be_read_has_one_sentence_and_stays_in_its_field() -> None:
    form = typed(call="7 o'clock", hours="ten", people="three")

    assert [len(errors) for errors in form.errors.values()] == [1, 1, 1]
    assert isinstance(form.call.errors[0], Sentence)
    assert [field._value() for field in form] == ["7 o'clock", "ten", "three"]  # noqa: SLF001 - what the page shows


def test_an_empty_required_field_says_what_to_enter() -> None:
    assert said(typed(call=" ").call.errors) == ["Enter the call."]


def test_a_number_outside_is_refused_with_the_fields_own_sentence() -> None:
    form = typed(call="07:00", hours="25", people="100")

    assert said(form.hours.errors) == ["Too long."]
    assert said(form.people.errors) == ["Too many."]


def test_a_field_shows_what_it_was_given() -> None:
    form = DayForm(data={"call": 1560, "hours": 630, "people": 3})

    assert [field._value() for field in form] == ["26:00", "10:30", "3"]  # noqa: SLF001 - what the page shows
    assert [field._value() for field in DayForm()] == ["", "", ""]  # noqa: SLF001 - what the page shows
