"""The demo world under test: made once for all workers, copied for whoever wants to use it."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from marketplace.app import create_app, make_outside
from marketplace.demo import world
from marketplace.domain.accounts.models import Company, Membership, PasswordReset, User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.accounts.services.calendar import renew_calendar
from marketplace.domain.accounts.services.companies import Invite, invite
from marketplace.domain.accounts.services.limits import limit
from marketplace.domain.booking.models import Booking, DealMemo, Offer
from marketplace.domain.casting.models import Application, Role, SavedSearch
from marketplace.domain.casting.services.searches import stop_token
from marketplace.domain.ledger.models import LedgerAccount
from marketplace.domain.payments.models import PayeeAccount
from marketplace.domain.payments.rules.gateways import PayeeState
from marketplace.domain.payments.services.payee_accounts import adopt
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.models import Credit, Person, PersonListing, Photo
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.reports.rules import SlipFilters
from marketplace.domain.reports.services import AskExport, ask_export
from marketplace.domain.reports.services.alarms import WORKER
from marketplace.domain.tasks.services import beat
from marketplace.domain.timecards.models import CardQuery, TimeCard
from marketplace.domain.timecards.rules import CardState, QueryPart
from marketplace.domain.timecards.services import ApproveCards, approve
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.ids import digest, secret_token
from marketplace.worker.drain import Crew
from tests.support.adjusting import adjusted
from tests.support.asked import Guest, a_guest
from tests.support.bankfiles import filed
from tests.support.builders import a_member, a_production, an_operator
from tests.support.databases import Database, upgrade
from tests.support.funds import a_settled_funding
from tests.support.moving import a_moved_day
from tests.support.site import Site, cheap_passwords, settings_for
from tests.support.told import told

MADE_AT: Final = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
OPENS_AT: Final = world.curtain(MADE_AT)
LOGINS: Final = "demo-logins.json"
COMPANY: Final = "Redwood Vertical"
OTHER_COMPANY: Final = "中原竖屏影业"
TALENT: Final = "Ava Lin"
OTHER_TALENT: Final = "Mei Alvarez"
SHOW: Final = "Divorced at Dawn"
ROLE: Final = "Claire Hart"
ELSEWHERE: Final = {
    ("day", "open_day"): (
        "days.call_off",
        "days.calling_off",
        "days.edit",
        "days.keep",
        "days.move",
        "days.move_day_to",
        "days.moving",
        "days.remove",
        "days.show",
        "days.update",
    ),
    ("card", "paid_card"): ("corrections.propose", "corrections.send"),
    ("card", "approved_card"): ("timecards.send_back",),
    ("voucher", "agreed_voucher"): (
        "corrections.approve",
        "corrections.reject",
        "corrections.show",
    ),
    ("voucher", "approved_voucher"): (
        "corrections.office_show",
        "corrections.send_back",
        "corrections.sign",
    ),
    ("booking", "moved_booking"): ("moved.agree", "moved.refuse", "moved.show"),
    ("currency", "currency"): ("bankfiles.new",),
    ("person", "listed_person"): (
        "people.invite",
        "people.offer",
        "people.price",
        "people.send",
    ),
    ("booking", "worked_booking"): (
        "timecards.amounts",
        "timecards.miss",
        "timecards.person",
        "timecards.save_amounts",
        "timecards.send_home",
        "timecards.take_back",
        "timecards.upgrade",
    ),
}
"""What is asked of rows in another state: which part of the URL, and the value it gets."""


class DemoSite(Site):
    """The site of the demo, on a copy of its world, when its curtain rises."""

    def __init__(self, folder: Path) -> None:
        """Compose the app on the files in `folder`."""
        self.folder = folder
        self.clock = FixedClock(OPENS_AT)
        self.database = Database(f"sqlite:///{folder / 'dayrate.db'}")
        self.settings = settings_for(self.database.url, folder, is_demo=True)
        outside = make_outside(self.settings, self.clock)
        self.outside = replace(outside, passwords=cheap_passwords(), machine=self.clock)
        self.app = create_app(self.settings, self.outside)

    def work(self) -> None:
        """Do the work that is due."""
        Crew(self.database.engine, self.outside).drain_all()


@contextmanager
def a_copy(factory: pytest.TempPathFactory) -> Iterator[DemoSite]:
    """Yield the site on a copy of the demo world of its own."""
    made = _made(factory)
    folder = factory.mktemp("world")
    for name in ("dayrate.db", "gateway.db"):
        copy_database(made / name, folder / name)
    shutil.copyfile(made / LOGINS, folder / LOGINS)
    site = DemoSite(folder)
    yield site
    site.close()
    site.database.close()


def _made(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the one demo world of this run, made by whoever comes first."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "demo-world"
    with (shared / "demo-world.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            _make(folder)
            (folder / "ready").touch()
    return folder


def _make(folder: Path) -> None:
    database = Database(f"sqlite:///{folder / 'dayrate.db'}")
    upgrade(database.engine)
    settings = settings_for(database.url, folder, is_demo=True)
    world.load(make_outside(settings, FixedClock(MADE_AT)))
    database.close()


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database as it is now, what is still in its log included."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


@dataclass(frozen=True)
class Places:
    """Who looks at which pages: users by what they are, and a value for each part of a URL.

    exceptions: values of an endpoint that differ from those of its neighbours; one that is no
    part of its URL goes into the query.
    """

    users: Mapping[str, User]
    values: Mapping[str, str]
    exceptions: Mapping[str, Mapping[str, str]]

    def address(self, site: Site, rule: Rule) -> str:
        """Return a real address of a rule."""
        values = {name: self.values[name] for name in rule.arguments if name in self.values}
        values |= self.exceptions.get(rule.endpoint, {})
        with site.app.test_request_context():
            return site.app.url_map.bind("localhost").build(rule.endpoint, values)


def furnish(site: DemoSite) -> Places:
    """Add what the demo has not (a producer, links, an export), and return what is where."""
    with site.arrange() as session:
        users = _users(session)
        values = _values(session, users)
        users |= _limited(session) | {"operator": an_operator(session)}
        beat(session, WORKER, machine=site.outside.machine)
        links = _links(session, users, site.clock)
        values |= adjusted(session, values["slip"], clock=site.clock)
        values["question"] = _question(session, values["card"], site.clock)
        values["approved_card"] = _approved(session, values["day"], site.clock)
        values |= filed(session, users["accountant"], site.outside)
        values |= told(session, users["operator"], site.clock)
        guest = _guest(session, users, site.clock)
        values |= {"check": guest.check, "refusal": guest.refusal}
        values["funding"] = _funding(session)
        values |= _agreed(session, users["talent"], site.clock)
        values["payee"] = _payee_account(session, users["talent"], site.clock)
    site.work()
    exceptions = _exceptions(values) | guest.exceptions
    joining = ("auth.join", "auth.accept", "auth.start_invited")
    exceptions |= {endpoint: {"token": links["join"]} for endpoint in joining}
    exceptions["dates.feed"] = {"token": links["calendar"]}
    stop = {"token": stop_token(values["person"], site.outside.vault)}
    exceptions |= {"searches.stop": stop, "searches.stopped": stop}
    return Places(users, values | {"job": links["job"], "token": links["reset"]}, exceptions)


def _guest(session: Session, users: Mapping[str, User], clock: FixedClock) -> Guest:
    """Ask about the day of a guest role of the show in every way."""
    show = session.query(Production).filter_by(title=SHOW).one()
    return a_guest(session, show, users["talent"], users["other_talent"], clock)


def _funding(session: Session) -> str:
    """Put settled money into the show, and return the name of that funding."""
    show = session.query(Production).filter_by(title=SHOW).one()
    return a_settled_funding(session, show, gateway="sandbox").public_id


def _payee_account(session: Session, user: User, clock: FixedClock) -> str:
    """Return the name of somebody's account at the gateway."""
    person = session.query(Person).filter_by(user_id=user.id).one()
    row_id = adopt(session, person.id, "sandbox", person.public_id, clock=clock)
    row = session.get_one(PayeeAccount, row_id)
    row.state = PayeeState.READY
    return row.public_id


