"""Slips as people get them: each amount worked out by hand here, words and picture as kept.

Kept are the words of the paper and a small picture of it, in `slips/`. After a wanted change
run `make golden`, and look at every picture that changed.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from PIL import Image, ImageChops
from sqlalchemy.orm import Session

from marketplace import db
from marketplace.adapters.pdf.slips import PlateSlipPrinter
from marketplace.domain.booking.rules.cancelling import Fee, FeeKind
from marketplace.domain.documents.rules import code_of
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.rules.basis import basis
from marketplace.domain.payroll.rules.shapes import PayLine
from marketplace.domain.payroll.services.recompute import Tools, recompute
from marketplace.domain.people.models import Payee
from marketplace.domain.reports.queries.genuine import genuine
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say
from marketplace.web.presentation import sentence
from tests.golden.scenes import Deal, Scene, a_scene, document_of, lines_of
from tests.support.adjusting import adjust, slips_of
from tests.support.databases import Database
from tests.support.payday import VAULT, a_till, ask_to_pay, run_to_the_end, unit_of

pytestmark = pytest.mark.embedded

KEPT: Final = Path(__file__).parent / "slips"
RENEW: Final = os.environ.get("DAYRATE_GOLDEN") == "renew"
DOTS_AN_INCH: Final = 60
SITE: Final = "https://dayrate.example"
MOST_DIFFERENT: Final = 0.002
"""Which part of the dots may differ: another version of the rasteriser, never another word."""

VISIBLE: Final = 48
"""How much a dot has to differ, of 255, to be seen."""

CREW: Final = Deal("Gaffer", 65_000, 12)
LEAD: Final = Deal("Claire Hart", 28_000, 8)
SAG: Final = "us_sag_day_performer"
MORNING: Final = "T04:00:00+00:00"
"""Noon in Shanghai, when the slips of a Chinese day are issued here."""

EVENING: Final = "T20:00:00+00:00"
"""Noon in Los Angeles in winter."""

Check = Callable[[str, PaySlip], None]
TAKEN: Final = ("withholding", "deduction")


@pytest.fixture
def session(embedded_database: Database) -> Iterator[Session]:
    """One transaction that is kept, so that the slips can be worked out again."""
    with embedded_database.session() as opened, db.transaction(opened):
        yield opened


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Print a slip and compare it with what is kept under a name, or keep it."""
    return lambda name, slip: compare(
        name, PlateSlipPrinter(SITE).print_slip(document_of(slip)), tmp_path
    )


def compare(name: str, pdf: bytes, folder: Path) -> None:
    path = folder / f"{name}.pdf"
    path.write_bytes(pdf)
    words = run("pdftotext", "-layout", str(path), "-")
    run(
        "pdftoppm",
        "-r",
        str(DOTS_AN_INCH),
        "-gray",
        "-png",
        "-singlefile",
        str(path),
        str(path.with_suffix("")),
    )
    picture = path.with_suffix(".png")
    kept_words, kept_picture = KEPT / f"{name}.txt", KEPT / f"{name}.png"
    if RENEW:
        kept_words.write_text(words, "utf-8")
        with Image.open(picture) as drawn:
            drawn.convert("L").point(lambda grey: round(grey / 17) * 17).save(
                kept_picture, optimize=True
            )
        return
    assert words == kept_words.read_text("utf-8")
    assert difference(picture, kept_picture) <= MOST_DIFFERENT


def difference(one: Path, other: Path) -> float:
    """Return which part of the dots of two pictures is visibly different; 1 for another size."""
    with Image.open(one) as left, Image.open(other) as right:
        if left.size != right.size:
            return 1.0
        apart = ImageChops.difference(left.convert("L"), right.convert("L"))
        dots = apart.histogram()
        return sum(dots[VISIBLE:]) / sum(dots)


def run(*command: str) -> str:
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=60
    )  # our file
    return done.stdout


