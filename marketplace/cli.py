"""Commands over services, a few lines each."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from importlib import import_module
from typing import Final, TextIO

import click
import flask_migrate
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from marketplace import db, logs
from marketplace.domain.accounts.services import operators
from marketplace.domain.payments import queries as queries_of_pay
from marketplace.domain.payments.queries import Scope
from marketplace.domain.payments.services.fees import set_fee
from marketplace.domain.payroll.services import recompute as again
from marketplace.domain.payroll.services.estimates import estimate
from marketplace.domain.payroll.services.questions import answer, read_question, table
from marketplace.domain.reports.queries.operation import alarms
from marketplace.domain.tasks import queries
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.errors import DomainError
from marketplace.outside import Outside, Stage
from marketplace.web import presentation
from marketplace.web.extensions import outside, reading
from marketplace.worker import payday as paydays
from marketplace.worker import serve as supervisor
from marketplace.worker.alarms import Watchman
from marketplace.worker.books import checked, keep_check
from marketplace.worker.drain import Crew
from marketplace.worker.process import run_worker

DAY_HOURS: Final = 24
MISREAD: Final = 2
"""How a command ends that did not understand what it was asked."""

demo = AppGroup("demo", help="The demo world and its clock.")
operator = AppGroup("operator", help="Who looks after this installation.")


def install(app: Flask) -> None:
    """Add the product's commands to `flask`."""
    for command in (worker, drain, payday, parked, serve, books, recompute, calc, demo, operator):
        app.cli.add_command(command)


@click.command()
@with_appcontext
def worker() -> None:
    """Do the background work: one process, started anew by a supervisor when it ends."""
    sys.exit(run_worker(outside()))


@click.command()
@click.option("--once", is_flag=True, help="End when nothing is due any more.")
@with_appcontext
def drain(*, once: bool) -> None:
    """Do due work with nothing but the rows: no engine, no clock, no other process."""
    crew = crew_of(outside())
    done = crew.drain_all()
    while not once:
        time.sleep(1)
        done += crew.drain_all()
    left = crew.backlog()
    click.echo(f"Done: {done}. Still due: {left.due}. Given up: {left.parked}.")


@click.command()
@click.argument("day", required=False)
@click.option("--all-due", is_flag=True, help="Every day that is over, instead of one.")
@with_appcontext
def payday(day: str | None, *, all_due: bool) -> None:
    """Pay a shoot DAY (its name in its address): slips, payments, papers. Run again to go on."""
    if bool(day) == all_due:
        raise click.UsageError("Name one shoot day, or say --all-due.")
    crew, since = crew_of(outside()), outside().clock.now()
    with crew.unit() as session:
        day_id = paydays.day_named(session, day) if day else None
    if day and day_id is None:
        raise click.ClickException("There is no such shoot day.")
    refuse_wrong_books("Nothing is paid")
    paydays.run_payday(crew, day_id, paydays.show_stage)
    with crew.unit() as session:
        for line in paydays.report(queries_of_pay.payday(session, Scope(day_id, since))):
            click.echo(line)
    refuse_wrong_books("This payday needs somebody to look")


def refuse_wrong_books(words: str) -> None:
    """End the command when something in the books cannot be."""
    engine = db.create_engine(outside().settings.database_url)
    found = checked(engine, outside())
    engine.dispose()
    if found:
        lines = [f"{finding.name} {finding.subject}: {finding.sentence}" for finding in found]
        raise click.ClickException("\n".join([f"{words}: the books do not balance.", *lines]))


@click.command()
@click.option("--again", "task_id", type=int, help="Try the work with this number again.")
@with_appcontext
def parked(task_id: int | None) -> None:
    """Show work that was given up, or let one piece be tried again."""
    with crew_of(outside()).unit() as session:
        if task_id is not None and not tasks.revive(session, task_id, now=outside().clock.now()):
            raise click.ClickException("No such work is parked.")
        for row in queries.parked(session):
            click.echo(f"{row.id} {row.kind} {row.subject_id} {row.parked_at}: {row.problem}")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True)
@click.option("--standin", is_flag=True, help="With a stand-in for Stripe at STRIPE_API_BASE.")
@with_appcontext
def serve(host: str, port: int, *, standin: bool) -> None:
    """Run the site and its worker on this machine; the database is brought up to date first."""
    flask_migrate.upgrade(directory=str(supervisor.ROOT / "migrations"))
    if outside().stage is not None:
        load_demo()
    click.echo(f"Dayrate is at http://{host}:{port} (stop with Ctrl-C)")
    children = [supervisor.web(host, port), supervisor.worker(host, port)]
    sys.exit(supervisor.run([*children, *_standins(f"http://{host}:{port}", wanted=standin)]))


