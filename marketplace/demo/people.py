"""Who is in the demo world. All of them are invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.people.rules import TaxForm, Work


@dataclass(frozen=True, slots=True)
class Talent:
    """One actor, extra or crew person.

    login: what the demo's sign-in page calls them; address: the name in their e-mail address.
    """

    name: str
    legal_name: str
    work: Work
    city: str
    about: str = ""
    department: str = ""
    login: str = ""
    address: str = ""
    is_complete: bool = True

    @property
    def is_chinese(self) -> bool:
        """Whether the person lives and is paid in China."""
        return self.city == "Zhengzhou"

    @property
    def tax_form(self) -> TaxForm:
        """The tax paper the person has given."""
        return TaxForm.CN_RESIDENT if self.is_chinese else TaxForm.W9


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works for a production company."""

    name: str
    role: CompanyRole
    login: str


_A, _B, _C = Work.ACTOR, Work.BACKGROUND, Work.CREW
_LA, _ZZ = "Los Angeles", "Zhengzhou"

LOS_ANGELES: Final = (
    Talent(
        "Ava Lin",
        "Lin Yuting",
        _A,
        _LA,
        "Eleven vertical shows.",
        login="lead actress",
        address="ava",
    ),
    Talent("Marcus Bell", "Marcus Bell", _A, _LA, "Plays 28 to 38."),
    Talent("Wen Qiu", "Wang Meifen", _A, _LA, "Retired schoolteacher, on set since 2024."),
    Talent("Theo Santos", "Theodore Santos", _A, _LA, is_complete=False),
    Talent("Kenji Mori", "Kenji Mori", _C, _LA, department="Camera"),
    Talent(
        "Bea Hart", "Beatrice Hart", _C, _LA, department="Electric", login="gaffer", address="bea"
    ),
    Talent("Luis Romero", "Luis Romero", _C, _LA, department="Grip"),
    Talent("Hana Seo", "Hana Seo", _C, _LA, department="Makeup and hair"),
    Talent("Omar Haddad", "Omar Haddad", _C, _LA, department="Sound"),
    *(
        Talent(name, name, _B, _LA)
        for name in (
            "Grace Whitfield",
            "Harold Nguyen",
            "Rosalind Park",
            "Desmond Clarke",
            "Ines Calderón",
            "Walter Abrams",
            "June Takahashi",
            "Felix Ortega",
        )
    ),
    Talent("Priya Raman", "Priya Raman", _A, _LA, "Registered nurse for six years before acting."),
    Talent("Jo Okafor", "Josephine Okafor", _A, _LA, "Stage and vertical."),
    Talent("Marisol Vega", "Marisol Vega", _A, _LA),
    Talent("Dana Kowalski", "Dana Kowalski", _A, _LA, "First role here."),
    Talent(
        "Mei Alvarez",
        "Mei Alvarez",
        _A,
        _LA,
        "English and Mandarin.",
        login="actress",
        address="mei",
    ),
    Talent("Nadia Petrov", "Nadia Petrova", _C, _LA, department="Camera"),
    Talent("Sam Whitaker", "Samuel Whitaker", _B, _LA),
)

ZHENGZHOU: Final = (
    Talent("林晚", "刘芳", _A, _ZZ, "女主，拍过十二部竖屏短剧。", login="女主演", address="linwan"),
    Talent("顾言", "陈俊杰", _A, _ZZ, "男主。"),
    Talent("苏曼", "苏小曼", _A, _ZZ),
    Talent("陈浩", "陈浩", _C, _ZZ, department="灯光"),
    Talent("周鹏", "周鹏", _C, _ZZ, department="摄影"),
    Talent("孙丽", "孙丽", _C, _ZZ, department="化妆"),
    Talent("马超", "马超", _C, _ZZ, department="录音"),
    *(
        Talent(name, name, _B, _ZZ, login=login, address="zhao" if login else "")
        for name, login in (
            ("赵国强", "群演（退休）"),
            ("王桂兰", ""),
            ("李建国", ""),
            ("张秀英", ""),
            ("刘德海", ""),
            ("杨玉梅", ""),
            ("黄志明", ""),
            ("吴春花", ""),
            ("徐大伟", ""),
            ("何淑珍", ""),
            ("郭永福", ""),
            ("王伟", ""),
        )
    ),
    Talent("沈念", "沈佳怡", _A, _ZZ, "新人，郑州。"),
    Talent("江野", "江晨", _A, _ZZ),
    Talent("白露", "白晓露", _A, _ZZ, is_complete=False),
    Talent("韩梅", "韩梅", _C, _ZZ, department="服装"),
    Talent("冯军", "冯军", _C, _ZZ, department="场务"),
    Talent("邓丽娟", "邓丽娟", _B, _ZZ),
)

REDWOOD: Final = (
    Member("Rosa Delgado", CompanyRole.OWNER, "producer and owner"),
    Member("Tom Becker", CompanyRole.CASTING, "casting"),
    Member("Lena Fischer", CompanyRole.AD, "assistant director"),
    Member("Ingrid Falk", CompanyRole.ACCOUNTANT, "accountant"),
)

ZHONGYUAN: Final = (
    Member("林峰", CompanyRole.OWNER, "制片人"),
    Member("许静", CompanyRole.CASTING, "选角"),
    Member("高远", CompanyRole.AD, "副导演"),
    Member("陈会计", CompanyRole.ACCOUNTANT, "会计"),
)