def told(scene: Scene, slip: PaySlip) -> list[tuple[str, str, int]]:
    """Return code, basis and signed minor units of each line that counts."""
    return [
        (one.code, basis(one), -one.amount.minor if one.kind in TAKEN else one.amount.minor)
        for one in lines_of(scene.session, slip)
        if one.kind != "memo"
    ]


def assert_same_again(scene: Scene) -> None:
    """Every slip of a scene is worked out again to the byte."""
    scene.session.flush()
    found = list(recompute(scene.session, Tools(VAULT, sentence)))
    assert len(found) >= len(scene.slips)
    assert [
        (one.number, str(one.problem), one.stored, one.found) for one in found if one.problem
    ] == []


def test_an_extra_in_hengdian_works_twelve_hours(session: Session, check: Check) -> None:
    scene = a_scene(
        session,
        "小明",
        Deal("群众演员", 13_500, 10),
        currency="CNY",
        agreement="cn_hengdian_extra_2024_11",
    )
    slip = scene.pay(scene.work("2026-11-20", ("07:00", "19:00")), "2026-11-21" + MORNING)

    # 135.00 for 10 hours, 12 − 10 = 2 hours at 13.50: 135.00 + 27.00 = 162.00.
    # Not above 800 in the month, so no tax. The guild takes 10% of 162.00 = 16.20.
    assert told(scene, slip) == [
        ("day", "1 d × 135.00", 13_500),
        ("overtime", "2 h × 13.5000", 2_700),
        ("commission", "10% × 162.00", -1_620),
    ]
    assert (slip.gross_minor, slip.withheld_minor, slip.net_minor) == (16_200, 0, 14_580)
    check("hengdian-extra", slip)
    assert_same_again(scene)


def test_a_crew_day_of_fourteen_and_a_half_hours_with_a_late_meal(
    session: Session, check: Check
) -> None:
    scene = a_scene(session, "Ava Lin", CREW)
    hours, meals = ("07:00", "22:30"), (("13:30", "14:00"), ("19:30", "20:00"))
    slip = scene.pay(scene.work("2026-11-20", hours, *meals), "2026-11-21" + EVENING)

    # $650 for 12 hours = 8 + 4 × 1.5 = 14 pay hours: 650 / 14 = 46.428571… an hour.
    # 15.5 hours less two meals of half an hour = 14.5 hours:
    # 8 × 46.428571 = 371.43; 4 × 46.428571 × 1.5 = 278.57; 2.5 × 46.428571 × 2 = 232.14.
    # The first meal, due after 6 hours at 13:00, was 30 minutes late: one step, 7.50.
    assert told(scene, slip) == [
        ("straight", "8 h × 46.4286", 37_143),
        ("overtime_1_5", "4 h × 46.4286 × 1.5", 27_857),
        ("overtime_2", "2.5 h × 46.4286 × 2", 23_214),
        ("meal_penalty", "", 750),
    ]
    assert slip.worked_minutes == 14 * 60 + 30
    assert (slip.gross_minor, slip.net_minor) == (88_964, 88_964)
    # The premium: 4 hours × 0.5 and 2.5 hours × 1, so 4.5 × 46.428571 = 208.93.
    assert document_of(slip).premium == "$208.93"
    check("crew-late-meal", slip)
    assert_same_again(scene)


