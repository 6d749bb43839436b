"""The list of roles against a bare Flask page: `python -m benchmarks.browse [roles]`.

Both answer in turns within one process, on SQLite, and only CPU time counts (user and system):
read the ratios, not the milliseconds.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app

from marketplace.domain.casting.models import Role, RoleDate, RoleGram
from marketplace.domain.casting.rules import RoleKind, RoleState
from marketplace.domain.people.models import Person
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.grams import grams
from marketplace.kernel.ids import public_id
from tests.support.builders import (
    NOW,
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    a_user,
)
from tests.support.databases import SqliteFarm
from tests.support.site import Site

ROLES: Final = 4_000
ROUNDS: Final = 15
PAGES_A_ROUND: Final = 8
SHOWS: Final = 40
DAYS_OF_A_SHOW: Final = 10
DAYS_OF_A_ROLE: Final = 3
NAMES: Final = ("Gaffer", "Key grip", "Nurse Dana", "Wedding guests", "女二号 林晚", "Sound mixer")


def main() -> None:
    """Print the table; the first argument says how many roles there are."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROLES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        with SqliteFarm(path).fresh() as database:
            site = Site(database, path, FixedClock(NOW))
            with site.arrange() as session:
                user = a_user(session, "Mei Alvarez")
                _fill(session, a_person(session, "Mei Alvarez", user=user), count)
            visitor, talent = site.browser().client, site.browser(user).client
            _print(count, _measure(_ways(visitor, talent)))


def _ways(visitor: Client, talent: Client) -> dict[str, Callable[[], int]]:
    """Return what takes turns: each answers one request and returns its status."""
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: "hello")
    tag = [visitor.get("/roles").headers["ETag"] for _ in range(2)][-1]
    last = visitor.get("/roles").text.rsplit("after=", 1)[1].split('"', 1)[0]
    return {
        "bare Flask page": _asks(Client(bare), "/"),
        "25 roles, visitor": _asks(visitor, "/roles"),
        "25 roles, signed in": _asks(talent, "/roles"),
        "page two, signed in": _asks(talent, f"/roles?after={last}"),
        "search 林晚, signed in": _asks(talent, "/roles?q=林晚"),
        "only dates I am free": _asks(talent, "/roles?free=1"),
        "unchanged (304), visitor": _asks(visitor, "/roles", {"If-None-Match": tag}),
    }


def _asks(client: Client, path: str, headers: dict[str, str] | None = None) -> Callable[[], int]:
    """Return a function that sends one request without the test client's own work."""
    cookies = "; ".join(
        f"{cookie.key}={cookie.value}"
        for cookie in (client._cookies or {}).values()  # noqa: SLF001 - not to be had otherwise
    )
    sent = [*(headers or {}).items(), ("Cookie", cookies)]
    query = EnvironBuilder(path, headers=sent)
    application = client.application

    def ask() -> int:
        _body, status, _headers = run_wsgi_app(application, query.get_environ(), buffered=True)
        return int(status.split()[0])

    return ask


def _measure(ways: dict[str, Callable[[], int]]) -> dict[str, tuple[int, float]]:
    """Return status and median CPU seconds of each way."""
    status = {name: ask() for name, ask in ways.items()}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, ask in ways.items():
            started = time.process_time()
            for _page in range(PAGES_A_ROUND):
                ask()
            taken[name].append((time.process_time() - started) / PAGES_A_ROUND)
    return {name: (status[name], statistics.median(taken[name])) for name in ways}


def _print(count: int, measured: dict[str, tuple[int, float]]) -> None:
    bare = next(iter(measured.values()))[1]
    print(f"{count:,} open roles on SQLite, CPU time")
    print(f"{'way':<28}{'status':>8}{'ms':>9}{'ratio':>8}")
    for name, (status, seconds) in measured.items():
        print(f"{name:<28}{status:>8}{seconds * 1000:>9.2f}{seconds / bare:>7.1f}×")


def _fill(session: Session, person: Person, count: int) -> None:
    """Write many open roles of some productions, and a few bookings of the reader."""
    shows = [a_production(session, title=f"Show {number}") for number in range(SHOWS)]
    days = {
        show.id: [
            a_shoot_day(session, show, (NOW + timedelta(days=number + 2)).date().isoformat())
            for number in range(DAYS_OF_A_SHOW)
        ]
        for show in shows
    }
    first = days[shows[0].id][::4]
    mine = a_role(session, shows[0], first)
    for day in first:
        a_booking(session, mine, person, day)
    roles = [
        {
            "public_id": public_id(),
            "production_id": shows[number % SHOWS].id,
            "name": NAMES[number % len(NAMES)],
            "kind": RoleKind.CREW,
            "department": "",
            "who": "Any gender, 21 and over",
            "description": "",
            "day_rate_minor": 20_000 + number,
            "guaranteed_minutes": 720,
            "currency": "USD",
            "apply_by_at": NOW + timedelta(days=1),
            "disclosures": ["night"],
            "state": RoleState.OPEN,
            "published_at": NOW - timedelta(seconds=number),
            "created_at": NOW,
        }
        for number in range(count)
    ]
    session.execute(sa.insert(Role), roles)
    made = session.execute(sa.select(Role.id, Role.production_id, Role.name)).all()
    session.execute(
        sa.insert(RoleDate),
        [
            {"role_id": role.id, "shoot_day_id": day.id, "headcount": 2, "confirmed": 0}
            for role in made
            if role.id != mine.id
            for day in days[role.production_id][role.id % 5 :][:DAYS_OF_A_ROLE]
        ],
    )
    session.execute(
        sa.insert(RoleGram),
        [{"gram": gram, "role_id": role.id} for role in made for gram in grams(role.name)],
    )


if __name__ == "__main__":
    main()
