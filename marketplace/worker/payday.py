"""A whole payday in one go: slips, payments, papers, with the rows as its only memory.

It does what any worker does, in the order people wait for it, beside any worker. Killed anywhere
and run again it goes on where the rows say; what a killed run still holds is waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.queries import Payday
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.tasks.services import Only
from marketplace.domain.timecards.models import TimeCard
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say
from marketplace.worker.drain import Crew

LOOK_AGAIN_SECONDS: Final = 1


class Bar(Protocol):
    """Shows how far one stage is."""

    def update(self, n_steps: int) -> None:
        """Go on by so many pieces."""
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of a payday: its name, and the work that is done in it."""

    name: Sentence
    only: Only


ShowStage = Callable[[Stage, int], AbstractContextManager[Bar]]
"""Shows a stage of so many pieces."""


def day_named(session: Session, public_id: str) -> int | None:
    """Return the shoot day of a public id."""
    return session.scalar(sa.select(ShootDay.id).where(ShootDay.public_id == public_id))


def stages(shoot_day_id: int | None) -> Iterator[Stage]:
    """Return the stages of one day's payday, or of all that is due."""
    for name, kind, row, day in (
        (say("Closing"), "close_day", ShootDay.id, ShootDay.id),
        (say("Pay slips"), "pay_card", TimeCard.id, TimeCard.shoot_day_id),
        (say("Payments"), "send_payout", Payout.id, Payout.shoot_day_id),
        (say("Papers"), "print_slip", PaySlip.id, PaySlip.shoot_day_id),
    ):
        mine = None if shoot_day_id is None else sa.select(row).where(day == shoot_day_id)
        yield Stage(name, Only(kind, mine))


def run_payday(
    crew: Crew,
    shoot_day_id: int | None,
    show: ShowStage,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Do everything that is due for one day, or for all days, stage after stage."""
    for stage in stages(shoot_day_id):
        left = crew.count(stage.only)
        with show(stage, left) as bar:
            while left:
                if not crew.drain_only(stage.only):
                    sleep(LOOK_AGAIN_SECONDS)  # somebody else holds it, or did when killed
                before, left = left, crew.count(stage.only)
                bar.update(max(0, before - left))


def show_stage(stage: Stage, pieces: int) -> AbstractContextManager[Bar]:
    """Show a stage as a bar on a terminal, as one line elsewhere."""
    return click.progressbar(length=pieces, label=f"{stage.name} ({pieces})")


def report(found: Payday) -> Iterator[str]:
    """Say in lines what a payday paid, and what of it waits for whom."""
    if not found.sums:
        yield "No pay slips."
    for one in found.sums:
        sums = f"gross {_written(one.gross)}, net {_written(one.net)}"
        yield f"{one.people} people, {one.slips} slips: {sums}."
    if found.under_way:
        yield f"{found.under_way} payments wait for the gateway's answer: run this again later."
    for waits in found.waiting:
        yield f"{waits.payments} payments of {_written(waits.net)} wait: {waits.why or '?'}"
    for card in found.unpaid:
        yield f"No slip for time card {card.card} of {card.production}: {card.why}"


def _written(amount: Money) -> str:
    return f"{amount.decimal:,} {amount.currency}"
