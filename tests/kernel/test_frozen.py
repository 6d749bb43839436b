"""What is stored as JSON reads back the same, and what cannot be stored is refused at once."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.frozen import freeze, thaw
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

plain = st.none() | st.booleans() | st.integers() | st.text()
typed = (
    st.builds(Money, st.integers(), st.sampled_from(["USD", "CNY"]))
    | st.dates()
    | st.datetimes(timezones=st.just(UTC))
    | st.timedeltas().map(lambda length: timedelta(seconds=int(length.total_seconds())))
    | st.fractions()
)
values = st.recursive(
    plain | typed,
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.from_regex(r"[a-z]+", fullmatch=True), inner)
    ),
)


@given(values)
def test_every_value_comes_back_from_json(value: object) -> None:
    assert thaw(json.loads(json.dumps(freeze(value)))) == value


def test_a_sentence_comes_back_with_its_values() -> None:
    sentence = say(
        "%(paid)s for %(hours)s hours on %(day)s, wrapped at %(at)s after %(length)s",
        paid=Money(28_000, "USD"),
        hours=Fraction(17, 2),
        day=date(2026, 11, 24),
        at=datetime(2026, 11, 25, 2, 0, tzinfo=UTC),
        length=timedelta(hours=10),
    )

    assert thaw(freeze(sentence)) == sentence


def test_a_row_comes_back_as_a_list() -> None:
    assert thaw(freeze((1, (2, 3)))) == [1, [2, 3]]


@pytest.mark.parametrize("value", [1.5, {1, 2}, object()])
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="cannot freeze"):
        freeze(value)