def _agreed(session: Session, talent: User, clock: FixedClock) -> dict[str, str]:
    """Return a deal memo of the show, and a booking of another one whose day has moved."""
    person = session.query(Person).filter_by(user_id=talent.id).one()
    show = session.query(Production).filter_by(title=SHOW).one()
    mine = {"person_id": person.id, "production_id": show.id}
    memo = session.query(DealMemo).filter_by(**mine).order_by(DealMemo.id.desc()).first()
    other = session.query(Production).filter_by(title="Elsewhere").first()
    return {
        "memo": memo.public_id if memo else "",
        "moved_booking": a_moved_day(session, other or show, person, clock),
    }


def _exceptions(values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return what is asked of other rows than its neighbours, for it needs them in a state."""
    return {
        endpoint: {part: values[name]}
        for (part, name), endpoints in ELSEWHERE.items()
        for endpoint in endpoints
    }


def _users(session: Session) -> dict[str, User]:
    company = session.query(Company).filter_by(name=COMPANY).one()
    a_member(session, company, CompanyRole.PRODUCER)
    members = session.execute(
        sa.select(Membership.role, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.company_id == company.id),
    )
    users = {str(CompanyRole(role)): user for role, user in members}
    stranger = sa.select(User).join(Membership, Membership.user_id == User.id)
    stranger = stranger.join(Company).where(
        Company.name == OTHER_COMPANY, Membership.role == CompanyRole.OWNER
    )
    return {
        **users,
        "stranger": session.scalars(stranger).one(),
        "talent": _talent(session, TALENT),
        "other_talent": _talent(session, OTHER_TALENT),
    }


def _limited(session: Session) -> dict[str, User]:
    """Return accountants who may see the one show alone, and another one alone."""
    shows = session.query(Production).filter_by(title=SHOW).one()
    company = session.get_one(Company, shows.company_id)
    other = a_production(session, company, "Elsewhere")
    found = {}
    for name, show in (("limited", shows), ("elsewhere", other)):
        user = a_member(session, company, CompanyRole.ACCOUNTANT)
        membership = session.query(Membership).filter_by(user_id=user.id).one()
        limit(session, membership, [show.id])
        found[name] = user
    return found


def _talent(session: Session, name: str) -> User:
    wanted = sa.select(User).join(Person, Person.user_id == User.id)
    return session.scalars(wanted.where(Person.stage_name == name)).one()


def _values(session: Session, users: Mapping[str, User]) -> dict[str, str]:
    """Return the public ids of one company, show, role and person, and of all between them."""
    production = session.query(Production).filter_by(title=SHOW).one()
    role = session.query(Role).filter_by(production_id=production.id, name=ROLE).one()
    person = session.query(Person).filter_by(user_id=users["talent"].id).one()
    days = session.query(ShootDay).filter_by(production_id=production.id)
    paid, worked, ahead = (days.filter_by(number=number).one() for number in (1, 3, 4))
    ours = {"role_id": role.id, "person_id": person.id}
    rows: dict[str, Company | Production | Role | ShootDay | Application | Booking] = {
        "company": session.get_one(Company, production.company_id),
        "production": production,
        "role": role,
        "day": worked,
        "open_day": ahead,
        "application": session.query(Application).filter_by(**ours).one(),
        "booking": session.query(Booking).filter_by(**ours, shoot_day_id=ahead.id).one(),
    }
    offer = session.query(Offer).filter_by(**ours).one()
    mine = {"person_id": person.id}
    card = session.query(TimeCard).filter_by(**mine, shoot_day_id=worked.id).one()
    slip = session.query(PaySlip).filter_by(**mine, shoot_day_id=paid.id).one()
    ids = {name: row.public_id for name, row in rows.items()}
    ids |= {"offer": offer.public_id, "card": card.public_id, "slip": slip.public_id}
    ids |= _profile(session, person)
    ids["number"] = slip.number
    theirs = session.query(Booking).filter_by(**ours, shoot_day_id=worked.id).one()
    ids["worked_booking"] = theirs.public_id
    code = f"wages:{production.company_id}"
    ids["account"] = session.query(LedgerAccount).filter_by(code=code).one().public_id
    return ids | {"member": users["casting"].public_id, "filename": "app.css", "paper": "register"}


def _profile(session: Session, person: Person) -> dict[str, str]:
    """Return what is on a person's profile."""
    photo = session.query(Photo).filter_by(person_id=person.id, is_headshot=True).one()
    entry = session.query(Credit).filter_by(person_id=person.id, position=0).one()
    ids = {"photo": photo.public_id, "entry": entry.public_id, "person": person.public_id}
    search = session.query(SavedSearch).filter_by(person_id=person.id).one()
    listed = session.scalars(sa.select(Person).join(PersonListing).order_by(Person.id)).first()
    ids["listed_person"] = listed.public_id if listed else ""
    return ids | {"kind": "credits", "size": "thumb", "search": search.public_id}


def _question(session: Session, card: str, clock: FixedClock) -> str:
    """Ask about a card that is agreed already; returns the question."""
    found = session.query(TimeCard).filter_by(public_id=card).one()
    question = CardQuery(
        time_card_id=found.id,
        version=found.version,
        part=QueryPart.EXTRAS,
        text="Was the smoke bump paid?",
        asked_at=clock.now(),
    )
    session.add(question)
    session.flush()
    return question.public_id


def _approved(session: Session, day_id: str, clock: FixedClock) -> str:
    """Approve two agreed cards of a day as the production; returns the first."""
    day = session.query(ShootDay).filter_by(public_id=day_id).one()
    agreed = session.query(TimeCard).filter_by(shoot_day_id=day.id, state=CardState.AGREED)
    chosen = agreed.filter(Person.stage_name.notin_((TALENT, OTHER_TALENT)))
    cards = chosen.join(Person, Person.id == TimeCard.person_id).order_by(TimeCard.id)[:2]
    by_id = session.get_one(Production, day.production_id).created_by_id
    seen = {card.id: card.version for card in cards}
    approve(session, ApproveCards(day.id, day.production_id, seen, by_id), clock=clock)
    return cards[0].public_id


def _links(session: Session, users: Mapping[str, User], clock: FixedClock) -> dict[str, str]:
    """Make what is reached by a secret link, and an archive of pay slips."""
    company = session.query(Company).filter_by(name=COMPANY).one()
    reset = secret_token()
    session.add(
        PasswordReset(
            user_id=users["talent"].id,
            token_digest=digest(reset),
            expires_at=datetime(2027, 1, 1, tzinfo=UTC),
        ),
    )
    asked = Invite(company.id, users["owner"].id, "new@example.test", CompanyRole.AD)
    accountant = users["accountant"].id
    export = AskExport(company.id, accountant, SlipFilters(), "Every pay slip")
    return {
        "reset": reset,
        "join": invite(session, asked, clock=clock),
        "calendar": renew_calendar(session, users["talent"].id, clock=clock),
        "job": ask_export(session, export, clock=clock).public_id,
    }
