"""What will this day pay? A page for everybody."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.blueprints.calculator.forms import calculator_form
from marketplace.blueprints.calculator.presets import PRESETS, START
from marketplace.blueprints.calculator.reckoning import reckon
from marketplace.domain.payroll.rules.basis import basis
from marketplace.web.access import Permission, allow
from marketplace.web.extensions import clock

bp = Blueprint("calculator", __name__, url_prefix="/calculator")


@bp.get("")
@allow(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    """Work out one day from what the address says; without any, from an ordinary day."""
    today = {"shoot_date": clock().now().date().isoformat()}
    form = calculator_form(request.args, {**START, **today})
    found = reckon(form)
    words = {"presets": PRESETS, "basis": basis, "is_asked": bool(request.args)}
    return render_template("calculator/index.html", form=form, found=found, **words)
