"""Everything the product needs from the world outside, chosen once in `app.py`.

Pages and jobs ask here for the time, the vault and the gateways; they never build one.
"""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.domain.accounts.ports import Passwords
from marketplace.domain.payments.ports import Gateway, Till
from marketplace.domain.payroll.ports import Write
from marketplace.domain.people.ports import Vault
from marketplace.kernel.clock import Clock
from marketplace.settings import Settings


@dataclass(frozen=True, slots=True)
class Outside:
    """The ports of one process."""

    settings: Settings
    clock: Clock
    passwords: Passwords
    vault: Vault
    write: Write
    gateways: tuple[Gateway, ...]

    @property
    def till(self) -> Till:
        """What payday needs of all this."""
        return Till(self.vault, self.write, self.gateways, self.clock)
