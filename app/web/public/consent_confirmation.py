"""The link that confirms the consent to marketing: the page asks, and one click gives the consent."""

from flask import Blueprint, g, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.errors import NotFound
from app.core.transactions import run_in_transaction
from app.domain.notifications.consent_requests import confirm_request, find_request, is_confirmed, is_open
from app.models import ConsentRequest
from app.web.public.link_target import enter_company_of, render_page
from app.web.public.self_service import SelfServiceQuery, guard_link, remember_language

blueprint = Blueprint("consent_confirmation", __name__, url_prefix="/b")


@blueprint.get("/<token>/marketing")
@guard_link
def show(token: str) -> Response:
    """Ask only: programs that look into links would confirm otherwise."""
    if language := SelfServiceQuery.read_known().lang:
        return remember_language(redirect(url_for("consent_confirmation.show", token=token)), language)
    return _render_page(_get_request(token), token)


@blueprint.post("/<token>/marketing")
@guard_link
def confirm(token: str) -> Response:
    request_id = _get_request(token).id
    run_in_transaction(lambda: confirm_request(request_id))
    return _render_page(_get_request(token), token)


@blueprint.errorhandler(NotFound)
def handle_not_found(_error: NotFound) -> tuple[Response, int]:
    return render_page("public/expired.html"), 404


def _get_request(token: str) -> ConsentRequest:
    """Raises NotFound for what can neither be confirmed nor was."""
    row = enter_company_of(find_request(token))
    if not is_open(row) and not is_confirmed(row):
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    return row


def _render_page(row: ConsentRequest, token: str) -> Response:
    return render_page("public/consent_confirmation.html", company=g.company, wording=row.wording, token=token, is_done=is_confirmed(row))
