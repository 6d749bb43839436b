"""Everything the product needs from the world outside, chosen once in `app.py`.

Pages and jobs ask here for the time, the vault and the gateways; they never build one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from marketplace.domain.accounts.ports import Passwords
from marketplace.domain.booking.ports import Calendars
from marketplace.domain.documents.ports import SlipPrinter
from marketplace.domain.notices.ports import Compose, Post
from marketplace.domain.payments.ports import (
    ONE_AFTER_ANOTHER,
    Callers,
    Gateway,
    MessageCheck,
    Till,
    Transfer,
)
from marketplace.domain.payments.rules.gateways import PayeeState
from marketplace.domain.payroll.ports import Write
from marketplace.domain.people.ports import CardPrinter, Pictures, Vault
from marketplace.domain.reports.ports import SheetWriter
from marketplace.kernel.clock import Clock, MovableClock, SystemClock
from marketplace.settings import Settings


class Fault(Protocol):
    """A fault of the sandbox gateway that is switched on."""

    @property
    def name(self) -> str:
        """Its word, such as response_lost."""
        ...

    @property
    def remaining(self) -> int | None:
        """How many more times it happens; None: until it is switched off."""
        ...


class Switches(Protocol):
    """What the demo may do to its gateway."""

    def switch_on(self, name: str, *, times: int | None = None) -> None:
        """Let a fault happen the next `times` times, or until it is switched off."""
        ...

    def switch_off(self, name: str | None = None) -> None:
        """Switch one fault off, or all of them."""
        ...

    def faults(self) -> Sequence[Fault]:
        """Return the faults that are on."""
        ...

    def set_payee(self, account: str, state: PayeeState, needs: tuple[str, ...] = ()) -> None:
        """Put a payee's account into a state."""
        ...

    def transfers(self) -> Iterable[Transfer]:
        """Return what the gateway did, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """What only the demo has: a clock it may set, and a gateway it may break."""

    clock: MovableClock
    switches: Switches


@dataclass(frozen=True, slots=True)
class Outside:
    """The ports of one process. stage: None outside the demo; machine: a clock nobody moves."""

    settings: Settings
    clock: Clock
    passwords: Passwords
    vault: Vault
    write: Write
    gateways: tuple[Gateway, ...]
    compose: Compose
    post: Post
    printer: SlipPrinter
    calendar: Calendars
    check_message: MessageCheck
    sheets: SheetWriter
    pictures: Pictures
    cards: CardPrinter
    stage: Stage | None = None
    callers: Callers = ONE_AFTER_ANOTHER
    machine: Clock = field(default_factory=SystemClock)

    @property
    def till(self) -> Till:
        """What payday needs of all this."""
        return Till(self.vault, self.write, self.gateways, self.clock, self.callers)