def _standins(site: str, *, wanted: bool) -> list[supervisor.Child]:
    """Return the stand-in for Stripe when it is wanted; it needs an address of its own."""
    settings = outside().settings
    if not wanted:
        return []
    if settings.stripe is None or not settings.stripe.base:
        raise click.UsageError("Set GATEWAY=stripe and STRIPE_API_BASE for a stand-in.")
    return [supervisor.standin(settings.stripe.base, site, settings.instance)]


@click.command()
@with_appcontext
def books() -> None:
    """Check the ledger, the slips and the gateways' statements; fails when something is wrong."""
    ports = outside()
    engine = db.create_engine(ports.settings.database_url)
    found = checked(engine, ports, is_thorough=True)
    keep_check(engine, found, is_thorough=True, clock=ports.clock)
    engine.dispose()
    for finding in found:
        click.echo(f"{finding.name} {finding.subject}: {finding.sentence}")
    click.echo("The books balance." if not found else f"Findings: {len(found)}")
    sys.exit(bool(found))


@click.command()
@click.argument("question", type=click.File(encoding="utf-8"), default="-")
@click.option("--table", "is_table", is_flag=True, help="Show a table instead of JSON.")
def calc(question: TextIO, *, is_table: bool) -> None:
    r"""Work out what one day pays: a QUESTION as JSON in (a file, or standard input), lines out.

    \b
    {"deal":    {"rate": "650", "hours": 12, "agreement": "us_film_crew_12"},
     "day":     {"date": "2026-11-20", "zone": "America/Los_Angeles",
                 "call": "07:00", "wrap": "22:00", "meals": [["13:30", "14:00"]]},
     "payment": {"scheme": "us_contractor", "tax_form": "w9"}}

    \b
    deal     rate, hours, agreement; or hourly; currency, overtime_rate, commission_pct,
             minimum, card, guaranteed
    day      date, zone, call, wrap, meals [[out, in, is_ndb?]], previous_wrap, previous_multiplier,
             day_number; or instead of these three before [{date, call, wrap, meals}];
             holiday, bumps {code: count}, extras [{code, amount, quantity, in_overtime_base,
             reimbursement}]; times are "26:00" or ISO with an offset
    payment  may be left out: scheme, date, tax_form, backup_withholding, item, performed_in,
             expected_year, earlier [{date, gross, withheld, item}], state_nonresident,
             certificate {period, filing_status, is_step2, state_status, regular_allowances,
             estimated_allowances, credits, other_income, deductions, extra}

    What cannot be worked out is said on standard error, and the command ends with 2.
    """
    try:
        asked = read_question(json.load(question, parse_float=str))
        found = estimate(asked.deal, asked.day, asked.taxing)
    except (ValueError, RecursionError) as fault:
        click.echo(f"This is not JSON: {fault}.", err=True)
        sys.exit(MISREAD)
    except DomainError as refusal:
        click.echo(presentation.sentence(refusal.message, locale="en"), err=True)
        sys.exit(MISREAD)
    if is_table:
        click.echo(table(asked, found, presentation.sentence))
    else:
        click.echo(
            json.dumps(answer(asked, found, presentation.sentence), ensure_ascii=False, indent=2)
        )


@click.command()
@click.option("--slip", "number", default="", help="Only slips with this number.")
@click.option("--all", "is_all", is_flag=True, help="Every slip.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object per difference.")
@with_appcontext
def recompute(*, number: str, is_all: bool, is_json: bool) -> None:
    """Work out issued slips again from what was stored with them; fails on any difference."""
    if bool(number) == is_all:
        raise click.UsageError("Say --slip NUMBER or --all.")
    ports = outside()
    differing = 0
    count = again.count_slips(reading(), number)
    if number and not count:
        raise click.ClickException("There is no pay slip with this number.")
    slips = again.recompute(reading(), again.Tools(ports.vault, ports.write), number)
    with click.progressbar(slips, count, "Slips", file=sys.stderr, width=0) as progress:
        for slip in progress:
            differing += slip.problem is not None
            show_difference(slip, is_json=is_json)
    click.echo(f"Slips worked out again: {count}. Differences: {differing}.", err=is_json)
    sys.exit(bool(differing))


