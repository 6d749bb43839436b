"""Sign the demo's people up, with their companies, papers and bank accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from marketplace.db import UnitOfWork
from marketplace.demo import profiles
from marketplace.demo.people import Member, Talent
from marketplace.domain.accounts.models import Company
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.accounts.services.companies import (
    EditCompany,
    Invite,
    edit_company,
    invite,
    join,
    sign_up_company,
)
from marketplace.domain.accounts.services.operators import grant_operator
from marketplace.domain.accounts.services.sign_up import SignUp, sign_up
from marketplace.domain.people.queries import person_of
from marketplace.domain.people.services import (
    PayeeDetails,
    Profile,
    keep_payee,
    sign_up_talent,
)
from marketplace.outside import Outside

PASSWORD: Final = "dayrate demo 2026"  # noqa: S105 - shown on the demo's sign-in page
ADDRESS: Final = "{name}@demo.test"
COMPANIES: Final = {
    "CN": ("河南中原竖屏影业有限公司", "河南省郑州市金水区花园路 39 号"),
    "US": ("Redwood Vertical LLC", "411 Lankershim Blvd\nLos Angeles, CA 91601"),
}
"""Legal name and address of the company of each country."""


@dataclass(frozen=True, slots=True)
class Office:
    """A company of the demo and the user ids of its members, by role."""

    id: int
    staff: dict[CompanyRole, int]


class Crowd:
    """Everybody who has signed up; `people` maps a stage name to a person's id."""

    def __init__(self, unit: UnitOfWork, outside: Outside, password_hash: str) -> None:
        """Begin with nobody."""
        self._unit = unit
        self._outside = outside
        self._hash = password_hash
        self._count = 0
        self.people: dict[str, int] = {}
        self.users: dict[str, int] = {}
        self.logins: list[dict[str, str]] = []

    def open_company(self, name: str, staff: tuple[Member, ...], *, is_chinese: bool) -> Office:
        """Sign up a production company: its owner, who invites the others."""
        owner, *others = staff
        company_id, owner_id = self._found(name, owner, is_chinese=is_chinese)
        ids = {CompanyRole.OWNER: owner_id}
        for member in others:
            email = self._email(_desk(member.role, is_chinese=is_chinese))
            with self._unit() as session:
                person = self._sign_up(email, member.name, is_chinese)
                user_id = _new(sign_up(session, person, clock=self._outside.clock))
                asked = Invite(company_id, owner_id, email, member.role)
                token = invite(session, asked, clock=self._outside.clock)
                join(session, user_id, token, clock=self._outside.clock)
            ids[member.role] = user_id
            self._login(f"{member.login} · {name}", email)
        return Office(company_id, ids)

    def _found(self, name: str, owner: Member, *, is_chinese: bool) -> tuple[int, int]:
        clock = self._outside.clock
        email = self._email(_desk(owner.role, is_chinese=is_chinese))
        country = "CN" if is_chinese else "US"
        legal, address = COMPANIES[country]
        with self._unit() as session:
            person = self._sign_up(email, owner.name, is_chinese)
            owner_id = _new(sign_up_company(session, person, name, country, clock=clock))
            wanted = sa.select(Company.id).where(Company.name == name)
            company_id = session.scalars(wanted).one()
            command = EditCompany(company_id, owner_id, name, legal, address, country)
            edit_company(session, command, clock=clock)
        self._login(f"{owner.login} · {name}", email)
        return company_id, owner_id

    def sign_up(self, people: tuple[Talent, ...]) -> None:
        """Sign talent up; those who are complete give their papers too."""
        for one in people:
            email = self._email(one.address)
            with self._unit() as session:
                person = self._sign_up(email, one.name, one.is_chinese)
                made = sign_up_talent(session, person, _profile(one), clock=self._outside.clock)
                user_id = _new(made)
                person_id = _new(person_of(session, user_id))
                profiles.fill(session, one, person_id, self._outside)
                if one.is_complete:
                    keep_payee(
                        session,
                        _papers(one, person_id),
                        vault=self._outside.vault,
                        clock=self._outside.clock,
                    )
            self.people[one.name] = person_id
            self.users[one.name] = user_id
            if one.login:
                self._login(f"{one.login} · {one.name}", email)

    def name_operator(self, name: str) -> None:
        """Sign somebody up who looks after the installation, and works for no company."""
        email, clock = self._email("operator"), self._outside.clock
        with self._unit() as session:
            _new(sign_up(session, self._sign_up(email, name, is_chinese=False), clock=clock))
            grant_operator(session, email, clock=clock)
        self._login("operator · Dayrate", email)

    def _email(self, wish: str = "") -> str:
        """Return an address for somebody: the one wished for when a visitor may type it."""
        self._count += 1
        return ADDRESS.format(name=wish or f"person{self._count:02d}")

    def _sign_up(self, email: str, name: str, is_chinese: bool) -> SignUp:  # noqa: FBT001 - a fact
        return SignUp(email, name, self._hash, "zh_Hans" if is_chinese else "en", "127.0.0.1")

    def _login(self, label: str, email: str) -> None:
        self.logins.append({"label": label, "email": email, "password": PASSWORD})


def _desk(role: CompanyRole, *, is_chinese: bool) -> str:
    """Return the name in an address of somebody's desk: "accountant", "accountant.zz"."""
    return f"{role}.zz" if is_chinese else role.value


def _new(made: int | None) -> int:
    """Return the id of what was made; the demo's addresses are its own, so it always is."""
    if made is None:
        raise LookupError("an address of the demo is taken")
    return made


def _profile(one: Talent) -> Profile:
    return Profile(
        stage_name=one.name,
        works=frozenset({one.work}),
        city=one.city,
        country="CN" if one.is_chinese else "US",
        zone="Asia/Shanghai" if one.is_chinese else "America/Los_Angeles",
        about=one.about,
        second_name=profiles.SECOND_NAMES.get(one.name, ""),
        is_listed=one.name not in profiles.HIDDEN,
    )


def _papers(one: Talent, person_id: int) -> PayeeDetails:
    return PayeeDetails(
        person_id=person_id,
        legal_name=one.legal_name,
        address="河南省郑州市" if one.is_chinese else "Los Angeles, CA",
        tax_form=one.tax_form,
        tax_number=f"41010519800101{person_id:04d}"
        if one.is_chinese
        else f"123-45-{person_id:04d}",
        bank_name="郑州银行" if one.is_chinese else "First Western Bank",
        account=f"62284800{person_id:011d}" if one.is_chinese else f"0001234{person_id:05d}",
    )
