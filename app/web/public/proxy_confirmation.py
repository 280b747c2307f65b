"""The link by which a person says who may act for them on the telephone: the page asks, and one click allows or ends it."""

from flask import Blueprint, g, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.errors import NotFound
from app.core.extensions import db
from app.core.transactions import run_in_transaction
from app.domain.customers.proxies import confirm_proxy, find_by_token, is_confirmed, is_open, list_rights, revoke_proxy
from app.models import Customer, CustomerProxy
from app.web.public.link_target import enter_company_of, render_page
from app.web.public.self_service import SelfServiceQuery, guard_link, remember_language

blueprint = Blueprint("proxy_confirmation", __name__, url_prefix="/b")


@blueprint.get("/<token>/proxy")
@guard_link
def show(token: str) -> Response:
    """Ask only: programs that look into links would confirm otherwise."""
    if language := SelfServiceQuery.read_known().lang:
        return remember_language(redirect(url_for("proxy_confirmation.show", token=token)), language)
    return _render_page(_get_proxy(token), token)


@blueprint.post("/<token>/proxy")
@guard_link
def confirm(token: str) -> Response:
    proxy_id = _get_proxy(token).id
    run_in_transaction(lambda: confirm_proxy(proxy_id))
    return _render_page(_get_proxy(token), token)


@blueprint.post("/<token>/proxy/end")
@guard_link
def end(token: str) -> Response:
    """The person says no, or takes back what they allowed."""
    proxy_id = _get_proxy(token).id
    run_in_transaction(lambda: revoke_proxy(proxy_id))
    return render_page("public/proxy_confirmation.html", company=g.company, token=token, is_ended=True, is_done=False)


@blueprint.errorhandler(NotFound)
def handle_not_found(_error: NotFound) -> tuple[Response, int]:
    return render_page("public/expired.html"), 404


def _get_proxy(token: str) -> CustomerProxy:
    """Raises NotFound for what can neither be confirmed nor was."""
    row = enter_company_of(find_by_token(token))
    if not is_open(row) and not is_confirmed(row):
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    return row


def _render_page(row: CustomerProxy, token: str) -> Response:
    customer, proxy = db.session.get_one(Customer, row.customer_id), db.session.get_one(Customer, row.proxy_id)
    return render_page(
        "public/proxy_confirmation.html",
        company=g.company,
        token=token,
        is_done=is_confirmed(row),
        is_ended=False,
        person=customer.name,
        proxy=proxy.name,
        relation=row.relation,
        rights=list_rights(row),
    )
