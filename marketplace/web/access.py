"""Who may open what. Every view is closed until `@allow` opens it; what is not yours is 404.

Pages of a company live under `/c/<company>/…`, pages of a production under `/p/<production>/…`.
The gate takes these two parts out of every URL, finds the reader's membership once, and hands
the view `g.viewer`; a view therefore never sees a company or production that is not the reader's.
A membership may be limited to some productions: the others are not there for it, and of the
company's own pages only those that say so (`by_production`) and then show no more than it may see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.domain.accounts.models import Company, Membership, ProductionAccess
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.productions.models import Production
from marketplace.web.extensions import reading

View = TypeVar("View", bound=Callable[..., Any])


class Permission(StrEnum):
    """What a view needs. The first five need no company; the others need a role in it."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    TALENT = "talent"
    DEMO = "demo"
    OPERATE = "operate"
    SEE_COMPANY = "see_company"
    MANAGE_COMPANY = "manage_company"
    MANAGE_PRODUCTIONS = "manage_productions"
    CAST = "cast"
    RUN_DAYS = "run_days"
    APPROVE_HOURS = "approve_hours"
    APPROVE_PAYROLL = "approve_payroll"
    SEE_COST = "see_cost"
    SEE_PAY = "see_pay"


_ROLE = CompanyRole
GRANTS: Final[dict[Permission, frozenset[CompanyRole]]] = {
    Permission.SEE_COMPANY: frozenset(_ROLE),
    Permission.MANAGE_COMPANY: frozenset({_ROLE.OWNER}),
    Permission.MANAGE_PRODUCTIONS: frozenset({_ROLE.OWNER, _ROLE.PRODUCER}),
    Permission.CAST: frozenset({_ROLE.OWNER, _ROLE.PRODUCER, _ROLE.CASTING}),
    Permission.RUN_DAYS: frozenset({_ROLE.OWNER, _ROLE.PRODUCER, _ROLE.AD}),
    Permission.APPROVE_HOURS: frozenset({_ROLE.OWNER, _ROLE.PRODUCER}),
    Permission.APPROVE_PAYROLL: frozenset({_ROLE.OWNER, _ROLE.ACCOUNTANT}),
    Permission.SEE_COST: frozenset({_ROLE.OWNER, _ROLE.PRODUCER, _ROLE.ACCOUNTANT}),
    Permission.SEE_PAY: frozenset({_ROLE.OWNER, _ROLE.ACCOUNTANT}),
}
"""Which roles of a company open which permission: the whole matrix, and nowhere else."""


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """The company a page belongs to."""

    id: int
    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ProductionRow:
    """The production a page belongs to."""

    id: int
    public_id: str
    title: str
    zone: str
    currency: str
    state: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads this page, and as what.

    person_id: of talent; company, role: of the page's company, or of the reader's first one.
    within: the ids of the only productions they may see; None: all of the company.
    is_operator: looks after the installation.
    """

    user_id: int
    person_id: int | None
    company: CompanyRow | None
    role: CompanyRole | None
    production: ProductionRow | None = None
    within: frozenset[int] | None = None
    is_operator: bool = False

    def may(self, permission: Permission) -> bool:
        """Say whether a page with this permission would open for the viewer."""
        if permission in GRANTS:
            return self.role in GRANTS[permission]
        if permission is Permission.OPERATE:
            return self.is_operator
        return permission is not Permission.TALENT or self.person_id is not None


def allow(permission: Permission, *, by_production: bool = False) -> Callable[[View], View]:
    """Open a view to everyone who has `permission`.

    by_production: the page of a company opens also for somebody who may see some productions
    only, and shows nothing of the others (`viewer().within`).
    """

    def mark(view: View) -> View:
        view.__dict__["permission"] = permission
        view.__dict__["by_production"] = by_production
        return view

    return mark


def viewer() -> Viewer:
    """Return who reads this page; only views that need somebody signed in may ask."""
    found: Viewer | None = g.get("viewer")
    if found is None:
        abort(404)
    return found


def the_company() -> CompanyRow:
    """Return the company of this page."""
    found = viewer().company
    if found is None:
        abort(404)
    return found


def the_production() -> ProductionRow:
    """Return the production of this page."""
    found = viewer().production
    if found is None:
        abort(404)
    return found


def person_id() -> int:
    """Return the id of the talent who reads this page."""
    found = viewer().person_id
    if found is None:
        abort(404)
    return found


def install(app: Flask) -> None:
    """Put the gate before every request of an app."""
    app.url_value_preprocessor(_take_tenant)
    app.url_defaults(_give_tenant)
    app.before_request(_gate)
    app.context_processor(_words)


def _take_tenant(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    values = values if values is not None else {}
    g.company_name = values.pop("company", None)
    g.production_name = values.pop("production", None)


def _give_tenant(endpoint: str, values: dict[str, Any]) -> None:
    """Fill in the page's own company or production when a link leaves it out."""
    for part, name in (
        ("company", g.get("company_name")),
        ("production", g.get("production_name")),
    ):
        if (
            part not in values
            and name
            and current_app.url_map.is_endpoint_expecting(endpoint, part)
        ):
            values[part] = name


