"""Operators read letters and comparisons; accountants read what concerns their company."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.blueprints.events.words import OUTCOMES
from marketplace.domain.accounts.models import Company, User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.payments.models import GatewayEvent, Reconciliation, ReconciliationRow
from marketplace.domain.payments.rules.events import Channel, Told, Upshot, masked
from marketplace.domain.payments.rules.matching import Kind
from marketplace.domain.payments.services.letters import keep_letter, settle_letter
from marketplace.domain.tasks.models import Task
from marketplace.worker.drain import Crew
from tests.support import builders
from tests.support.site import Browser, Site

TRANSFER: dict[str, Any] = {"data": {"object": {"id": "tr_1", "description": "for Lin Yuting"}}}


def an_operator(site: Site) -> Browser:
    with site.arrange() as session:
        operator = builders.an_operator(session)
    return site.browser(operator)


def a_letter(site: Site, number: int, type_: str = "transfer.created", account: str = "") -> None:
    now = site.clock.now()
    told = Told(f"evt_{number}", type_, account, "tr_1", now, masked(TRANSFER))
    with site.arrange() as session:
        keep_letter(session, "stripe", Channel.PLATFORM, told, clock=site.clock)


def settle(site: Site, upshot: Upshot, problem: str = "") -> None:
    with site.arrange() as session:
        settle_letter(session, 1, upshot, problem, clock=site.clock)


def test_letters_are_found_by_type_account_and_outcome(site: Site) -> None:
    a_letter(site, 1)
    a_letter(site, 2, "payout.paid", "acct_7")
    settle(site, Upshot.APPLIED)
    browser = an_operator(site)

    everything = browser.get("/operator/events").text
    by_type = browser.get("/operator/events?type=payout").text
    by_account = browser.get("/operator/events?account=acct_7").text
    by_outcome = browser.get("/operator/events?outcome=applied").text
    nonsense = browser.get("/operator/events?outcome=zzz&type=%00&before=zzz").text

    assert all(name in everything for name in ("/events/evt_1", "/events/evt_2"))
    assert ("evt_2" in by_type, "/events/evt_1" in by_type) == (True, False)
    assert ("evt_2" in by_account, "/events/evt_1" in by_account) == (True, False)
    assert ("/events/evt_2" in by_outcome, "/events/evt_1" in by_outcome) == (False, True)
    assert "/events/evt_1" in nonsense


@pytest.mark.parametrize("upshot", list(Upshot))
def test_every_outcome_has_its_words(site: Site, upshot: Upshot) -> None:
    a_letter(site, 1)
    settle(site, upshot)
    browser = an_operator(site)

    assert str(OUTCOMES[upshot][0]) in browser.get("/operator/events").text
    assert str(OUTCOMES[upshot][0]) in browser.get("/operator/events/evt_1").text


def test_older_letters_are_a_page_away(site: Site) -> None:
    for number in range(60):
        a_letter(site, number)
    browser = an_operator(site)

    first = browser.get("/operator/events").text
    second = browser.get("/operator/events?before=11").text

    assert 'rel="next"' in first
    assert ("/events/evt_9" in second, "/events/evt_59" in second) == (True, False)


def test_a_letter_is_shown_without_names_and_looked_at_again(site: Site) -> None:
    a_letter(site, 1)
    settle(site, Upshot.FAILED, "The gateway lists 1 USD for a payment of 2 USD.")
    browser = an_operator(site)

    page = browser.get("/operator/events/evt_1").text
    after = browser.follow("/operator/events/evt_1/replay", {}).text

    assert "for a payment of 2 USD" in page
    assert "Yuting" not in page
    assert "Waiting" in after
    with site.look() as session:
        assert session.scalar(sa.select(GatewayEvent.replays)) == 1
        kinds = session.scalars(sa.select(Task.kind).where(Task.kind == "handle_event"))
        assert len(list(kinds)) == 2


def test_a_letter_nobody_knows_is_not_there(site: Site) -> None:
    browser = an_operator(site)

    browser.get("/operator/events/evt_9", 404)
    browser.post("/operator/events/evt_9/replay", {}, 404)


@pytest.mark.parametrize("path", ["/operator/events", "/operator/reconciliations"])
def test_who_is_no_operator_finds_nothing(site: Site, path: str) -> None:
    with site.arrange() as session:
        owner = builders.a_member(session, builders.a_company(session))

    site.browser(owner).get(path, 404)


def a_company_with_differences(site: Site) -> tuple[Company, User, str]:
    with site.arrange() as session:
        company = builders.a_company(session)
        accountant = builders.a_member(session, company, CompanyRole.ACCOUNTANT)
        name = a_report(session, site, company)
    return company, accountant, name


def a_report(session: Session, site: Site, company: Company) -> str:
    now = site.clock.now()
    report = Reconciliation(
        key="stripe:x", gateway="stripe", asked_at=now - timedelta(minutes=1), finished_at=now,
        payments=8, transfers=9, differences=3,
    )  # fmt: skip
    session.add(report)
    session.flush()
    rows: list[tuple[Kind, int | None, str, int | None, int | None]] = [
        (Kind.PAID_TWICE, company.id, "USD", 28_000, 56_000),
        (Kind.BALANCE, None, "USD", -28_000, -56_000),
        (Kind.UNKNOWN_HERE, None, "XAF", None, 777),
    ]
    for position, (kind, company_id, currency, ours, theirs) in enumerate(rows):
        session.add(
            ReconciliationRow(
                reconciliation_id=report.id, position=position, company_id=company_id, kind=kind,
                subject=f"subject{position}", gateway_ref="tr_1", group_name="day_1",
                currency=currency, ours_minor=ours, theirs_minor=theirs, count=2,
            ),
        )  # fmt: skip
    session.flush()
    return report.public_id


def test_an_accountant_reads_what_concerns_the_company(site: Site) -> None:
    company, accountant, name = a_company_with_differences(site)
    browser = site.browser(accountant)
    base = f"/c/{company.public_id}/reconciliations"

    listed = browser.get(base).text
    page = browser.get(f"{base}/{name}").text
    table = browser.get(f"{base}/{name}.csv").text

    assert "1 difference" in listed
    assert ("subject0" in page, "subject1" in page) == (True, False)
    assert table.splitlines()[1].split(",")[-4:] == ["USD", "280.00", "560.00", "2"]
    assert len(table.splitlines()) == 2


def test_an_operator_reads_everything(site: Site) -> None:
    _company, _accountant, name = a_company_with_differences(site)
    browser = an_operator(site)

    listed = browser.get("/operator/reconciliations").text
    page = browser.get(f"/operator/reconciliations/{name}").text
    table = browser.get(f"/operator/reconciliations/{name}.csv").text

    assert "3 differences" in listed
    assert all(f"subject{number}" in page for number in range(3))
    assert len(table.splitlines()) == 4


def test_another_company_sees_that_nothing_of_its_own_differs(site: Site) -> None:
    _company, _accountant, name = a_company_with_differences(site)
    with site.arrange() as session:
        other = builders.a_company(session, "Elsewhere")
        stranger = builders.a_member(session, other, CompanyRole.ACCOUNTANT)
    browser = site.browser(stranger)
    base = f"/c/{other.public_id}/reconciliations"

    assert "Nothing differs" in browser.get(base).text
    assert "subject0" not in browser.get(f"{base}/{name}").text


@pytest.mark.parametrize("ending", ["", ".csv"])
def test_a_comparison_nobody_made_is_not_there(site: Site, ending: str) -> None:
    company, accountant, _name = a_company_with_differences(site)

    site.browser(accountant).get(f"/c/{company.public_id}/reconciliations/zzz{ending}", 404)
    an_operator(site).get(f"/operator/reconciliations/zzz{ending}", 404)


def test_a_comparison_is_asked_for_and_made(site: Site) -> None:
    with site.arrange() as session:
        company = builders.a_company(session)
        accountant = builders.a_member(session, company, CompanyRole.ACCOUNTANT)
    browser = site.browser(accountant)
    base = f"/c/{company.public_id}/reconciliations"

    assert "No comparison yet" in browser.get(base).text
    assert "Waiting" in browser.follow(base, {}).text
    assert browser.follow(base, {}).text.count("On demand") == 1, "a second click asks nothing new"
    an_operator(site).follow("/operator/reconciliations", {})
    with site.look() as session:
        (name,) = session.scalars(sa.select(Reconciliation.public_id))
    assert "has not been made yet" in browser.get(f"{base}/{name}").text
    Crew(site.database.engine, site.outside).drain_all()

    assert "Nothing differs" in browser.get(base).text
    assert "Nothing differs" in browser.get(f"{base}/{name}").text
