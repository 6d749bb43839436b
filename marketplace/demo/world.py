"""Make the demo world: time is moved day by day, and the product's own services do everything."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import click
import sqlalchemy as sa

from marketplace import logs
from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.db import create_engine
from marketplace.demo.asking import Asking
from marketplace.demo.bank import HouseBank
from marketplace.demo.casting import Casting, Posted
from marketplace.demo.crew import COMPANIES, PASSWORD, Crowd, Office
from marketplace.demo.funds import put_in
from marketplace.demo.people import LOS_ANGELES, REDWOOD, ZHENGZHOU, ZHONGYUAN
from marketplace.demo.set import ShootingSet
from marketplace.demo.shows import DAWN, OPEN_SHOWS, REBORN
from marketplace.domain.accounts.models import User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from marketplace.kernel.zones import local_date
from marketplace.outside import Outside
from marketplace.worker.drain import Crew

CURTAIN_ZONE: Final = "America/Los_Angeles"
CURTAIN: Final = time(3, 0)
"""The demo opens at three in the morning in Los Angeles: day 3 has just wrapped at 26:00."""

FUNDED: Final = (2, 3, 4)
"""Days the Los Angeles company has put money in for: somebody of day 2 is not paid yet."""


def load(outside: Outside) -> None:
    """Make the demo world, unless somebody lives in this installation already."""
    if outside.stage is None:
        raise click.ClickException("This is not a demo: start it with DAYRATE_DEMO=1.")
    engine = create_engine(outside.settings.database_url)
    with engine.connect() as connection:
        is_inhabited = connection.scalar(sa.select(sa.func.count(User.id)))
    if not is_inhabited:
        opens_at = curtain(outside.clock.now())
        click.echo("Making the demo world: two crews, six days each …")
        logs.configure("error")  # what waits in the demo waits on purpose
        made = _Maker(outside, engine, opens_at).make()
        logs.configure()
        outside.stage.clock.move_to(opens_at)
        _keep_logins(outside, made)
    engine.dispose()
    show_logins(outside)


def curtain(now: datetime) -> datetime:
    """Return the next opening moment after `now`."""
    zone = ZoneInfo(CURTAIN_ZONE)
    day = now.astimezone(zone).date()
    opens_at = datetime.combine(day, CURTAIN, zone)
    if opens_at <= now:
        opens_at = datetime.combine(day + timedelta(days=1), CURTAIN, zone)
    return opens_at.astimezone(UTC)


def show_logins(outside: Outside) -> None:
    """Print who may sign in to the demo."""
    path = outside.settings.instance / "demo-logins.json"
    if not path.exists():
        return
    click.echo("Sign in as:")
    for one in json.loads(path.read_text()):
        click.echo(f"  {one['label']:<32} {one['email']:<36} {one['password']}")


def _keep_logins(outside: Outside, logins: list[dict[str, str]]) -> None:
    path = outside.settings.instance / "demo-logins.json"
    path.write_text(json.dumps(logins, ensure_ascii=False, indent=1))


class _Maker:
    """Moves a clock of its own through two weeks and lets everybody do their part."""

    def __init__(self, outside: Outside, engine: sa.Engine, opens_at: datetime) -> None:
        clock = FixedClock(opens_at - timedelta(days=14))
        bank = SandboxGateway(outside.settings.instance / "gateway.db", clock)
        self.clock = clock
        self.bank = bank
        self.opens_at = opens_at
        self.carriers = outside.till.carrier
        self.outside = replace(outside, clock=clock, gateways=(bank,))
        self.hands = Crew(engine, self.outside)

    def make(self) -> list[dict[str, str]]:
        """Return the logins of the world that was made."""
        password_hash = self.outside.passwords.hash(PASSWORD)
        crowd = Crowd(self.hands.unit, self.outside, password_hash)
        redwood = crowd.open_company("Redwood Vertical", REDWOOD, is_chinese=False)
        zhongyuan = crowd.open_company("中原竖屏影业", ZHONGYUAN, is_chinese=True)
        house_bank = HouseBank(self.hands.unit, self.outside, zhongyuan.id)
        house_bank.open(zhongyuan.staff[CompanyRole.OWNER], COMPANIES["CN"][0])
        crowd.sign_up(LOS_ANGELES)
        crowd.sign_up(ZHENGZHOU)
        crowd.name_operator("Otto Wirth")
        today = local_date(self.opens_at, CURTAIN_ZONE)
        casting = Casting(self.hands.unit, self.clock, crowd, self.carriers)
        sets = []
        for show, company in ((DAWN, redwood), (REBORN, zhongyuan)):
            self._until(-12)
            posted = casting.post(show, company, today)
            casting.cast(posted, show)
            sets.append(ShootingSet(self.hands.unit, self.outside, posted, show))
        self._play(sets, house_bank)
        ahead = self._post_open(casting, redwood, zhongyuan, today)
        for made in sets:
            casting.apply(made.posted, made.show)
            casting.offer(made.posted, made.show)
        casting.look_out("Ava Lin")
        self._ask(Asking(self.hands.unit, self.clock, crowd), sets[0].posted, ahead)
        put_in(self.hands.unit, self.outside, sets[0].posted, FUNDED, self.bank.name)
        self._until(0)
        return crowd.logins

    def _play(self, sets: list[ShootingSet], house_bank: HouseBank) -> None:
        """Shoot, sign, approve and pay days one and two; day three waits for approval.

        The bank of the second company has a file for each day, and has answered the first.
        """
        for number in (1, 2):
            for made in sets:
                self._move(made.wrapped_at(number) + timedelta(minutes=20))
                made.enter(number)
                made.sign(number)
                made.approve(number, self.bank)
            for made in sets:
                self._move(max(self.clock.now(), made.wrapped_at(number) + timedelta(hours=2)))
            self._move(self.clock.now() + timedelta(hours=1))
            house_bank.order()
        self._until(0, before=timedelta(minutes=40))
        list(house_bank.answer(1))
        for made in sets:
            made.enter(3)
            made.sign(3)
            made.keep_short_rest(4)

    def _post_open(
        self, casting: Casting, redwood: Office, zhongyuan: Office, today: date
    ) -> list[Posted]:
        """Post the shows that begin later, and let people apply."""
        made = []
        for show in OPEN_SHOWS:
            company = zhongyuan if show.terms.country == "CN" else redwood
            posted = casting.post(show, company, today)
            casting.apply(posted, show)
            made.append(posted)
        return made

    def _ask(self, asking: Asking, dawn: Posted, ahead: list[Posted]) -> None:
        """Ask before offers: two shows want Mei on one date, one asks Bea, and Nadia asks back."""
        bride, bodyguard, _flash = ahead
        asking.counter(dawn, "1st assistant camera", "Nadia Petrov", Money(42_000, "USD"))
        asking.check(bodyguard, "Gaffer", "Bea Hart", (1, 2), "Two day exteriors in Burbank.")
        asking.pencil(bride, "Luna, second lead", "Mei Alvarez", (1, 2))
        self._move(self.clock.now() + timedelta(minutes=5))
        asking.pencil(bodyguard, "Nina, the sister", "Mei Alvarez", (3,))

    def _until(self, days: int, before: timedelta = timedelta(0)) -> None:
        self._move(self.opens_at + timedelta(days=days) - before)

    def _move(self, instant: datetime) -> None:
        """Let time pass and do the work that became due, never backwards."""
        self.clock.at = max(self.clock.at, instant)
        self.hands.drain_all()