def test_a_wrap_at_two_and_a_call_at_seven_is_a_forced_call(session: Session, check: Check) -> None:
    scene = a_scene(session, "Ava Lin", LEAD, agreement=SAG, minimum_rest_minutes=0)
    late = scene.work("2026-11-19", ("14:00", "26:00"), ("19:00", "19:30"))
    early = scene.work("2026-11-20", ("07:00", "15:00"), ("12:30", "13:00"), number=2)
    first, second = (scene.pay(card, "2026-11-21" + EVENING) for card in (late, early))

    # $280 for 8 hours: 35.00 an hour. 12 hours less half an hour: 8 + 2 × 1.5 + 1.5 × 2.
    # The meal due 6 hours after 19:30, at 01:30, never came before the wrap at 02:00: 25.00.
    assert told(scene, first) == [
        ("straight", "8 h × 35.0000", 28_000),
        ("overtime_1_5", "2 h × 35.0000 × 1.5", 10_500),
        ("overtime_2", "1.5 h × 35.0000 × 2", 10_500),
        ("meal_penalty", "", 2_500),
    ]
    # 7.5 hours worked, 8 guaranteed: the day rate. Rest 02:00–07:00 is 5 hours of 12 owed, so
    # the lesser of the day rate, 280.00, and 900.00.
    assert told(scene, second) == [
        ("straight", "7.5 h × 35.0000", 26_250),
        ("guaranteed", "0.5 h × 35.0000", 1_750),
        ("rest_penalty", "", 28_000),
    ]
    assert (first.gross_minor, second.gross_minor) == (51_500, 56_000)
    assert document_of(first).wrap == "02:00 next day"
    check("forced-call-1", first)
    check("forced-call-2", second)
    assert_same_again(scene)


def test_a_night_lasts_as_long_as_it_lasts_when_clocks_change(
    session: Session, check: Check
) -> None:
    scene = a_scene(session, "Ava Lin", Deal("Claire Hart", 40_000, 8), agreement=SAG)
    night, meal = ("20:00", "30:00"), ("24:30", "25:00")
    spring = scene.pay(scene.work("2026-03-07", night, meal), "2026-03-09" + EVENING)
    autumn = scene.pay(scene.work("2026-10-31", night, meal, number=2), "2026-11-02" + EVENING)

    # 20:00 to 06:00 is 9 hours in March and 11 in November; less half an hour each. 50.00 an hour:
    # 8 × 50 + 0.5 × 75 = 437.50, and 8 × 50 + 2 × 75 + 0.5 × 100 = 600.00.
    assert (spring.worked_minutes, autumn.worked_minutes) == (8 * 60 + 30, 10 * 60 + 30)
    assert told(scene, spring) == [
        ("straight", "8 h × 50.0000", 40_000),
        ("overtime_1_5", "0.5 h × 50.0000 × 1.5", 3_750),
    ]
    assert told(scene, autumn) == [
        ("straight", "8 h × 50.0000", 40_000),
        ("overtime_1_5", "2 h × 50.0000 × 1.5", 15_000),
        ("overtime_2", "0.5 h × 50.0000 × 2", 5_000),
    ]
    check("clocks-spring", spring)
    check("clocks-autumn", autumn)
    assert_same_again(scene)


def test_two_payments_of_three_thousand_yuan_in_one_month_are_one_time_of_income(
    session: Session, check: Check
) -> None:
    scene = a_scene(session, "小明", Deal("女二号", 300_000, 12), currency="CNY")
    day, meal = ("07:00", "19:00"), ("12:00", "13:00")
    first = scene.pay(scene.work("2026-11-10", day, meal), "2026-11-11" + MORNING)
    second = scene.pay(scene.work("2026-11-20", day, meal, number=2), "2026-11-21" + MORNING)

    # (3,000 − 800) × 20% = 440. The month is then 6,000: 6,000 × 80% × 20% = 960, less 440 = 520.
    assert told(scene, first)[1:] == [("income_tax", "", -44_000)]
    assert told(scene, second)[1:] == [("income_tax", "", -52_000)]
    assert (first.net_minor, second.net_minor) == (256_000, 248_000)
    year = document_of(second).lines[-1].ytd
    assert year == "\N{MINUS SIGN}CN¥960.00"
    check("two-payments-1", first)
    check("two-payments-2", second)
    assert_same_again(scene)


