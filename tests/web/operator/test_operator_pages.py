"""An operator sees how work and payments stand, and nobody's name or pay."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace import db
from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.payments.models import GatewayHalt, Payout
from marketplace.domain.people.models import Person
from marketplace.domain.tasks.models import Task
from marketplace.worker.alarms import Watchman
from marketplace.worker.books import BooksWatch
from marketplace.worker.drain import Crew
from tests.support.builders import a_user, an_operator
from tests.support.payday import VAULT, a_closed_day, an_approved_card
from tests.support.site import Browser, Site


@pytest.fixture
def operator(site: Site) -> Browser:
    """Somebody who looks after an installation: one person is paid, another's pay is blocked."""
    object.__setattr__(site.outside, "vault", VAULT)
    with site.arrange() as session:
        user = an_operator(session)
        day = a_closed_day(session)
        an_approved_card(session, day, "Ava Lin")
        an_approved_card(session, day, "Bo Chen")
    Crew(site.database.engine, site.outside).drain_all()
    with site.arrange() as session:
        held = session.scalars(
            sa.select(Payout).join(Person).where(Person.stage_name == "Bo Chen"),
        ).one()
        held.state, held.gateway_ref, held.problem_code = "blocked", None, "account_closed"
    return site.browser(user)


def a_task(site: Site, key: str, **values: object) -> int:
    now = site.clock.at
    row = {"kind": "print_slip", "subject_id": 7, "run_at": now, "lease_until": now, **values}
    with site.arrange() as session:
        task = Task(key=key, **row)  # type: ignore[arg-type]  # as a test names them
        session.add(task)
        session.flush()
        return task.id


def test_the_overview_counts_and_links_to_the_rows(operator: Browser) -> None:
    page = operator.get("/operator").text

    assert 'href="/operator/payouts?state=blocked&amp;code=account_closed"' in page
    assert 'href="/operator/payouts?state=sent"' in page
    assert "never seen" in page


def test_no_page_names_a_person_or_an_amount(site: Site, operator: Browser) -> None:
    a_task(site, "a", problem="The mail was refused: 550 ava@example.test", attempts=2)
    BooksWatch(site.database.engine, site.outside).check()

    for path in ("", "/work", "/payouts", "/books"):
        page = operator.get(f"/operator{path}").text
        for secret in ("Ava Lin", "Bo Chen", "Lin Yuting", "ava@example.test", "280.00"):
            assert secret not in page, (path, secret)


def test_payments_are_listed_by_state_and_reason(site: Site, operator: Browser) -> None:
    with site.look() as session:
        rows = session.execute(sa.select(Payout.state, Payout.public_id))
        ids = dict(rows.all())

    blocked = operator.get("/operator/payouts?state=blocked&code=account_closed").text
    assert ids["blocked"] in blocked
    assert ids["sent"] not in blocked
    assert ids["sent"] in operator.get("/operator/payouts?state=nonsense").text
    assert "Nothing here" in operator.get("/operator/payouts?state=held").text


def test_a_problem_in_the_code_is_shown_and_a_refusal_in_words_is_not(
    site: Site, operator: Browser
) -> None:
    a_task(site, "a", problem="KeyError at domain/payroll/services/slips.py:12")
    a_task(site, "b", kind="send_mail", problem="Ava has no address")

    page = operator.get("/operator/work").text
    assert "KeyError at domain/payroll/services/slips.py:12" in page
    assert "A rule refused it" in page
    only = operator.get("/operator/work?kind=send_mail").text
    assert "KeyError" not in only


def test_work_that_was_given_up_is_tried_again(site: Site, operator: Browser) -> None:
    task_id = a_task(site, "a", parked_at=site.clock.at, attempts=12)
    waiting = a_task(site, "b")

    page = operator.get("/operator/work?parked=1").text
    assert f'value="{task_id}"' in page
    assert f'value="{waiting}"' not in page
    assert "tried again" in operator.follow("/operator/work/again", {"task": task_id}).text
    with site.look() as session:
        assert session.get_one(Task, task_id).parked_at is None
    again = operator.follow("/operator/work/again", {"task": task_id}).text
    assert "not given up any more" in again


def test_a_stopped_gateway_says_why_and_is_resumed(site: Site, operator: Browser) -> None:
    now = site.clock.at
    later = now + timedelta(minutes=10)
    a_task(site, "s", kind="send_payout", run_at=later, lease_until=later)
    with site.arrange() as session:
        session.add(
            GatewayHalt(gateway="stripe", code="empty", text="Broke.", stopped_at=now, until=later)
        )
    assert "Broke." in operator.get("/operator").text

    page = operator.follow("/operator/resume", {"gateway": "stripe"}).text

    assert "Broke." not in page
    with site.look() as session:
        assert session.scalars(sa.select(Task.run_at).where(Task.key == "s")).one() == now
        wanted = sa.select(AuditEntry.subject).where(AuditEntry.action == "resume")
        assert session.scalars(wanted).one() == "gateway:stripe"
    assert "Nothing is stopped" in operator.follow("/operator/resume", {"gateway": "x"}).text


def test_findings_and_alarms_are_shown_until_they_are_over(site: Site, operator: Browser) -> None:
    crew = Crew(site.database.engine, site.outside)
    watch, watchman = BooksWatch(site.database.engine, site.outside), Watchman(crew, site.outside)
    watch.check()
    watchman.look()

    assert "do not balance" in operator.get("/operator").text
    assert "finding" in operator.get("/operator/books").text
    with site.arrange() as session:
        session.execute(
            sa.text(
                "UPDATE payout SET state = 'sent', gateway_ref = 'x' || id WHERE state = 'blocked'"
            )
        )
    assert watch.check() == []
    watchman.look()
    page = operator.get("/operator").text
    assert "Problems that are over" in page


def test_nobody_else_finds_these_pages(site: Site, operator: Browser) -> None:
    with site.arrange() as session:
        other = a_user(session, "Mia Park")
    for path in ("/operator", "/operator/work", "/operator/payouts", "/operator/books"):
        site.browser(other).get(path, 404)
    with site.database.session() as session, db.transaction(session):
        session.execute(sa.text("UPDATE users SET is_operator = false"))
    operator.get("/operator", 404)
