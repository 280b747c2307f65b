"""Guards of the pages: they authorize the reader and set the company scope of the request."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, g, make_response, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.calendar_scope import calendar_scope
from app.core.error_handlers import wants_problem_json
from app.core.errors import NotAllowed, NotFound, NotSignedIn
from app.core.extensions import db
from app.core.request_hooks import SAFE_METHODS
from app.core.route_guards import View, bind_user, declare_guard, enter_for_request, guard_of
from app.core.tenancy import company_scope, unscoped
from app.domain.accounts.access import find_calendar_limit
from app.domain.accounts.permissions import can
from app.domain.accounts.two_factor import lacks_required
from app.models import Company
from app.web.fields import Path
from app.web.forms import Query

Enter = Callable[[str], None]


class PasswordChangeRequired(NotAllowed):
    code = "password_must_change"


class TwoFactorRequired(NotAllowed):
    code = "two_factor_required"


# what somebody who must set up the second step may ask for
TWO_FACTOR_SETUP = {
    "two_factor.set_up", "two_factor.enable", "confirmation.show", "confirmation.confirm", "sign_in.change_password", "account.preferences",
}  # fmt: skip


def for_company(action: str, *, is_polling: bool = False) -> Callable[[View], View]:
    """Require a user of a company whose role allows the action.

    The request then runs in the scope of that company, with `g.company` and `g.timezone`. `is_polling` marks requests that
    a page sends by itself every few seconds; they do not extend the session.
    """
    return _guard("company", action, _enter_company, is_polling=is_polling)


def for_support(action: str, *, is_polling: bool = False) -> Callable[[View], View]:
    """Require a user of the platform; the request runs unscoped. All others get 404."""
    return _guard("support", action, _enter_unscoped, is_polling=is_polling)


def for_user() -> Callable[[View], View]:
    """Require a signed-in user, for pages about the user's own account."""
    return _guard("user", "own", _enter_own)


def public(reason: str) -> Callable[[View], View]:
    """Allow everyone; `reason` documents why."""
    return declare_guard("public", reason)


def can_access(endpoint: str) -> bool:
    """Check whether the page exists and its guard allows the reader; for links."""
    view = current_app.view_functions.get(endpoint)
    guard = guard_of(view) if view else None
    if guard is None:
        return False
    # Resolved once, because flask-login's proxy loads the user on every attribute access.
    return guard.kind in ("public", "user") or can(current_user._get_current_object(), guard.by)


def safe_redirect_path(target: str | None, *, default: str = "/") -> str:
    """Return the target if it is a path of this site, else `default`, which prevents open redirects."""
    target = (target or "").strip()
    is_local = target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    return target if is_local else default


class ReturnQuery(Query):
    next: Path = ""


def get_next_path(*, default: str = "/") -> str:
    """Get the path to redirect to from the form or the URL; only paths of this site are accepted."""
    return safe_redirect_path(ReturnQuery.read_known().next.rstrip("?"), default=default)


def _guard(kind: str, action: str, enter: Enter, *, is_polling: bool = False) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded_view(*args: Any, **kwargs: Any) -> Any:
            if is_polling:
                session.is_activity = False  # type: ignore[attr-defined]
            if not current_user.is_authenticated:
                return _redirect_to_sign_in()
            bind_user(current_user.id)
            if current_user.must_change_password and request.endpoint != "sign_in.change_password":
                return _redirect_to_change_password()
            if lacks_required(current_user) and request.endpoint not in TWO_FACTOR_SETUP:
                return _redirect_to_two_factor_setup()
            enter(action)
            return view(*args, **kwargs)

        return declare_guard(kind, action)(guarded_view)  # type: ignore[return-value]

    return decorate


def _enter_company(action: str) -> None:
    if current_user.is_platform:
        raise NotFound(_("Das gibt es hier nicht."))
    _enter_company_scope(current_user.company_id)
    if not can(current_user, action):
        raise NotAllowed(_("Das dürfen Sie hier nicht."))


def _enter_unscoped(action: str) -> None:
    if not can(current_user, action):
        raise NotFound(_("Das gibt es hier nicht."))
    enter_for_request(unscoped())


def _enter_own(_action: str) -> None:
    if current_user.is_platform:
        enter_for_request(unscoped())
    else:
        _enter_company_scope(current_user.company_id)


def _enter_company_scope(company_id: str) -> None:
    company = db.session.get(Company, company_id)
    if company is None or not company.is_active:
        raise NotFound(_("Das gibt es hier nicht."))
    g.company, g.timezone = company, company.timezone
    enter_for_request(company_scope(company.id))
    g.calendar = find_calendar_limit(current_user._get_current_object())
    enter_for_request(calendar_scope(g.calendar))


def _redirect_to_sign_in() -> Response:
    if wants_problem_json():
        raise NotSignedIn(_("Bitte melden Sie sich an."))
    target = request.full_path.rstrip("?") if request.method in SAFE_METHODS else ""
    if request.headers.get("HX-Request"):
        # htmx would swap the sign-in page into the fragment, so the whole window is redirected and returns to its page.
        return _redirect_window(url_for("sign_in.login", next=safe_redirect_path(_get_current_path())))
    return redirect(url_for("sign_in.login", next=target or None))


def _get_current_path() -> str:
    """Get the path of the page that requested a fragment."""
    try:
        return urlsplit(request.headers.get("HX-Current-URL", "")).path
    except ValueError:
        return ""


def _redirect_to_change_password() -> Response:
    if wants_problem_json():
        raise PasswordChangeRequired(_("Bitte wählen Sie zuerst ein eigenes Passwort."))
    target = url_for("sign_in.change_password")
    return _redirect_window(target) if request.headers.get("HX-Request") else redirect(target)


def _redirect_to_two_factor_setup() -> Response:
    if wants_problem_json():
        raise TwoFactorRequired(_("Richten Sie zuerst die Anmeldung in zwei Schritten ein."))
    target = url_for("two_factor.set_up")
    return _redirect_window(target) if request.headers.get("HX-Request") else redirect(target)


def _redirect_window(target: str) -> Response:
    response = make_response("", 401)
    response.headers["HX-Redirect"] = target
    return response
