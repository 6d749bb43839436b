"""Pay slips as a production would issue them: one by hand, many by number."""

from __future__ import annotations

import random
from dataclasses import replace

from marketplace.domain.documents.rules import (
    LineKind,
    Paper,
    Party,
    Payee,
    SlipDocument,
    SlipLine,
    sealed,
)

ADDRESS = "https://dayrate.example/v/{digest}"
FIRST = ("Mia", "Zoe", "Luis", "Emeka", "Jonas", "Chloé", "Łukasz", "Noah", "Priya", "Marco")
LAST = ("O'Neil", "Müller", "Okafor", "Hernández", "Dvořák", "Nguyễn", "Smith", "Lee", "Tanaka")
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂"
ROLES = ("Lead performer", "Day player", "Gaffer", "Boom operator", "Make-up artist")
LINES: tuple[tuple[LineKind, str, str, str, str], ...] = (
    ("penalty", "Meal penalty", "误餐费", "1 × {rate}", "Second meal due by 19:00 began at 19:15."),
    ("penalty", "Short rest", "休息不足", "1.5 h × {rate}", "Called 8 h 30 min after wrap."),
    ("earning", "Overtime × 1.5", "加班 1.5 倍", "4.0 h × {rate} × 1.5", ""),
    ("earning", "Overtime × 2.0", "加班 2 倍", "2.0 h × {rate} × 2", ""),
    ("allowance", "Kit rental, not taxed", "器材租金（不计税）", "1 day × $25.00", ""),
)


def a_slip() -> SlipDocument:
    """Return an ordinary slip with a line of every kind."""
    slip = SlipDocument(
        number="PS-2026-000123",
        currency="USD",
        pay_date="Fri 4 Dec 2026",
        issued_at="2026-12-03 18:04 PST",
        employer=Party(
            name="Golden Reel Pictures LLC",
            second_name="金卷影业（洛杉矶）有限公司",
            address_lines=("6922 Hollywood Blvd, Suite 401", "Los Angeles, CA 90028"),
        ),
        payee=Payee(
            legal_name="Wang Xiaoming 王晓明",
            stage_name="Leo Wang",
            payee_id="•••• 4821",
            address_lines=("1455 N Sierra Bonita Ave, Apt 12", "Los Angeles, CA 90046"),
        ),
        production="The Heiress Strikes Back",
        production_second="重生千金的逆袭",
        registration_number="V0112365",
        role="Lead performer",
        shoot_date="Mon 30 Nov 2026",
        shoot_day_label="Day 4 of 7 · 第4天",
        zone="America/Los_Angeles",
        call="07:00",
        wrap="26:00 · 02:00 Tue",
        meals="12:30–13:00 (30 min), 19:15–19:45 (30 min)",
        worked_hours="18.0 h",
        agreement="us_ca_statute@2026-01-01",
        scheme="us_ca_nonresident_592@2026-01-01",
        period="30 Nov 2026 – 30 Nov 2026",
        lines=(
            SlipLine(
                kind="earning",
                label="Day rate, 8 h",
                label_second="日薪（8小时）",
                detail="8.0 h × $81.2500",
                rule="Guarantee of 8 hours",
                amount="$650.00",
                ytd="$2,600.00",
            ),
            SlipLine(
                kind="penalty",
                label="Meal penalty",
                label_second="误餐费",
                detail="1 × $81.2500",
                cause="Second meal at 19:15 began 6 h 15 min after the first one ended at 13:00.",
                rule="Labor Code 226.7, once a day",
                amount="$81.25",
                ytd="$81.25",
            ),
            SlipLine(
                kind="withholding",
                label="California nonresident withholding",
                label_second="加州非居民预扣税",
                detail="7% × $731.25",
                amount="−$51.19",
                ytd="−$318.50",
            ),
            SlipLine(
                kind="deduction",
                label="Agent's commission",
                label_second="经纪佣金",
                detail="10% × $731.25",
                amount="−$73.13",
                ytd="−$455.00",
            ),
            SlipLine(
                kind="memo",
                label="Workers' compensation",
                label_second="工伤保险",
                detail="0.75% × $731.25",
                amount="$5.48",
            ),
        ),
        gross="$731.25",
        withheld="−$51.19",
        deductions="−$73.13",
        net="$606.93",
        ytd_gross="$4,650.00",
        ytd_withheld="−$318.50",
        ytd_net="$3,876.50",
        payment_method="Bank transfer to account ending 4242",
        payment_reference="PO-7K2M9QX4",
        notes=(
            "Withholding is a prepayment of your tax, not a final tax.",
            "预扣税款为预缴，并非最终税额。",
        ),
        contact="payroll@goldenreel.example · +1 323 555 0142",
        dispute_by="3 Jan 2027",
    )
    return sealed(slip, ADDRESS)


def slip_number(number: int, paper: Paper = "A4") -> SlipDocument:
    """Return the slip of this number: always the same one, unlike its neighbours."""
    chance = random.Random(number)  # the same slips every time, nothing secret
    first, *others = a_slip().lines
    extra = [_line(chance) for _ in range(chance.choice((0, 1, 1, 2)))]
    name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
    payee = Payee(
        legal_name=name + chance.choice(("", f" {_chinese(chance)}")),
        stage_name=chance.choice((_chinese(chance), "Leo")),
        payee_id=f"P{number:07d}",
        address_lines=(f"{chance.randint(1, 9999)} Sunset Blvd", "Los Angeles, CA 90028"),
    )
    slip = replace(
        a_slip(),
        number=f"PS-2026-{number:06d}",
        paper=paper,
        payee=payee,
        role=chance.choice(ROLES),
        lines=(first, *extra, *others),
        net=_amount(chance),
        ytd_net=_amount(chance),
    )
    return sealed(slip, ADDRESS)


def _line(chance: random.Random) -> SlipLine:
    kind, label, second, detail, cause = chance.choice(LINES)
    return SlipLine(
        kind=kind,
        label=label,
        label_second=second,
        detail=detail.format(rate=_amount(chance)),
        cause=cause,
        rule="Agreement, clause 5",
        amount=_amount(chance),
        ytd=_amount(chance),
    )


def _chinese(chance: random.Random) -> str:
    return chance.choice(FAMILY) + "".join(chance.sample(GIVEN, chance.choice((1, 2))))


def _amount(chance: random.Random) -> str:
    return f"${chance.randint(1, 999_999):,}.{chance.randint(0, 99):02d}"