def test_a_month_without_income_starts_the_platforms_count_again(
    session: Session, check: Check
) -> None:
    scene = a_scene(
        session,
        "小明",
        Deal("女二号", 700_000, 12),
        currency="CNY",
        scheme="cn_labor_platform_cumulative",
        withholding_agent="platform",
    )

    def tax_of(slip: PaySlip) -> PayLine:
        return lines_of(session, slip)[-1]

    slips = [
        scene.pay(
            scene.work(f"2026-{month}-10", ("07:00", "19:00"), ("12:00", "13:00"), number=number),
            f"2026-{month}-12{MORNING}",
        )
        for number, month in enumerate(("06", "07", "09"), start=1)
    ]

    # June: 7,000 × 80% − 5,000 = 600, × 3% = 18. July: 14,000 × 80% − 10,000 = 1,200, × 3% = 36,
    # less 18 = 18. August: nothing earned. September begins anew: 600 × 3% = 18; counted on from
    # June it would have been 21,000 × 80% − 20,000 < 0, so nothing.
    assert [told(scene, slip)[1:] for slip in slips] == [[("income_tax", "", -1_800)]] * 3
    taxed = [tax.cause.values["taxable"] for tax in map(tax_of, slips) if tax.cause]
    assert taxed == [Money(minor, "CNY") for minor in (60_000, 120_000, 60_000)]
    for number, slip in enumerate(slips, start=1):
        check(f"platform-gap-{number}", slip)
    assert_same_again(scene)


@pytest.mark.parametrize(
    ("period", "federal", "state"),
    [
        # Pub. 15-T, a day of $280 at 260 days a year: 27.64. EDD Method B, daily: 11.65.
        ("daily", -2_764, -1_165),
        # The same $280 is all the week's wages: below both standard deductions.
        ("weekly", 0, 0),
    ],
)
def test_a_day_of_an_employee_is_taxed_on_its_period(
    session: Session, check: Check, period: str, federal: int, state: int
) -> None:
    scene = a_scene(
        session,
        "Ava Lin",
        LEAD,
        agreement=SAG,
        scheme="us_ca_w2",
        engagement="employee",
        payroll_period=period,
    )
    session.query(Payee).filter_by(person_id=scene.person.id).one().certificate = W4
    session.flush()
    card = scene.work("2026-11-20", ("07:00", "15:30"), ("12:30", "13:00"))
    slip = scene.pay(card, "2026-11-21" + EVENING)

    # Social security 6.2% × 280 = 17.36, Medicare 1.45% × 280 = 4.06, disability 1.3% = 3.64.
    taxes = {code: minor for code, _basis, minor in told(scene, slip)[1:]}
    shares = {"social_security": -1_736, "medicare": -406, "state_disability": -364}
    income = {"federal_income_tax": federal, "state_income_tax": state}
    assert taxes == shares | {code: minor for code, minor in income.items() if minor}
    assert slip.net_minor == 28_000 + sum(taxes.values())
    assert document_of(slip).cycle.startswith(f"Payroll period: one {period_word(period)}")
    check(f"wages-{period}", slip)
    assert_same_again(scene)


def test_a_day_called_off_late_pays_half_of_it_and_no_hours(session: Session, check: Check) -> None:
    scene = a_scene(session, "Ava Lin", LEAD, agreement=SAG)
    cause = say("Cancelled %(notice)s before the call.", notice=timedelta(hours=15, minutes=40))
    fee = Fee(FeeKind.CANCELLED, 50, "notice_24_12@1 rows[1]", cause)
    card = scene.call_off("2026-11-20", fee)
    card.is_auto_agreed = True
    slip = scene.pay(card, "2026-11-21" + EVENING)

    # 50% of 280.00.
    assert told(scene, slip) == [("cancellation_fee", "50% × 280.00", 14_000)]
    document = document_of(slip)
    assert (document.call, document.wrap, slip.worked_minutes) == ("", "", 0)
    assert [note[:28] for note in document.notes[:2]] == [
        "The day was cancelled: this ",
        "The hours were agreed automa",
    ]
    check("called-off", slip)
    assert_same_again(scene)


