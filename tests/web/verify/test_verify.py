"""Whoever holds a slip can see that it is genuine, and nothing else about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from marketplace.domain.documents.rules import SlipDocument, addressed, code_of
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.rules.slips import document_owner
from marketplace.domain.reports.queries.genuine import genuine
from tests.support.payday import VAULT
from tests.support.site import Browser, Site
from tests.support.slipdays import days_of_money

Typing = Callable[[str], str]


@dataclass
class Paper:
    """A slip somebody holds in their hand, and their browser."""

    slip: PaySlip
    browser: Browser

    @property
    def code(self) -> str:
        return code_of(self.slip.digest)

    def looked_up(self, code: str, status: int = 200) -> str:
        return self.browser.get(f"/verify/{self.slip.number}?code={code}", status).text


@pytest.fixture
def paper(site: Site) -> Paper:
    object.__setattr__(site.outside, "vault", VAULT)
    days = days_of_money(site.database, site.settings.instance, site.clock)
    return Paper(days.slips[0], site.browser(None))


def test_a_genuine_slip_is_confirmed_without_a_name_or_an_amount(paper: Paper) -> None:
    page = paper.looked_up(paper.code)

    assert f"Pay slip {paper.slip.number} is genuine" in page
    assert "Redwood Vertical LLC" in page
    assert paper.slip.digest[16:32] in page
    assert "nothing came after it" in page
    secrets = ("Lin Yuting", "Ava Lin", "Divorced at Dawn", "Claire Hart", "$")
    assert [secret for secret in secrets if secret in page] == []


def test_the_address_on_the_paper_leads_to_the_page(paper: Paper) -> None:
    text = VAULT.open(paper.slip.document_sealed, document_owner(paper.slip.public_id))
    printed = addressed(SlipDocument.from_json(text), "").verify_url
    assert printed == ""

    printed = addressed(SlipDocument.from_json(text), "http://localhost").verify_url
    page = paper.browser.get(printed.removeprefix("http://localhost")).text

    assert "is genuine" in page


@pytest.mark.parametrize(
    "change", [lambda code: code.upper(), lambda code: f" {code[:4]} {code[4:]}"]
)
def test_the_code_may_be_typed_as_people_type(paper: Paper, change: Typing) -> None:
    assert "is genuine" in paper.looked_up(change(paper.code))


@pytest.mark.parametrize(
    "wrong",
    [lambda _code: "0" * 12, lambda code: code[:-1], lambda code: code + "0", lambda _code: "é%00"],
)
def test_another_code_confirms_nothing(paper: Paper, wrong: Typing) -> None:
    page = paper.looked_up(wrong(paper.code), 404)

    assert "is not confirmed" in page
    assert "Redwood" not in page
    assert paper.slip.digest[12:28] not in page


def test_without_a_code_it_is_asked_for_and_nothing_is_said(paper: Paper) -> None:
    page = paper.browser.get(f"/verify/{paper.slip.number}").text

    assert f'value="{paper.slip.number}"' in page
    assert "Redwood" not in page
    assert paper.browser.get("/verify/2026-99999").text.count("genuine?") == page.count("genuine?")


def test_number_and_code_can_be_typed(paper: Paper) -> None:
    form = paper.browser.get("/verify").text
    sent = paper.browser.get(f"/verify?number={paper.slip.number}&code={paper.code}", 303)

    assert "No name and no amount is shown" in form
    assert "is genuine" in paper.browser.get(sent.location).text


def test_search_engines_and_caches_are_kept_out(paper: Paper) -> None:
    for path in ("/verify", f"/verify/{paper.slip.number}?code={paper.code}"):
        answer = paper.browser.get(path)
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "no-store"
        assert 'name="robots" content="noindex' in answer.text


def test_guessing_is_stopped(paper: Paper) -> None:
    answers = [
        paper.browser.client.get(f"/verify/{paper.slip.number}?code={guess:012x}").status_code
        for guess in range(31)
    ]

    assert set(answers[:30]) == {404}
    assert answers[30] == 429


def test_a_slip_changed_in_the_database_is_not_called_genuine(site: Site, paper: Paper) -> None:
    owner = document_owner(paper.slip.public_id)
    document = SlipDocument.from_json(VAULT.open(paper.slip.document_sealed, owner))
    forged = replace(document, net="$9,999.99").to_json()
    with site.look() as session:
        held = session.get_one(PaySlip, paper.slip.id)
        held.document_sealed = VAULT.seal(forged, owner)  # what a trigger keeps from being stored
        with session.no_autoflush:
            found = genuine(session, paper.slip.number, paper.code, VAULT)
        session.rollback()

    assert found is not None
    assert not found.is_whole
