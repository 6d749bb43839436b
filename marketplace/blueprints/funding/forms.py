"""Give unspent money back."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from marketplace.domain.payments.queries.fundings import FundingRow
from marketplace.domain.payments.services.refunds import AskRefund
from marketplace.kernel.money import parse
from marketplace.web.access import the_production, viewer
from marketplace.web.forms import PageForm, Required


class RefundForm(PageForm):
    """How much goes back, and why."""

    amount = StringField(
        lazy_gettext("Amount"), [Required(lazy_gettext("Enter an amount.")), Length(max=20)]
    )
    reason = TextAreaField(
        lazy_gettext("Why it goes back"),
        [Required(lazy_gettext("Say why the money goes back.")), Length(max=500)],
        description=lazy_gettext("Kept in the record."),
    )
    token = HiddenField(validators=[Required(lazy_gettext("Open the page again."))])

    def to_command(self, funding: FundingRow) -> AskRefund:
        """Return what is asked for; raises MoneyError for an amount that cannot be read."""
        amount = parse(str(self.amount.data), funding.amount.currency)
        return AskRefund(
            funding_id=funding.public_id,
            production_id=the_production().id,
            actor_id=viewer().user_id,
            token=str(self.token.data),
            amount=amount,
            reason=str(self.reason.data),
        )
