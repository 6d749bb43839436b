"""Numbers of rows in addresses and forms: what no row can have is not there, and breaks nothing."""

from __future__ import annotations

import pytest

from marketplace.web.numbers import LAST, row_number
from tests.support.builders import a_person, a_user
from tests.support.site import Browser, Site

TOO_LARGE = str(LAST + 1)


@pytest.fixture
def reader(site: Site) -> Browser:
    """Sign somebody in."""
    with site.arrange() as session:
        user = a_user(session, "Ava Lin")
        a_person(session, "Ava Lin", user=user)
    return site.browser(user)


@pytest.mark.parametrize("page", ["/me/inbox", "/me/pay"])
def test_a_list_that_goes_on_after_an_impossible_row_starts_anew(
    reader: Browser, page: str
) -> None:
    anew = reader.get(page)

    answer = reader.get(f"{page}?before={TOO_LARGE}")

    assert answer.status_code == anew.status_code == 200


def test_a_message_with_an_impossible_number_is_not_there(reader: Browser) -> None:
    reader.post("/me/inbox/open", {"notice": TOO_LARGE}, status=404)


@pytest.mark.parametrize("text", [TOO_LARGE, "-1", "zzz"])
def test_what_is_no_number_of_a_row_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        row_number(text)


@pytest.mark.parametrize("number", [0, 1, LAST])
def test_the_number_of_a_row_is_read(number: int) -> None:
    assert row_number(str(number)) == number
