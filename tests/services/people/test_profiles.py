"""Profiles, and how people are paid."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.adapters.vault import AesVault
from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.notices.models import Mail
from marketplace.domain.people import queries, services
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.people.rules import TaxForm, Work
from marketplace.domain.people.services import PayeeDetails, PayeeIncompleteError, Profile
from marketplace.kernel.clock import FixedClock
from tests.support.builders import a_person, a_user

VAULT = AesVault({1: b"1" * 32}, b"index")
PROFILE = Profile(
    stage_name="Ava Lin",
    works=frozenset({Work.CREW}),
    city="Zhengzhou",
    country="CN",
    zone="Asia/Shanghai",
    languages="Mandarin",
)


@pytest.fixture
def person(session: Session) -> Person:
    return a_person(session)


def details(person: Person) -> PayeeDetails:
    return PayeeDetails(
        person_id=person.id,
        legal_name="Lin Yuting",
        address="1 Olive Street",
        tax_form=TaxForm.W9,
        tax_number="123456789",
        bank_name="First Bank",
        account="000123456411",
    )


def payee_of(session: Session) -> Payee:
    return session.scalars(sa.select(Payee)).one()


def test_a_user_gets_one_profile_and_edits_it(session: Session, clock: FixedClock) -> None:
    user = a_user(session)

    first = services.keep_profile(session, user.id, PROFILE, clock=clock)
    again = services.keep_profile(session, user.id, replace(PROFILE, city="Beijing"), clock=clock)

    assert first == again == queries.person_of(session, user.id)
    found = queries.profile(session, user.id)
    assert found
    assert (found.city, found.works, found.zone) == ("Beijing", ["crew"], "Asia/Shanghai")
    assert queries.zone_of(session, user.id) == "Asia/Shanghai"


def test_a_profile_says_what_is_missing(session: Session, clock: FixedClock) -> None:
    user = a_user(session)
    services.keep_profile(session, user.id, PROFILE, clock=clock)

    found = queries.profile(session, user.id)

    assert found
    assert [(gap.part, str(gap.words)) for gap in found.gaps] == [
        ("photos", "Add a headshot"),
        ("edit", "Give a telephone number for the shoot day"),
        ("edit", "Write a few lines about yourself"),
        ("crew", "Choose the positions you work in"),
    ]


def test_an_actor_needs_no_position_but_sizes(session: Session, clock: FixedClock) -> None:
    user = a_user(session)
    actor = replace(PROFILE, works=frozenset({Work.ACTOR}))
    services.keep_profile(session, user.id, actor, clock=clock)

    found = queries.profile(session, user.id)

    assert found
    words = [str(gap.words) for gap in found.gaps]
    assert "Fill in your height and sizes" in words
    assert "Choose the positions you work in" not in words


def test_somebody_without_profile_reads_utc(session: Session) -> None:
    user = a_user(session)

    assert queries.profile(session, user.id) is None
    assert queries.zone_of(session, user.id) == "UTC"


def test_no_detail_is_readable_in_the_database(
    session: Session, person: Person, clock: FixedClock
) -> None:
    services.keep_payee(session, details(person), vault=VAULT, clock=clock)

    row = payee_of(session)

    columns = (row.legal_name_sealed, row.address_sealed, row.tax_id_sealed, row.account_sealed)
    kept = b"".join(column or b"" for column in columns)
    for secret in (b"Lin Yuting", b"Olive", b"123456789", b"000123456411"):
        assert secret not in kept
    assert (row.tax_id_last4, row.account_last4) == ("6789", "6411")
    assert row.legal_name_index == VAULT.index("lin yuting")


def test_payroll_opens_name_and_account(
    session: Session, person: Person, clock: FixedClock
) -> None:
    services.keep_payee(session, details(person), vault=VAULT, clock=clock)

    row = payee_of(session)

    assert services.legal_name(row, VAULT) == "Lin Yuting"
    assert services.account_number(row, VAULT) == "000123456411"


def test_a_sealed_detail_opens_for_no_other_person(
    session: Session, person: Person, clock: FixedClock
) -> None:
    services.keep_payee(session, details(person), vault=VAULT, clock=clock)
    row = payee_of(session)
    thief = Payee(person_id=person.id + 1, updated_at=clock.now())
    thief.account_sealed = row.account_sealed

    with pytest.raises(ValueError, match="not sealed for this owner"):
        services.account_number(thief, VAULT)


def test_without_a_name_nobody_is_paid(person: Person, clock: FixedClock) -> None:
    row = Payee(person_id=person.id, updated_at=clock.now())

    with pytest.raises(PayeeIncompleteError):
        services.legal_name(row, VAULT)


def test_an_empty_number_keeps_the_one_on_file(
    session: Session, person: Person, clock: FixedClock
) -> None:
    services.keep_payee(session, details(person), vault=VAULT, clock=clock)

    services.keep_payee(
        session,
        replace(details(person), account="", tax_number="", address="2 Olive Street"),
        vault=VAULT,
        clock=clock,
    )

    found = queries.payee(session, person.id, VAULT)
    assert (found.account_last4, found.tax_last4) == ("6411", "6789")
    assert found.address == "2 Olive Street"


def test_the_log_says_what_changed_and_never_to_what(
    session: Session, person: Person, clock: FixedClock
) -> None:
    services.keep_payee(session, details(person), vault=VAULT, clock=clock)
    services.keep_payee(
        session, replace(details(person), account="999988887777"), vault=VAULT, clock=clock
    )

    first, second = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
    assert second.before["account"] == "••6411"
    assert second.after == {"account": "••7777", "tax_form": "w9", "changed": ["account"]}
    written = f"{first.before}{first.after}{second.before}{second.after}"
    for secret in ("Lin Yuting", "Olive", "123456789", "999988887777"):
        assert secret not in written


def test_the_person_is_told_of_a_change_and_only_then(
    session: Session, person: Person, clock: FixedClock
) -> None:
    services.keep_payee(session, details(person), vault=VAULT, clock=clock)
    services.keep_payee(session, details(person), vault=VAULT, clock=clock)

    assert session.scalars(sa.select(Mail.kind)).all() == ["payee_changed"]


def test_before_anything_is_said_everything_is_missing(session: Session, person: Person) -> None:
    found = queries.payee(session, person.id, VAULT)

    assert len(found.gaps) == 5


def test_a_whole_payee_misses_nothing(session: Session, person: Person, clock: FixedClock) -> None:
    services.keep_payee(session, details(person), vault=VAULT, clock=clock)

    found = queries.payee(session, person.id, VAULT)

    assert found.gaps == []
    assert (found.legal_name, found.tax_form) == ("Lin Yuting", "w9")
