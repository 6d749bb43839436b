"""One adjustment shown and decided, at the desk of a production or of the company's accountant."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.blueprints.corrections.forms import ReasonForm
from marketplace.blueprints.corrections.seen import seen_version
from marketplace.blueprints.corrections.shown import shown
from marketplace.domain.timecards.queries.vouchers import VoucherRow, voucher_of
from marketplace.domain.timecards.services import DecideAdjustment
from marketplace.kernel.errors import DomainError
from marketplace.web.access import the_company, viewer
from marketplace.web.extensions import clock, reading, transaction


@dataclass(frozen=True, slots=True)
class Desk:
    """Where adjustments are decided.

    view: the endpoint that shows one, which is its template too; within: the productions whose
    adjustments lie there, None for all of the company.
    """

    view: str
    within: Callable[[], Collection[int] | None]

    def page(self, public_id: str, form: ReasonForm) -> str:
        """Show one adjustment with the form of a decision."""
        page = shown(reading(), self._voucher(public_id))
        return render_template(f"{self.view.replace('.', '/')}.html", page=page, form=form)

    def decide(
        self,
        public_id: str,
        verb: Callable[..., object],
        done: str,
        *,
        needs_reason: bool = True,
    ) -> ResponseReturnValue:
        """Carry out a decision on the version that was shown."""
        row, form = self._voucher(public_id), ReasonForm()
        if needs_reason and not form.validate():
            return self.page(public_id, form), 422
        who = the_company().id, seen_version(), viewer().user_id
        try:
            with transaction() as session:
                verb(session, DecideAdjustment(row.id, *who, form.reason.data or ""), clock=clock())
        except DomainError as refusal:
            form.refuse(refusal.message)
            return self.page(public_id, form), refusal.http_status
        flash(done)
        return redirect(url_for(self.view, voucher=public_id), 303)

    def _voucher(self, public_id: str) -> VoucherRow:
        return voucher_of(reading(), the_company().id, public_id, self.within()) or abort(404)
