"""What the law and a good payroll ask of a slip, each read back from a printed PDF.

The American slip: $1,000 for 12 hours is 1,000 / 14 = 71.428571 an hour; 13.5 hours are
571.43 + 428.57 + 214.29, a late meal 7.50, kit 30.00, mileage 25.00: 1,276.79, taxed without the
mileage: 1,251.79.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

import pytest
from sqlalchemy.orm import Session

from marketplace import db
from marketplace.adapters.pdf.slips import PlateSlipPrinter
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.rules.shapes import Adjustment
from marketplace.domain.people.models import Payee
from marketplace.kernel.money import Money
from tests.golden.scenes import Deal, Scene, a_scene, document_of
from tests.golden.test_golden_slips import EVENING, MORNING, W4
from tests.support.databases import Database, SqliteFarm
from tests.support.pdf import text_of

pytestmark = pytest.mark.embedded

Asked = tuple[str, str, tuple[str, ...]]
"""Which clause asks, what it asks for, and the words that answer it on the paper."""

CALIFORNIA: Final[tuple[Asked, ...]] = (
    (
        "226(a)(1)",
        "gross wages earned, now and this year",
        ("Gross pay 应发合计 $1,276.79 $1,276.79",),
    ),
    ("226(a)(2)", "total hours worked", ("Hours worked 实际工时", "13 h 30 m")),
    (
        "226(a)(4)",
        "all deductions, each with basis and rate",
        (
            "Social security",
            "6.2% × 1,251.79",
            "−$77.61",
            "Medicare",
            "1.45% × 1,251.79",
            "−$18.15",
            "Federal income tax",
            "Pub. 15-T, daily period, single",
            "California income tax",
            "Method B, daily period",
            "California disability insurance",
            "1.3% × 1,251.79",
            "−$16.27",
        ),
    ),
    ("226(a)(5)", "net wages earned", ("Net pay 实发金额",)),
    (
        "226(a)(6)",
        "inclusive dates of the period, and the pay date",
        (
            "Pay period 计薪期间",
            "2026-11-20 – 2026-11-20",
            "Pay date 发薪日: 2026-11-21",
        ),
    ),
    (
        "226(a)(7)",
        "name and only the last four of the tax number",
        ("Lin Yuting", "ID 编号: ••6789"),
    ),
    (
        "226(a)(8)",
        "name and address of the legal employer",
        (
            "Redwood Vertical LLC",
            "411 Lankershim Blvd, Los Angeles, CA 91601",
        ),
    ),
    (
        "226(a)(9)",
        "every hourly rate and the hours at each, four decimals",
        (
            "Hours at each hourly rate",
            "8 h × 71.4286",
            "4 h × 107.1429",
            "1.5 h × 142.8571",
        ),
    ),
    (
        "IRC 6051",
        "the overtime premium apart, for the deduction of 2025 to 2028",
        (
            "Overtime premium",
            "$250.00",
        ),
    ),
)

UNITED_KINGDOM: Final[tuple[Asked, ...]] = (
    ("ERA s.8(2)(a)", "gross", ("Gross pay 应发合计 $1,276.79",)),
    (
        "ERA s.8(2)(b)",
        "deductions and what they are for",
        ("Withheld 代扣合计", "Other deductions"),
    ),
    ("ERA s.8(2)(c)", "net", ("Net pay 实发金额",)),
    (
        "ERA s.8(2)(d)",
        "amount and method of each part-payment",
        (
            "By 方式: Bank transfer, account ••6411",
            "Reference 参考号: 2026-00001",
        ),
    ),
    (
        "ERA s.8(2)(e)",
        "hours, where pay varies with time, by rate",
        ("13 h 30 m", "1.5 h × 142.8571"),
    ),
)

GOOD: Final[tuple[Asked, ...]] = (
    ("4.2", "slip number, run number", ("2026-00001", "Pay run 批次: 1")),
    ("4.2", "production, role, shoot date", ("Divorced at Dawn", "Gaffer", "2026-11-20")),
    ("4.2", "classification", ("Employee",)),
    ("4.2", "rule and version", ("us_film_crew_12@2024-08-01",)),
    (
        "4.2",
        "call, wrap, meals and zone",
        (
            "07:00 – 21:30",
            "13:30–14:00, 19:30–20:00",
            "America/Los_Angeles",
        ),
    ),
    ("4.2", "each line's formula", ("4 h × 71.4286 × 1.5", "$428.57")),
    ("4.2", "penalties with their cause", ("Meal due by Fri 20 Nov, 13:00, taken 30 m late",)),
    (
        "4.2",
        "allowances taxed and not",
        (
            "Kit rental",
            "Taxed",
            "Mileage",
            "Not taxed",
            "Not taxed 不计税: $25.00",
        ),
    ),
    ("4.2", "sums of the year by payer", ("YTD 本年累计",)),
    (
        "4.2",
        "what the employer pays on top",
        (
            "Paid by the employer on top",
            "Social security, employer",
            "Medicare, employer",
        ),
    ),
    (
        "4.2",
        "withholding scheme, version and base",
        ("us_ca_w2@2026-01-01", "Taxed on 计税金额 $1,251.79"),
    ),
    ("4.2", "withholding is a prepayment", ("prepayment, not the final tax",)),
    (
        "4.2",
        "whom to ask, and until when",
        (
            "Questions 咨询: payroll@redwood.example",
            "Dispute by 异议期限: 2026-12-21",
        ),
    ),
    (
        "4.2",
        "a hash of the data, and where it is proved",
        (
            "SHA-256: ",
            "Verify 核验: https://dayrate.example/verify/2026-00001?code=",
        ),
    ),
)

CHINA: Final[tuple[Asked, ...]] = (
    (
        "工资支付暂行规定 art.6",
        "amount and time",
        ("实发金额", "CN¥2,560.00", "发薪日: 2026-11-11"),
    ),
    ("工资支付暂行规定 art.6", "name of who is paid", ("收款人", "王晓明")),
    (
        "广东 art.16",
        "date and cycle",
        ("计薪期间", "2026-11-10 – 2026-11-10", "Paid by the shoot day"),
    ),
    ("广东 art.16", "working hours", ("实际工时", "11 小时")),
    ("广东 art.16", "items payable and deducted", ("日薪", "CN¥3,000.00", "所得税", "−CN¥440.00")),
    ("广东 art.16", "proof of payment by a bank", ("••6411", "参考号: 2026-00001")),
    (
        "labour service",
        "tax withheld, its scheme and that it is a prepayment",
        (
            "cn_labor_per_payment@2019-01-01",
            "1 March to 30 June",
        ),
    ),
    ("labour service", "who pays", ("横店正和影视有限公司", "浙江省东阳市横店镇万盛南街 1 号")),
)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The words of two printed slips: of an employee in California and of an actor in China."""
    farm = SqliteFarm(tmp_path_factory.mktemp("requirements"))
    with farm.fresh() as database, opened(database) as session:
        yield {"US": words_of(american(session)), "CN": words_of(chinese(session))}


