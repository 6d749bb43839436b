"""Questions about agreed time cards: nobody's pay waits for them."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.timecards import bp
from marketplace.blueprints.timecards.forms import AnswerForm
from marketplace.domain.timecards import services
from marketplace.domain.timecards.queries import open_questions, question_id_of
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.worked import PARTS


@bp.get("/questions")
@allow(Permission.RUN_DAYS)
def questions() -> ResponseReturnValue:
    """List the questions nobody has answered."""
    return _page(AnswerForm())


@bp.post("/questions/<question>")
@allow(Permission.RUN_DAYS)
def answer(question: str) -> ResponseReturnValue:
    """Answer one question: it stays, or it is put right."""
    form, production_id = AnswerForm(), the_production().id
    question_id = question_id_of(reading(), production_id, question) or abort(404)
    if not form.validate():
        return _page(form, question), 422
    command = form.to_command(question_id, production_id, viewer().user_id)
    try:
        with transaction() as session:
            services.answer_question(session, command, clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _page(form, question), refusal.http_status
    flash(gettext("Answered. The person is told."))
    return redirect(url_for("timecards.questions"), 303)


def _page(form: AnswerForm, answered: str = "") -> str:
    asked = open_questions(reading(), the_production().id)
    return render_template(
        "timecards/questions.html",
        asked=asked,
        form=form,
        answered=answered,
        parts=PARTS,
    )
