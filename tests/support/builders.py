"""Rows for tests, with the least a reader must know; everything else has a sensible value.

Each builder flushes and returns the row. Times are given as the set gives them: a date, and
hours after midnight ("26:00" for two in the morning).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company, Membership, User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import BookingState, OfferState
from marketplace.domain.casting.models import Application, ApplicationDate, Role, RoleDate
from marketplace.domain.casting.rules import ApplicationState, RoleKind, RoleState
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.people.ports import Vault
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import ProductionState
from marketplace.domain.timecards.models import TimeCard, TimeEntry
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel import zones

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"  # noqa: S105 - the password of made-up people
UNUSABLE_HASH = "!"
_numbers = count(1)


def a_user(session: Session, name: str = "Ava Lin", *, email: str | None = None) -> User:
    """Make somebody who can sign in (`site.sign_in` sets a real password)."""
    number = next(_numbers)
    user = User(
        email=email or f"user{number}@example.test",
        password_hash=UNUSABLE_HASH,
        display_name=name,
        created_at=NOW,
    )
    session.add(user)
    session.flush()
    return user


def an_operator(session: Session, name: str = "Otto Wirth") -> User:
    """Make somebody who looks after the installation, and works for no company."""
    user = a_user(session, name)
    user.is_operator = True
    session.flush()
    return user


def a_person(session: Session, name: str = "Ava Lin", *, user: User | None = None) -> Person:
    """Make talent with an account."""
    user = user or a_user(session, name)
    person = Person(
        user_id=user.id,
        stage_name=name,
        is_actor=True,
        is_background=True,
        is_crew=True,
        city="Los Angeles",
        country="US",
        zone="America/Los_Angeles",
        created_at=NOW,
    )
    session.add(person)
    session.flush()
    return person


def a_payee(
    session: Session,
    person: Person,
    vault: Vault,
    *,
    legal_name: str = "Lin Yuting",
    tax_form: str | None = "w9",
) -> Payee:
    """Give a person a legal name, a tax form and a bank account, sealed as the product does."""
    owner = f"payee:{person.id}"
    payee = Payee(
        person_id=person.id,
        legal_name_sealed=vault.seal(legal_name, f"{owner}|legal_name"),
        legal_name_index=vault.index(legal_name),
        address_sealed=vault.seal("1 Olive Street, Los Angeles, CA 90012", f"{owner}|address"),
        tax_form=tax_form,
        tax_id_sealed=vault.seal("123-45-6789", f"{owner}|tax_id"),
        tax_id_last4="6789",
        bank_name="First Bank",
        account_sealed=vault.seal("000123456411", f"{owner}|account"),
        account_last4="6411",
        updated_at=NOW,
    )
    session.add(payee)
    session.flush()
    return payee


def a_company(session: Session, name: str = "Redwood Vertical") -> Company:
    """Make a production company."""
    company = Company(
        name=name,
        legal_name=f"{name} LLC",
        address="411 Lankershim Blvd, Los Angeles, CA 91601",
        country="US",
        created_at=NOW,
    )
    session.add(company)
    session.flush()
    return company


def a_member(
    session: Session,
    company: Company,
    role: CompanyRole = CompanyRole.OWNER,
    *,
    user: User | None = None,
) -> User:
    """Make somebody who works for a company; returns the user."""
    user = user or a_user(session, f"{role.value.title()} of {company.name}")
    session.add(
        Membership(company_id=company.id, user_id=user.id, role=role, created_at=NOW),
    )
    session.flush()
    return user


def a_production(
    session: Session,
    company: Company | None = None,
    title: str = "Divorced at Dawn",
    *,
    minimum_rest_minutes: int = 600,
    is_chinese: bool = False,
) -> Production:
    """Make a live production: in Los Angeles in dollars, or in Zhengzhou in yuan."""
    company = company or a_company(session)
    creator = a_user(session, "Rosa Delgado")
    production = Production(
        company_id=company.id,
        title=title,
        format="Vertical series",
        episodes=62,
        currency="CNY" if is_chinese else "USD",
        zone="Asia/Shanghai" if is_chinese else "America/Los_Angeles",
        city="Zhengzhou" if is_chinese else "Los Angeles",
        country="CN" if is_chinese else "US",
        agreement="cn_microdrama_day" if is_chinese else "us_film_crew_12",
        scheme="cn_labor_per_payment" if is_chinese else "us_contractor",
        withholding_agent="production",
        engagement="labour_service" if is_chinese else "contractor",
        minimum_rest_minutes=minimum_rest_minutes,
        registration_number="V-41-0882" if is_chinese else "",
        state=ProductionState.LIVE,
        created_by_id=creator.id,
        created_at=NOW,
        published_at=NOW,
    )
    session.add(production)
    session.flush()
    return production


def a_shoot_day(
    session: Session,
    production: Production,
    on: str = "2026-11-29",
    *,
    call: str = "07:00",
    wrap: str = "19:00",
) -> ShootDay:
    """Make a shoot day; `wrap` may be "26:00"."""
    shoot_date = date.fromisoformat(on)
    day = ShootDay(
        production_id=production.id,
        number=next(_numbers),
        shoot_date=shoot_date,
        call_at=zones.at(shoot_date, zones.parse_clock(call), production.zone),
        wrap_at=zones.at(shoot_date, zones.parse_clock(wrap), production.zone),
        unit_base="Hotel Alder",
        address="411 Lankershim Blvd",
    )
    session.add(day)
    session.flush()
    return day


def a_role(
    session: Session,
    production: Production,
    days: list[ShootDay],
    *,
    headcount: int = 1,
    day_rate_minor: int = 28_000,
    name: str = "Claire Hart",
) -> Role:
    """Make an open role needed on the given days."""
    role = Role(
        production_id=production.id,
        name=name,
        kind=RoleKind.PRINCIPAL,
        who="Female, plays 24–34",
        day_rate_minor=day_rate_minor,
        guaranteed_minutes=12 * 60,
        currency=production.currency,
        apply_by_at=NOW + timedelta(days=2),
        state=RoleState.OPEN,
        published_at=NOW,
        created_at=NOW,
    )
    session.add(role)
    session.flush()
    session.add_all(
        RoleDate(role_id=role.id, shoot_day_id=day.id, headcount=headcount) for day in days
    )
    session.flush()
    return role


def role_dates(session: Session, role: Role) -> list[RoleDate]:
    """Return the dates of a role, in the order they were made."""
    found = session.query(RoleDate).filter_by(role_id=role.id)
    return found.order_by(RoleDate.id).all()


def an_application(
    session: Session,
    role: Role,
    person: Person,
    *,
    state: ApplicationState = ApplicationState.SUBMITTED,
) -> Application:
    """Make an application for every date of a role."""
    application = Application(
        role_id=role.id,
        person_id=person.id,
        state=state,
        submitted_at=NOW,
        changed_at=NOW,
    )
    session.add(application)
    session.flush()
    session.add_all(
        ApplicationDate(application_id=application.id, role_date_id=date_.id)
        for date_ in role_dates(session, role)
    )
    session.flush()
    return application


def a_booking(
    session: Session,
    role: Role,
    person: Person,
    day: ShootDay,
    *,
    state: BookingState = BookingState.CONFIRMED,
) -> Booking:
    """Make a booking with its offer and, when confirmed, its place counted."""
    production = session.get_one(Production, role.production_id)
    role_date = session.query(RoleDate).filter_by(role_id=role.id, shoot_day_id=day.id).one()
    is_confirmed = state is BookingState.CONFIRMED
    offer = Offer(
        role_id=role.id,
        person_id=person.id,
        state=OfferState.ACCEPTED if is_confirmed else OfferState.SENT,
        expires_at=NOW + timedelta(days=1),
        sent_by_id=production.created_by_id,
        sent_at=NOW,
    )
    session.add(offer)
    session.flush()
    booking = Booking(
        offer_id=offer.id,
        role_id=role.id,
        role_date_id=role_date.id,
        shoot_day_id=day.id,
        production_id=production.id,
        person_id=person.id,
        state=state,
        call_at=day.call_at,
        wrap_at=day.wrap_at,
        rest_minutes=production.minimum_rest_minutes,
        day_rate_minor=role.day_rate_minor,
        guaranteed_minutes=role.guaranteed_minutes,
        currency=role.currency,
        agreement=production.agreement,
        scheme=production.scheme,
        withholding_agent=production.withholding_agent,
        engagement=production.engagement or "contractor",
        payroll_period=production.payroll_period,
        confirmed_at=NOW if is_confirmed else None,
    )
    session.add(booking)
    role_date.confirmed += is_confirmed
    session.flush()
    return booking


def a_time_card(
    session: Session,
    booking: Booking,
    *,
    hours: tuple[str, str] = ("07:00", "19:00"),
    meal: tuple[str, str] | None = ("12:30", "13:00"),
    state: CardState = CardState.APPROVED,
) -> TimeCard:
    """Make a time card with one entry: in and out, and one meal, in the set's own hours."""
    day = session.get_one(ShootDay, booking.shoot_day_id)
    production = session.get_one(Production, booking.production_id)

    def at(text: str) -> datetime:
        return zones.at(day.shoot_date, zones.parse_clock(text), production.zone)

    card = TimeCard(
        booking_id=booking.id,
        shoot_day_id=day.id,
        production_id=production.id,
        person_id=booking.person_id,
        state=state,
        version=1,
        agreed_at=NOW,
        approved_at=NOW if state is CardState.APPROVED else None,
        approved_by_id=production.created_by_id if state is CardState.APPROVED else None,
    )
    session.add(card)
    session.flush()
    session.add(
        TimeEntry(
            time_card_id=card.id,
            version=1,
            in_at=at(hours[0]),
            out_at=at(hours[1]),
            meal_out_at=at(meal[0]) if meal else None,
            meal_in_at=at(meal[1]) if meal else None,
            entered_by_id=production.created_by_id,
            entered_at=NOW,
        ),
    )
    session.flush()
    return card
