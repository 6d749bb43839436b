"""Which kind of work is done by whom: the whole table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Protocol

from sqlalchemy.orm import Session

from marketplace.domain.booking.jobs import (
    announce_role,
    end_challenge,
    expire_avail_check,
    expire_counter,
    expire_first_refusal,
    expire_offer,
    fill_rush,
    send_digest,
)
from marketplace.domain.documents.jobs import IssuedSlip, print_slip
from marketplace.domain.documents.rules import SlipDocument
from marketplace.domain.notices.jobs import send_mail
from marketplace.domain.payments.jobs import confirm_payout, issue_voucher, pay_card, send_payout
from marketplace.domain.payments.jobs.funding import check_funding, send_refund
from marketplace.domain.payments.jobs.letters import handle_letter
from marketplace.domain.payments.jobs.payees import check_payee, remind_account
from marketplace.domain.payments.jobs.reconciling import reconcile
from marketplace.domain.payments.services.releasing import release_funds
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.rules.slips import document_owner
from marketplace.domain.people.jobs import remind_certificate
from marketplace.domain.people.ports import Vault
from marketplace.domain.reports.jobs import (
    build_export,
    forget_export,
    print_memo,
    print_remittance,
)
from marketplace.domain.reports.ports import Desk
from marketplace.domain.timecards.jobs import (
    auto_agree,
    auto_agree_voucher,
    close_day,
    expire_reconfirm,
    release_standby,
)
from marketplace.kernel.clock import Clock
from marketplace.outside import Outside
from marketplace.web.sheets import Words as CellWords
from marketplace.web.sheets import sheets_csv
from marketplace.worker.work import Handler, Work


class ShortJob(Protocol):
    """A job that is one transaction."""

    def __call__(self, session: Session, subject_id: int, /, *, clock: Clock) -> object:
        """Do it."""
        ...


def _short(job: ShortJob) -> Handler:
    """Return the handler of a job that is one transaction."""

    def handle(work: Work) -> None:
        with work.unit() as session:
            job(session, work.subject_id, clock=work.outside.clock)

    return handle


def _pay_card(work: Work) -> None:
    pay_card(work.unit, work.subject_id, till=work.outside.till)


def _issue_voucher(work: Work) -> None:
    issue_voucher(work.unit, work.subject_id, till=work.outside.till)


def _send_payout(work: Work) -> None:
    send_payout(work.unit, work.subject_id, till=work.outside.till)


def _confirm_payout(work: Work) -> None:
    confirm_payout(work.unit, work.subject_id, till=work.outside.till)


def _check_funding(work: Work) -> None:
    check_funding(work.unit, work.subject_id, till=work.outside.till)


def _send_refund(work: Work) -> None:
    send_refund(work.unit, work.subject_id, till=work.outside.till)


def _handle_event(work: Work) -> None:
    handle_letter(work.unit, work.subject_id, till=work.outside.till)


def _reconcile(work: Work) -> None:
    reconcile(work.unit, work.subject_id, till=work.outside.till)


def _check_payee(work: Work) -> None:
    check_payee(work.unit, work.subject_id, till=work.outside.till)


def _print_slip(work: Work) -> None:
    outside = work.outside
    read = _opened_by(outside.vault)
    print_slip(work.unit, work.subject_id, read=read, printer=outside.printer, clock=outside.clock)


def _opened_by(vault: Vault) -> Callable[[Session, int], IssuedSlip]:
    """Return a reader of issued slips that opens their sealed documents."""

    def read(session: Session, slip_id: int) -> IssuedSlip:
        slip = session.get_one(PaySlip, slip_id)
        text = vault.open(slip.document_sealed, document_owner(slip.public_id))
        return IssuedSlip(slip.public_id, slip.number, SlipDocument.from_json(text))

    return read


def _send_mail(work: Work) -> None:
    outside = work.outside
    send_mail(
        work.unit,
        work.subject_id,
        compose=outside.compose,
        post=outside.post,
        clock=outside.clock,
    )


def _build_export(work: Work) -> None:
    build_export(work.unit, work.subject_id, desk=_desk(work.outside), clock=work.outside.clock)


def _announce_role(work: Work) -> None:
    outside = work.outside
    announce_role(work.unit, work.subject_id, vault=outside.vault, clock=outside.clock)


def _send_digest(work: Work) -> None:
    outside = work.outside
    send_digest(work.unit, work.subject_id, vault=outside.vault, clock=outside.clock)


def _print_memo(work: Work) -> None:
    clock = work.outside.clock
    print_memo(work.unit, work.subject_id, desk=_desk(work.outside), clock=clock)


def _print_remittance(work: Work) -> None:
    clock = work.outside.clock
    print_remittance(work.unit, work.subject_id, desk=_desk(work.outside), clock=clock)


def _desk(outside: Outside) -> Desk:
    return Desk(outside.vault, outside.sheets, CellWords, sheets_csv)


HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        "announce_role": _announce_role,
        "auto_agree": _short(auto_agree),
        "auto_agree_voucher": _short(auto_agree_voucher),
        "build_export": _build_export,
        "check_funding": _check_funding,
        "check_payee": _check_payee,
        "close_day": _short(close_day),
        "confirm_payout": _confirm_payout,
        "end_challenge": _short(end_challenge),
        "expire_avail_check": _short(expire_avail_check),
        "expire_counter": _short(expire_counter),
        "expire_first_refusal": _short(expire_first_refusal),
        "expire_offer": _short(expire_offer),
        "expire_reconfirm": _short(expire_reconfirm),
        "fill_rush": _short(fill_rush),
        "forget_export": _short(forget_export),
        "handle_event": _handle_event,
        "issue_voucher": _issue_voucher,
        "pay_card": _pay_card,
        "print_memo": _print_memo,
        "print_remittance": _print_remittance,
        "print_slip": _print_slip,
        "reconcile": _reconcile,
        "release_funds": _short(release_funds),
        "release_standby": _short(release_standby),
        "remind_account": _short(remind_account),
        "remind_certificate": _short(remind_certificate),
        "send_digest": _send_digest,
        "send_mail": _send_mail,
        "send_payout": _send_payout,
        "send_refund": _send_refund,
    },
)
