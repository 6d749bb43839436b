"""The shows of the demo world: terms, days and roles as they were posted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from marketplace.domain.booking.queries.policies import policies
from marketplace.domain.casting.rules import RoleKind
from marketplace.domain.productions.services import Terms


@dataclass(frozen=True, slots=True)
class Day:
    """One shoot day: call and planned wrap; `wrapped` when it really ended, None: not yet."""

    call: str
    wrap: str
    wrapped: str | None
    base: str
    address: str


@dataclass(frozen=True, slots=True)
class Part:
    """One role: rate in major units, hours it covers, who is booked, on which days it is needed."""

    name: str
    kind: RoleKind
    rate: str
    hours: int
    who: str
    cast: tuple[str, ...] = ()
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    headcount: int = 1
    department: str = ""
    about: str = ""
    disclosures: tuple[str, ...] = ()
    applicants: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Show:
    """A production with everything posted for it.

    first_day: date of day 1, counted from the day the demo opens.
    queried: who queries the hours of day 3. closed_account: whose account the bank closes on day 2.
    short_rest_reason: why the call of day 4 stays although people lack rest.
    """

    terms: Terms
    days: tuple[Day, ...]
    parts: tuple[Part, ...]
    first_day: int = -3
    queried: str = ""
    short_rest_reason: str = ""
    closed_account: str = ""


_K = RoleKind


def _terms(title: str, second: str, **given: str | int | None) -> Terms:
    """Return terms of a Los Angeles show, or what is given instead."""
    values: dict[str, str | int | None] = {
        "format": "Vertical series",
        "episodes": 62,
        "currency": "USD",
        "zone": "America/Los_Angeles",
        "city": "Los Angeles",
        "country": "US",
        "agreement": "us_film_crew_12",
        "scheme": "us_contractor",
        "withholding_agent": "production",
        "engagement": "contractor",
        "minimum_rest_minutes": 600,
        "registration_number": "",
        "budget_minor": 12_000_000,
    }
    return Terms(title=title, second_title=second, **(values | given))  # type: ignore[arg-type] # one dict of mixed values


_CHINA: Final[dict[str, str | int | None]] = {
    "format": "竖屏短剧",
    "currency": "CNY",
    "zone": "Asia/Shanghai",
    "city": "Zhengzhou",
    "country": "CN",
    "agreement": "cn_microdrama_day",
    "scheme": "cn_labor_per_payment",
    "engagement": "labour_service",
    "minimum_rest_minutes": 480,
    "registration_number": "V-41-0882",
    "budget_minor": 60_000_000,
}

DAWN: Final = Show(
    terms=replace(
        _terms("Divorced at Dawn", ""),
        cancellation_policy=policies()["day_and_half"],
        needs_payroll_approval=True,
    ),
    days=(
        Day("07:00", "19:00", "19:00", "Stage 4", "1201 W 5th St, Los Angeles"),
        Day("08:00", "20:00", "21:30", "Stage 4", "1201 W 5th St, Los Angeles"),
        Day("11:00", "21:00", "26:00", "Hotel Alder", "411 Lankershim Blvd, North Hollywood"),
        Day("07:00", "21:00", None, "Hotel Alder", "411 Lankershim Blvd, North Hollywood"),
        Day("10:00", "22:00", None, "Villa Marisol", "15800 Olden St, Sylmar"),
        Day("16:00", "26:00", None, "Villa Marisol", "15800 Olden St, Sylmar"),
    ),
    parts=(
        Part("Claire Hart", _K.PRINCIPAL, "280", 12, "Female, plays 24–34", ("Ava Lin",)),
        Part("Ethan Cole", _K.PRINCIPAL, "560", 12, "Male, plays 28–38", ("Marcus Bell",)),
        Part("Mother-in-law", _K.FEATURED, "225", 12, "Female, plays 60–70", ("Wen Qiu",)),
        Part("Lawyer", _K.FEATURED, "225", 12, "Male, plays 40–55", ("Theo Santos",), (2, 3, 5)),
        Part(
            "Wedding guests",
            _K.BACKGROUND,
            "180",
            12,
            "Any gender, 21 and over, own formal wear",
            (
                "Grace Whitfield",
                "Harold Nguyen",
                "Rosalind Park",
                "Desmond Clarke",
                "Ines Calderón",
                "Walter Abrams",
                "June Takahashi",
                "Felix Ortega",
            ),
            (1, 3, 4),
            headcount=8,
            disclosures=("own_wardrobe",),
        ),
        Part(
            "Director of photography",
            _K.CREW,
            "600",
            12,
            "Own vertical rig welcome",
            ("Kenji Mori",),
            department="Camera",
        ),
        Part("Gaffer", _K.CREW, "450", 12, "3-ton package", ("Bea Hart",), department="Electric"),
        Part("Key grip", _K.CREW, "420", 12, "", ("Luis Romero",), department="Grip"),
        Part(
            "Makeup", _K.CREW, "320", 12, "Bridal work", ("Hana Seo",), department="Makeup and hair"
        ),
        Part("Sound mixer", _K.CREW, "380", 12, "", ("Omar Haddad",), department="Sound"),
        Part(
            "Nurse Dana",
            _K.FEATURED,
            "280",
            12,
            "Female, plays 24–34",
            days=(5, 6),
            about=(
                "Claire’s half-sister, who finds the forged custody papers. Warm at the bedside, "
                "cold at the altar; two pages of dialogue a day."
            ),
            disclosures=("night",),
            applicants=("Priya Raman", "Jo Okafor", "Marisol Vega", "Dana Kowalski"),
            offered=("Priya Raman",),
        ),
        Part(
            "Hotel guests",
            _K.BACKGROUND,
            "180",
            12,
            "Any gender, 18 and over",
            days=(6,),
            headcount=12,
            disclosures=("night",),
            applicants=("Sam Whitaker", "Grace Whitfield"),
        ),
        Part(
            "1st assistant camera",
            _K.CREW,
            "380",
            12,
            "Two bodies, vertical frame lines",
            days=(5, 6),
            department="Camera",
            applicants=("Nadia Petrov",),
            offered=("Nadia Petrov",),
        ),
    ),
    queried="Hana Seo",
    closed_account="Omar Haddad",
)

_EXTRAS: Final = (
    "赵国强",
    "王桂兰",
    "李建国",
    "张秀英",
    "刘德海",
    "杨玉梅",
    "黄志明",
    "吴春花",
    "徐大伟",
    "何淑珍",
    "郭永福",
    "王伟",
)

REBORN: Final = Show(
    terms=_terms("重生之闪婚总裁", "Reborn: The Flash-Marriage CEO", **_CHINA, episodes=90),
    days=(
        Day("07:00", "19:00", "20:00", "二七广场集合点", "郑州市二七区"),
        Day("07:00", "19:00", "19:00", "二七广场集合点", "郑州市二七区"),
        Day("12:00", "23:00", "26:00", "郑东新区别墅", "郑州市郑东新区"),
        Day("07:00", "20:00", None, "郑东新区别墅", "郑州市郑东新区"),
        Day("07:00", "19:00", None, "郑东新区写字楼", "郑州市郑东新区"),
        Day("07:00", "19:00", None, "二七广场集合点", "郑州市二七区"),
    ),
    parts=(
        Part("女主 沈念", _K.PRINCIPAL, "2000", 12, "女，22–30 岁", ("林晚",)),
        Part("男主 顾总", _K.PRINCIPAL, "2600", 12, "男，26–35 岁", ("顾言",)),
        Part("女二", _K.FEATURED, "1200", 12, "女，22–30 岁", ("苏曼",)),
        Part("灯光师", _K.CREW, "900", 12, "", ("陈浩",), department="灯光"),
        Part("摄影师", _K.CREW, "1500", 12, "", ("周鹏",), department="摄影"),
        Part("化妆师", _K.CREW, "800", 12, "", ("孙丽",), department="化妆"),
        Part("录音师", _K.CREW, "800", 12, "", ("马超",), department="录音"),
        Part(
            "宴会宾客",
            _K.BACKGROUND,
            "120",
            12,
            "男女不限，18–70 岁",
            _EXTRAS,
            (1, 2, 3, 4),
            headcount=12,
        ),
        Part(
            "总裁母亲",
            _K.FEATURED,
            "600",
            12,
            "女，50–65 岁",
            days=(5, 6),
            applicants=("沈念", "张秀英", "何淑珍"),
            offered=("何淑珍",),
        ),
        Part(
            "写字楼职员",
            _K.BACKGROUND,
            "120",
            12,
            "男女不限，20–45 岁",
            days=(5, 6),
            headcount=20,
            applicants=("邓丽娟", "王伟", "徐大伟"),
        ),
        Part(
            "服装师",
            _K.CREW,
            "700",
            12,
            "",
            days=(5, 6),
            department="服装",
            applicants=("韩梅",),
        ),
    ),
    queried="马超",
    short_rest_reason="场地只有今天可用，已与每位演员电话确认，今晚提前收工。",
)

OPEN_SHOWS: Final = (
    Show(
        terms=_terms("The Alpha’s Contract Bride", "", episodes=55),
        days=tuple(Day("07:00", "19:00", None, "Ranch gate", "Santa Clarita") for _ in range(6)),
        parts=(
            Part(
                "Ethan Cole, male lead",
                _K.PRINCIPAL,
                "620",
                12,
                "Male, plays 28–38",
                disclosures=("stunts",),
                applicants=("Marcus Bell",),
            ),
            Part("Luna, second lead", _K.PRINCIPAL, "420", 12, "Female, plays 20–28"),
            Part(
                "1st assistant camera",
                _K.CREW,
                "380",
                12,
                "Two bodies, vertical frame lines",
                department="Camera",
            ),
        ),
        first_day=7,
    ),
    Show(
        terms=_terms("My Billionaire Bodyguard", "", episodes=80),
        days=tuple(Day("08:00", "20:00", None, "Warehouse 9", "Burbank") for _ in range(6)),
        parts=(
            Part(
                "Gaffer",
                _K.CREW,
                "450",
                12,
                "3-ton package, two day exteriors",
                department="Electric",
            ),
            Part(
                "Night club guests",
                _K.BACKGROUND,
                "170",
                10,
                "Any gender, 21 and over",
                days=(2, 3),
                headcount=30,
                disclosures=("night", "smoke"),
            ),
            Part(
                "Nina, the sister",
                _K.PRINCIPAL,
                "380",
                12,
                "Female, plays 22–30",
                days=(3, 4),
            ),
            Part(
                "Grandmother of the groom",
                _K.FEATURED,
                "225",
                12,
                "Female, plays 65 and over",
                days=(1,),
                applicants=("Wen Qiu",),
            ),
        ),
        first_day=5,
    ),
    Show(
        terms=_terms(
            "闪婚后，前夫跪了",
            "After the Flash Marriage",
            **(_CHINA | {"registration_number": "V-41-0917"}),
            episodes=78,
        ),
        days=tuple(Day("07:00", "19:00", None, "郑东新区", "郑州市郑东新区") for _ in range(4)),
        parts=(
            Part(
                "女二号 林晚",
                _K.PRINCIPAL,
                "2000",
                12,
                "女，22–30 岁",
                days=(1, 2, 3, 4),
                disclosures=("night",),
                applicants=("沈念", "白露"),
            ),
            Part(
                "婚礼宾客",
                _K.BACKGROUND,
                "130",
                12,
                "男女不限，18–60 岁",
                days=(2,),
                headcount=40,
            ),
        ),
        first_day=8,
    ),
)
