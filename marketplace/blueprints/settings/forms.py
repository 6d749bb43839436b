"""Forms of a person's own account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_login import current_user
from wtforms import BooleanField, PasswordField
from wtforms.validators import Length

from marketplace.domain.accounts.ports import Passwords
from marketplace.domain.accounts.rules import LONGEST_PASSWORD
from marketplace.domain.accounts.services.passwords import ChangePassword
from marketplace.domain.accounts.services.sign_up import Preferences
from marketplace.web.fields import check_new, name_field, new_password_field
from marketplace.web.forms import PageForm, Required


class AccountForm(PageForm):
    """Name and keys."""

    display_name = name_field(
        _("Your name"), _("Enter your name."), render_kw={"autocomplete": "name"}
    )
    has_shortcut_keys = BooleanField(
        _("Single-letter keys"),
        description=_("j and k move, x selects, / goes to search. Turn off if you dictate."),
    )

    def to_command(self) -> Preferences:
        """Return what the person chose."""
        return Preferences(
            display_name=self.display_name.data, has_shortcut_keys=self.has_shortcut_keys.data
        )


class PasswordForm(PageForm):
    """A new password, proved with the old one."""

    old_password = PasswordField(
        _("Present password"),
        validators=[Required(_("Enter your present password.")), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    password = new_password_field()

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what is easy to guess."""
        check_new(field.data, current_user.display_name, current_user.email)

    def to_command(self, passwords: Passwords) -> ChangePassword:
        """Return the command; this hashes, so call it outside a transaction."""
        hashed = passwords.hash(self.password.data)
        return ChangePassword(current_user.user_id, current_user.session_id, hashed)