def _gate() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = _view(request.endpoint)
    permission = getattr(view, "permission", None)
    if permission is None:
        abort(403)
    if not current_user.is_authenticated:
        if permission is Permission.PUBLIC or permission is Permission.DEMO:
            return None
        return to_sign_in()
    g.viewer = _find_viewer()
    if permission in GRANTS and (g.viewer.company is None or _is_out_of_sight(view)):
        abort(404)
    if not g.viewer.may(permission):
        abort(403 if permission in GRANTS else 404)
    return None


def _is_out_of_sight(view: Callable[..., Any]) -> bool:
    """Say whether a page of the whole company was asked for by somebody limited to productions."""
    is_limited = g.viewer.within is not None and g.production_name is None
    return is_limited and not getattr(view, "by_production", False)


def _view(endpoint: str) -> Callable[..., Any]:
    return current_app.view_functions[endpoint]


def _find_viewer() -> Viewer:
    """Return the viewer of this request; a company or production that is not theirs is 404."""
    if g.production_name is None and g.company_name is None:
        company, role = _first_company()
        return _viewer(company, role)
    found = reading().execute(_membership()).first()
    if found is None:
        abort(404)
    company, role = CompanyRow(*found[:3]), CompanyRole(found[3])
    production = ProductionRow(*found[6:]) if g.production_name is not None else None
    within = _within(found[4]) if found[5] else None
    if within is not None and production is not None and production.id not in within:
        abort(404)
    return replace(_viewer(company, role), production=production, within=within)


def _viewer(company: CompanyRow | None, role: CompanyRole | None) -> Viewer:
    who = current_user
    return Viewer(who.user_id, who.person_id, company, role, is_operator=who.is_operator)


def _within(membership_id: int) -> frozenset[int]:
    """Return the productions of a limited membership; asked only when it is limited."""
    wanted = sa.select(ProductionAccess.production_id).where(
        ProductionAccess.membership_id == membership_id,
    )
    return frozenset(reading().scalars(wanted))


def _membership() -> sa.Select[*tuple[Any, ...]]:
    base: list[InstrumentedAttribute[Any]]
    base = [
        Company.id,
        Company.public_id,
        Company.name,
        Membership.role,
        Membership.id,
        Membership.is_limited,
    ]
    mine = sa.and_(
        Membership.company_id == Company.id,
        Membership.user_id == current_user.user_id,
        Membership.ended_at.is_(None),
    )
    if g.production_name is None:
        found = sa.select(*base).join(Membership, mine)
        return found.where(Company.public_id == g.company_name)
    columns: list[InstrumentedAttribute[Any]] = [
        Production.id,
        Production.public_id,
        Production.title,
        Production.zone,
        Production.currency,
        Production.state,
    ]
    whole = sa.select(*base, *columns).join(Membership, mine)
    whole = whole.join(Production, Production.company_id == Company.id)
    return whole.where(Production.public_id == g.production_name)


def _first_company() -> tuple[CompanyRow | None, CompanyRole | None]:
    if current_user.company_id is None:
        return None, None
    row = CompanyRow(
        current_user.company_id,
        current_user.company_public_id,
        current_user.company_name,
    )
    return row, CompanyRole(current_user.company_role)


def _words() -> dict[str, Any]:
    """Return what every template may use."""
    who: Viewer | None = g.get("viewer")
    return {
        "viewer": who,
        "production": who.production if who else None,
        "may": lambda name: who is not None and who.may(Permission(name)),
        "sees_all": who is None or who.within is None,
        "opens": lambda endpoint: _opens(who, endpoint),
    }


def _opens(who: Viewer | None, endpoint: str) -> bool:
    """Say whether a page of the whole company opens also for what the reader may see."""
    is_limited = who is not None and who.within is not None
    return not is_limited or getattr(_view(endpoint), "by_production", False)


def to_sign_in() -> ResponseReturnValue:
    """Send somebody who is not signed in to the sign-in page, and back afterwards."""
    target = request.full_path if request.method == "GET" else None
    return redirect(url_for("auth.sign_in", next=target))
