"""The page behind the question how a visit was: one click answers it, words may follow."""

from typing import Annotated

from flask import Blueprint, g, redirect, url_for
from werkzeug.wrappers import Response

from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.core.transactions import run_in_transaction
from app.domain.marketing.satisfaction import MAX_COMMENT_LENGTH, SCORES, find_question, keep_answer
from app.models import Booking, SatisfactionQuestion
from app.web.fields import IntegerField, TextField
from app.web.forms import Form
from app.web.public.link_target import build_branch_details, enter_company_of, render_page
from app.web.public.self_service import SelfServiceQuery, guard_link, remember_language

blueprint = Blueprint("satisfaction", __name__, url_prefix="/b")


class RatingForm(Form):
    score: Annotated[int, IntegerField(SCORES[0], SCORES[-1])]
    comment: Annotated[str, TextField(MAX_COMMENT_LENGTH)] = ""


@blueprint.get("/<token>/rate")
@guard_link
def show(token: str) -> Response:
    if language := SelfServiceQuery.read_known().lang:
        return remember_language(redirect(url_for("satisfaction.show", token=token)), language)
    return _render_page(_get_question(token), token)


@blueprint.post("/<token>/rate")
@guard_link
def rate(token: str) -> Response:
    question_id = _get_question(token).id
    try:
        form = RatingForm.read()
    except InvalidInput:
        return redirect(url_for("satisfaction.show", token=token))
    run_in_transaction(lambda: keep_answer(question_id, form.score, comment=form.comment, source="page"))
    return redirect(url_for("satisfaction.show", token=token))


@blueprint.errorhandler(NotFound)
def handle_not_found(_error: NotFound) -> tuple[Response, int]:
    return render_page("public/expired.html"), 404


def _get_question(token: str) -> SatisfactionQuestion:
    return enter_company_of(find_question(token))


def _render_page(question: SatisfactionQuestion, token: str) -> Response:
    visit = db.session.get_one(Booking, question.booking_id)
    g.timezone = visit.timezone
    return render_page(
        "public/satisfaction.html", question=question, visit=visit, scores=SCORES, token=token, max_length=MAX_COMMENT_LENGTH,
        **build_branch_details(question.branch_id),
    )  # fmt: skip