@pytest.fixture
def chain(embedded_database: Database, tmp_path: Path, clock: FixedClock) -> Iterator[Scene]:
    """Pay a day, then lengthen it by an hour: the slip, its reversal and its correction."""
    unit, till = unit_of(embedded_database), a_till(tmp_path, clock)
    with unit() as session:
        scene = a_scene(session, "Ava Lin", Deal("Gaffer", 28_000, 12))
        card = scene.work("2026-11-20", ("07:00", "19:00"), ("12:30", "13:00"))
        ask_to_pay(session, card)
        card_id = card.id
    run_to_the_end(unit, till, clock)
    adjust(unit, till, clock, card_id, ("07:00", "20:00"))
    with unit() as session:
        scene.session, scene.slips = session, slips_of(session, card_id)
        yield scene


def test_a_corrected_day_is_taken_back_line_by_line_and_paid_anew(chain: Scene) -> None:
    original, reversal, correction = chain.slips

    # $280 for 12 hours: 280 / 14 = 20.00 an hour. 11.5 hours worked, 12 guaranteed.
    assert told(chain, original) == [
        ("straight", "8 h × 20.0000", 16_000),
        ("overtime_1_5", "3.5 h × 20.0000 × 1.5", 10_500),
        ("guaranteed", "0.5 h × 20.0000 × 1.5", 1_500),
    ]
    assert told(chain, reversal) == [
        (code, f"\N{MINUS SIGN}{worked}", -minor) for code, worked, minor in told(chain, original)
    ]
    # An hour more is 12.5: 0.5 × 20 × 2 = 20.00. The second meal, due at 19:00, was an hour
    # late: 7.50 + 10.00. 160 + 120 + 20 + 17.50 = 317.50, of which 280.00 are paid.
    assert told(chain, correction) == [
        ("straight", "8 h × 20.0000", 16_000),
        ("overtime_1_5", "4 h × 20.0000 × 1.5", 12_000),
        ("overtime_2", "0.5 h × 20.0000 × 2", 2_000),
        ("meal_penalty", "", 1_750),
        ("already_paid", "", -28_000),
    ]
    nets = [slip.net_minor for slip in (original, reversal, correction)]
    assert nets == [28_000, -28_000, 3_750]
    # Seen from the year: 280.00, then nothing, then 317.50, all of it the person's.
    years = [(one.ytd_gross, one.ytd_net) for one in map(document_of, chain.slips)]
    assert years == [("$280.00", "$280.00"), ("$0.00", "$0.00"), ("$317.50", "$317.50")]


def test_the_papers_of_a_corrected_day_name_each_other(chain: Scene, check: Check) -> None:
    original, _reversal, correction = chain.slips

    statuses = [document_of(slip).status.partition(" · ")[0] for slip in chain.slips]
    assert statuses == ["original", "Reversal of 2026-00001", "Correction of 2026-00001"]
    for number, slip in enumerate(chain.slips, start=1):
        check(f"correction-{number}", slip)
    assert_same_again(chain)
    replaced, newest = (
        genuine(chain.session, slip.number, code_of(slip.digest), VAULT)
        for slip in (original, correction)
    )
    assert replaced is not None
    assert newest is not None
    assert (replaced.reversed_by, replaced.replaced_by) == ("2026-00002", "2026-00003")
    assert (newest.kind, newest.corrects, newest.replaced_by) == ("correction", "2026-00001", "")


def period_word(period: str) -> str:
    return {"daily": "day", "weekly": "week"}[period]


W4: Final = {
    "filing_status": "single",
    "is_step2": False,
    "credits": 0,
    "other_income": 0,
    "deductions": 0,
    "extra": 0,
    "state_status": "single",
    "regular_allowances": 0,
    "estimated_allowances": 0,
    "has_one_employer": True,
}
