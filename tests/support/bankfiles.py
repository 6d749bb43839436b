"""Companies that pay from their own bank, and people whose accounts a bank takes."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.adapters.schemas import check_message
from marketplace.domain.accounts.models import Company, User
from marketplace.domain.accounts.rules import PaysBy
from marketplace.domain.banking.queries import bank_days
from marketplace.domain.banking.rules.orders import Account, BankFormat
from marketplace.domain.documents.queries import open_file, pieces
from marketplace.domain.payments import services
from marketplace.domain.payments.models import BankFile, BankFileRow, Payout
from marketplace.domain.payments.queries.bank_profiles import Profile
from marketplace.domain.payments.rules import BANK_FILE, PayoutState
from marketplace.domain.payments.services.bank_answers import KeepAnswer, keep_answer
from marketplace.domain.payments.services.bank_files import (
    MakeFile,
    content_of,
    file_subject,
    make_file,
)
from marketplace.domain.payments.services.bank_profiles import KeepProfile, keep_profile
from marketplace.domain.people.models import Payee
from marketplace.domain.productions.models import Production
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from marketplace.kernel.zones import local_date
from marketplace.outside import Outside
from tests.support import builders
from tests.support.payday import VAULT, a_closed_day, a_till, an_approved_card

TUESDAY = date(2026, 11, 24)
PAYERS = {
    BankFormat.NACHA: Account(
        name="Redwood Vertical LLC", number="990011", bank="First Bank", routing="021000021"
    ),
    BankFormat.PAIN001_03: Account(
        name="Redwood Vertical LLC", number="DE89370400440532013000", bic="DEUTDEFF"
    ),
    BankFormat.PAIN001_09: Account(
        name="Redwood Vertical LLC", number="DE89370400440532013000", bic="DEUTDEFF"
    ),
    BankFormat.CN_CSV: Account(name="中原竖屏影业", number="41050167", bank="郑州银行"),
}
ROUTINGS = ("021000021", "011401533", "091000019")


def a_payer(
    session: Session, format_: BankFormat = BankFormat.NACHA, *, is_chinese: bool = False
) -> Production:
    """Make a production whose company pays from its own bank."""
    company = builders.a_company(session)
    company.pays_by = PaysBy.OWN_BANK
    production = builders.a_production(session, company, is_chinese=is_chinese)
    profile = Profile(format_, PAYERS[format_], "1123456789", "Pay")
    currency = production.currency
    command = KeepProfile(company.id, production.created_by_id, currency, profile)
    keep_profile(session, command, vault=VAULT, clock=FixedClock(builders.NOW))
    return production


def due_payouts(
    session: Session,
    production: Production,
    folder: Path,
    clock: FixedClock,
    names: tuple[str, ...] = ("Ava Lin", "Bea Hart", "Kenji Mori"),
) -> list[Payout]:
    """Pay a day of some people: their payouts wait for a file."""
    till = a_till(folder, clock)
    day = a_closed_day(session, production)
    found = []
    for place, name in enumerate(names):
        card = an_approved_card(session, day, name, day_rate_minor=28_000 + place)
        payee = session.scalars(sa.select(Payee).where(Payee.person_id == card.person_id)).one()
        payee.routing_number = ROUTINGS[place % len(ROUTINGS)]
        payee.cnaps = "102491000011"
        slip = services.pay_card(session, card.id, till=till)
        assert slip is not None
        found.append(
            session.scalars(sa.select(Payout).where(Payout.pay_slip_id == slip.id)).one(),
        )
    return found


def order(payouts: list[Payout], actor: User | int, on: date = TUESDAY) -> MakeFile:
    """Return the command that pays these payouts."""
    total = Money(sum(one.amount_minor for one in payouts), payouts[0].currency)
    return MakeFile(
        company_id=payouts[0].company_id,
        actor_id=actor if isinstance(actor, int) else actor.id,
        currency=payouts[0].currency,
        payout_ids=[one.public_id for one in payouts],
        value_date=on,
        total=total,
        typed=total,
    )


def a_file(session: Session, payouts: list[Payout], clock: FixedClock) -> BankFile:
    """Make a file of payouts."""
    command = order(payouts, builders.a_user(session, "Ingrid Falk"))
    return make_file(session, command, vault=VAULT, check=check_message, clock=clock)


def bytes_of(session: Session, made: BankFile) -> bytes:
    """Return what the bank would get."""
    stored = open_file(session, file_subject(made.public_id))
    assert stored is not None
    return content_of(session, made.id, b"".join(pieces(session, stored.id)), VAULT)


def rows(session: Session, made: BankFile) -> list[BankFileRow]:
    """Return the rows of a file."""
    wanted = sa.select(BankFileRow).where(BankFileRow.bank_file_id == made.id)
    return list(session.scalars(wanted.order_by(BankFileRow.position)))


def company_of(session: Session, made: BankFile) -> Company:
    """Return whose file it is."""
    return session.get_one(Company, made.company_id)


def filed(session: Session, accountant: User, outside: Outside) -> dict[str, str]:
    """Put the demo's refused payment into a file with an answer; returns what is where.

    Another payment waits for the next file.
    """
    blocked = sa.select(Payout).where(Payout.state == PayoutState.BLOCKED)
    payout = session.scalars(blocked).one()
    paid = sa.select(Payout).where(
        Payout.company_id == payout.company_id,
        Payout.currency == payout.currency,
        Payout.state == PayoutState.PAID,
    )
    for one in (payout, session.scalars(paid.order_by(Payout.id.desc()).limit(1)).one()):
        one.gateway, one.gateway_ref = BANK_FILE, None
        one.state, one.problem_code, one.paid_at = PayoutState.DUE, "", None
        payee = session.scalars(sa.select(Payee).where(Payee.person_id == one.person_id)).one()
        payee.routing_number = ROUTINGS[0]
    profile = Profile(BankFormat.NACHA, PAYERS[BankFormat.NACHA], "1123456789", "Pay")
    vault, clock = outside.vault, outside.clock
    command = KeepProfile(payout.company_id, accountant.id, payout.currency, profile)
    keep_profile(session, command, vault=vault, clock=clock)
    days = bank_days(payout.currency)
    on = days.next_open(local_date(clock.now(), days.zone) + timedelta(days=1))
    made = make_file(
        session,
        order([payout], accountant, on),
        vault=vault,
        check=outside.check_message,
        clock=clock,
    )
    text = f"备注,状态\n{payout.public_id},成功\nunknown,成功\n"
    said = KeepAnswer(made.company_id, accountant.id, made.currency, "bank.csv", text.encode())
    answer = keep_answer(session, said, vault=vault, clock=clock)
    return {"file": made.public_id, "answer": answer.public_id, "currency": "USD"}