def opened(database: Database) -> Session:
    return database.session()


@cache
def printer() -> PlateSlipPrinter:
    return PlateSlipPrinter("https://dayrate.example")


def words_of(slip: PaySlip) -> str:
    return text_of(printer().print_slip(document_of(slip)))


def american(session: Session) -> PaySlip:
    with db.transaction(session):
        scene = a_scene(
            session,
            "Ava Lin",
            Deal("Gaffer", 100_000, 12),
            scheme="us_ca_w2",
            engagement="employee",
        )
        session.query(Payee).filter_by(person_id=scene.person.id).one().certificate = W4
        session.flush()
        return paid(scene)


def paid(scene: Scene) -> PaySlip:
    extras = (
        Adjustment("kit_rental", Money(3_000, "USD")),
        Adjustment("mileage", Money(2_500, "USD"), is_reimbursement=True),
    )
    meals = ("13:30", "14:00"), ("19:30", "20:00")
    card = scene.work("2026-11-20", ("07:00", "21:30"), *meals, extras=extras)
    return scene.pay(card, "2026-11-21" + EVENING)


def chinese(session: Session) -> PaySlip:
    with db.transaction(session):
        scene = a_scene(session, "小明", Deal("女二号", 300_000, 12), currency="CNY")
        card = scene.work("2026-11-10", ("07:00", "19:00"), ("12:00", "13:00"))
        return scene.pay(card, "2026-11-11" + MORNING)


@pytest.mark.parametrize(
    ("country", "asked"),
    [
        pytest.param(country, asked, id=f"{country}-{asked[0]}-{asked[1]}")
        for country, table in (
            ("US", CALIFORNIA),
            ("US", UNITED_KINGDOM),
            ("US", GOOD),
            ("CN", CHINA),
        )
        for asked in table
    ],
)
def test_what_is_asked_is_on_the_paper(papers: dict[str, str], country: str, asked: Asked) -> None:
    _clause, _what, words = asked

    assert [one for one in words if one not in papers[country]] == []


def test_nothing_more_of_the_tax_number_is_on_the_paper(papers: dict[str, str]) -> None:
    assert "123-45" not in papers["US"]
    assert "000123456411" not in papers["US"].replace(" ", "")