def show_difference(slip: again.Again, *, is_json: bool) -> None:
    """Print what is not the same on a slip; nothing when all is."""
    if slip.problem is None:
        return
    if is_json:
        click.echo(json.dumps(asdict(slip) | {"problem": str(slip.problem)}, ensure_ascii=False))
        return
    click.echo(f"{slip.number} (slip {slip.slip_id}): {slip.problem}")
    for word, line in (("stored", slip.stored), ("found", slip.found)):
        if line:
            click.echo(f"  {word}: {line}")


@operator.command("grant")
@click.argument("email")
@with_appcontext
def grant(email: str) -> None:
    """Let the account of EMAIL open the operator's pages."""
    change_operator(operators.grant_operator, email)


@operator.command("revoke")
@click.argument("email")
@with_appcontext
def revoke(email: str) -> None:
    """Close the operator's pages for the account of EMAIL."""
    change_operator(operators.revoke_operator, email)


@operator.command("fee")
@click.argument("company")
@click.argument("basis_points", type=int)
@with_appcontext
def fee(company: str, basis_points: int) -> None:
    """Take BASIS_POINTS of pay, on top of it, from the company of this public id; 0 for nothing."""
    try:
        with crew_of(outside()).unit() as session:
            set_fee(session, company, basis_points, clock=outside().clock)
    except DomainError as refusal:
        raise click.ClickException(presentation.sentence(refusal.message, locale="en")) from None
    click.echo("Done.")


@operator.command("check")
@with_appcontext
def look_after() -> None:
    """Look for problems now and mail operators, without a worker: for a machine's own clock."""
    crew = crew_of(outside())
    watchman = Watchman(crew, outside())
    watchman.look()
    click.echo(f"Mails sent: {watchman.send_mails()}.")
    with crew.unit() as session:
        lasting = [one for one in alarms(session) if one.cleared_at is None]
    for one in lasting:
        click.echo(f"{one.kind}: {one.sentence}")
    sys.exit(bool(lasting))


def change_operator(change: Callable[..., None], email: str) -> None:
    """Grant or revoke; says in one line what is wrong when it cannot be."""
    try:
        with crew_of(outside()).unit() as session:
            change(session, email, clock=outside().clock)
    except DomainError as refusal:
        raise click.ClickException(presentation.sentence(refusal.message, locale="en")) from None
    click.echo("Done.")


@demo.command("load")
def load() -> None:
    """Make the demo world, once."""
    load_demo()


@demo.command("forward")
@click.argument("hours", type=click.IntRange(1, 60 * DAY_HOURS), default=DAY_HOURS)
def forward(hours: int) -> None:
    """Let HOURS pass at once, and do all the work that became due."""
    ports = outside()
    clock = the_stage(ports).clock
    clock.move_to(clock.now() + timedelta(hours=hours))
    done = crew_of(ports).drain_all()
    click.echo(f"It is now {clock.now():%Y-%m-%d %H:%M} UTC. Done: {done}.")


@demo.command("play")
def play() -> None:
    """Watch what waits being approved, closed, paid and slipped; the clock moves on."""
    ports = outside()
    clock = the_stage(ports).clock
    logs.configure("error")
    for sentence in import_module("marketplace.demo.play").play(crew_of(ports), ports, clock):
        click.echo(sentence)


@demo.command("anew")
def anew() -> None:
    """Forget the demo world of this folder, with everything done in it, and make it again."""
    ports = outside()
    the_stage(ports)
    if not ports.settings.database_url.startswith("sqlite"):
        raise click.ClickException("Only a demo on its own SQLite file is made anew.")
    for name in (
        "dayrate.db",
        "engine.db",
        "gateway.db",
        "standin.db",
        "demo-clock",
        "demo-logins.json",
    ):
        for path in ports.settings.instance.glob(f"{name}*"):
            path.unlink()
    flask_migrate.upgrade(directory=str(supervisor.ROOT / "migrations"))
    load_demo()


def crew_of(ports: Outside) -> Crew:
    """Return hands that do due work in this process."""
    return Crew(db.create_engine(ports.settings.database_url), ports)


def the_stage(ports: Outside) -> Stage:
    """Return the demo's stage; refuses on an installation that pays real people."""
    if ports.stage is None:
        raise click.ClickException("This is not a demo: start it with DAYRATE_DEMO=1.")
    return ports.stage


def load_demo() -> None:
    """Make the demo world unless it is there."""
    ports = outside()
    the_stage(ports)
    # The demo's world is no part of what pays people: loaded when asked for.
    import_module("marketplace.demo.world").load(ports)
