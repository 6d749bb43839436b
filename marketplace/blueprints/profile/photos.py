"""The photos of a profile: add, describe, order, remove."""

from __future__ import annotations

from typing import Any, Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import Length, StopValidation

from marketplace.blueprints.profile import bp
from marketplace.domain.people.queries.whole import photos as photos_of
from marketplace.domain.people.rules.profiles import MOST_PHOTOS
from marketplace.domain.people.services import photos as services
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, person_id
from marketplace.web.extensions import clock, outside, reading, transaction
from marketplace.web.fields import tidy
from marketplace.web.forms import PageForm

MEGABYTE: Final = 1024 * 1024
LONGEST_ALT: Final = 200
UPLOADS: Final = "profile.add_photo"


@bp.url_value_preprocessor
def _make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let photos be larger than other forms, the refused ones too, so that a page says why."""
    if endpoint == UPLOADS:
        request.max_content_length = 2 * outside().settings.photo_megabytes * MEGABYTE


class PhotoForm(PageForm):
    """One photo and what it shows."""

    photo = FileField(
        _("Photo"),
        description=_(
            "From your phone's camera or album. Place, time and camera are taken out of it."
        ),
        render_kw={"accept": "image/*"},
    )
    alt = StringField(
        _("What it shows"),
        description=_("In a few words, for people who cannot see it."),
        validators=[Length(max=LONGEST_ALT)],
        filters=[tidy],
    )
    content: bytes = b""

    def validate_photo(self, field: FileField) -> None:
        """Take the photo; refuse none, and one that is larger than a photo needs to be."""
        most = outside().settings.photo_megabytes
        if not field.data:
            raise StopValidation(_("Choose a photo."))
        self.content = field.data.read(most * MEGABYTE + 1)
        if len(self.content) > most * MEGABYTE:
            raise StopValidation(_("A photo may have up to %(most)s MB.", most=most))


class AltForm(PageForm):
    """What a photo shows."""

    alt = StringField(validators=[Length(max=LONGEST_ALT)], filters=[tidy])


@bp.get("/photos")
@allow(Permission.TALENT)
def photos() -> ResponseReturnValue:
    """Show the photos, and the form for one more."""
    return _page(PhotoForm(formdata=None)), 200


@bp.post("/photos")
@allow(Permission.TALENT)
def add_photo() -> ResponseReturnValue:
    """Keep one more photo, or say on the form why not."""
    form, mine, status = PhotoForm(), person_id(), 422
    if form.validate():
        try:
            picture = outside().pictures.prepare(form.content)
            with transaction() as session:
                services.add_photo(session, mine, picture, form.alt.data, clock=clock())
            flash(gettext("The photo is on your profile."))
            return redirect(url_for("profile.photos"), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _page(form), status


@bp.post("/photos/<photo>")
@allow(Permission.TALENT)
def change_photo(photo: str) -> ResponseReturnValue:
    """Do with a photo what the pressed button says, and keep what it shows."""
    form = AltForm()
    if not form.validate():
        abort(400)
    _change(photo, request.form.get("do", ""), form.alt.data)
    return redirect(url_for("profile.photos"), 303)


def _change(photo: str, do: str, alt: str) -> None:
    mine = (person_id(), photo)
    with transaction() as session:
        match do:
            case "up" | "down":
                steps = -1 if do == "up" else 1
                services.move_photo(session, *mine, steps, clock=clock())
            case "headshot":
                services.choose_headshot(session, *mine, clock=clock())
            case "remove":
                services.remove_photo(session, *mine, clock=clock())
            case _:
                services.describe_photo(session, *mine, alt, clock=clock())


def _page(form: PhotoForm) -> str:
    found = photos_of(reading(), person_id())
    return render_template("profile/photos.html", form=form, photos=found, most=MOST_PHOTOS)
