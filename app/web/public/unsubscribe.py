"""The link at the end of a marketing message: who opens it withdraws the consent with one click, a mail program without any (RFC 8058)."""

from flask import Blueprint, g, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.errors import NotFound
from app.core.extensions import csrf, db
from app.core.route_guards import enter_for_request
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction
from app.domain.notifications.marketing_consents import find_withdrawal_link, is_withdrawn, mask_address, withdraw_address
from app.models import Company, WithdrawalLink
from app.web.public.link_target import render_page
from app.web.public.self_service import SelfServiceQuery, guard_link, remember_language

blueprint = Blueprint("unsubscribe", __name__, url_prefix="/b")


@blueprint.get("/<token>/unsubscribe")
@guard_link
def show(token: str) -> Response:
    """Ask only, or say that it is done: programs that look into links would withdraw otherwise."""
    if language := SelfServiceQuery.read_known().lang:
        return remember_language(redirect(url_for("unsubscribe.show", token=token)), language)
    link = _get_link(token)
    return _render_page(link, token, is_done=is_withdrawn(link.channel, link.address))


@blueprint.post("/<token>/unsubscribe")
@csrf.exempt
@guard_link
def withdraw(token: str) -> Response:
    """Withdraw for everybody with this address; idempotent. The token is the proof, since mail programs send nothing else."""
    link = _get_link(token)
    channel, address = link.channel, link.address
    run_in_transaction(lambda: withdraw_address(channel, address, source="link"))
    return _render_page(_get_link(token), token, is_done=True)


@blueprint.errorhandler(NotFound)
def handle_not_found(_error: NotFound) -> tuple[Response, int]:
    return render_page("public/expired.html"), 404


def _get_link(token: str) -> WithdrawalLink:
    link = find_withdrawal_link(token)
    company = db.session.get(Company, link.company_id) if link else None
    if link is None or company is None:
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    g.company, g.timezone = company, company.timezone
    enter_for_request(company_scope(company.id))
    return link


def _render_page(link: WithdrawalLink, token: str, *, is_done: bool) -> Response:
    address = mask_address(link.channel, link.address)
    return render_page("public/unsubscribe.html", company=g.company, address=address, token=token, is_done=is_done)
