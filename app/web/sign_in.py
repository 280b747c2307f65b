"""Sign-in, sign-out and the change of one's own password."""

from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin, current_user, logout_user
from flask_wtf.csrf import CSRFError
from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse

from app.core import settings
from app.core.database import read_only
from app.core.error_handlers import answer_error
from app.core.errors import InvalidInput
from app.core.event_bus import publish
from app.core.extensions import db, login_manager
from app.core.sessions import EPOCH, is_cookie_refused
from app.core.transactions import transaction
from app.domain.accounts import passwords, sign_in, users
from app.domain.accounts.passkeys import find_relying_party
from app.domain.audit.log import record
from app.domain.staff_notices.push_subscriptions import end_push_of_browser
from app.models import Company, User
from app.web.fields import VerbatimField
from app.web.forms import Form
from app.web.guards import for_user, get_next_path, public
from app.web.language_choice import LanguageQuery, keep_language
from app.web.push_cookie import read_push_cookie
from app.web.sign_in_code import ask_for_code
from app.web.user_session import begin_session, build_sign_out_event, complete_sign_in, get_device_cookie, get_start_path, set_device_cookie

blueprint = Blueprint("sign_in", __name__)
# One more than allowed, so that a password that is too long is rejected instead of truncated.
Password = Annotated[str, VerbatimField(passwords.MAX_LENGTH + 1)]


class LoginForm(Form):
    email: Annotated[str, VerbatimField(190)] = ""
    password: Password = ""


class LoginQuery(LanguageQuery):
    signed_out: Annotated[str, VerbatimField(1)] | None = None
    password_set: Annotated[str, VerbatimField(1)] | None = None


class PasswordForm(Form):
    current_password: Password = ""
    new_password: Password = ""
    repeat_password: Password = ""


@blueprint.get("/")
@public("leads to the start page or to sign in")
def start() -> BaseResponse:
    return redirect(get_start_path(current_user) if current_user.is_authenticated else url_for("sign_in.login"))


@blueprint.get("/login")
@public("nobody is signed in yet")
def login() -> BaseResponse | str:
    query = LoginQuery.read_known()
    if query.lang:
        return keep_language(redirect(url_for("sign_in.login", next=get_next_path(default="") or None)), query.lang)
    if current_user.is_authenticated:
        return redirect(get_next_path(default=get_start_path(current_user)))
    if query.password_set:
        return render_login(notice=_("Ihr neues Passwort gilt. Melden Sie sich damit an."))
    return render_login(notice=_("Sie sind abgemeldet.") if query.signed_out else None)


@blueprint.post("/login")
@public("nobody is signed in yet")
def log_in() -> BaseResponse | tuple[str, int]:
    form = LoginForm.read()
    email, password = form.email, form.password
    try:
        with read_only():
            device = request.cookies.get(get_device_cookie())
            user = sign_in.authenticate(email, password, address=request.remote_addr or "", device=device)
    except sign_in.WrongPassword as error:
        return render_login(email=email, error=str(error.message)), error.status
    finally:
        # The slow password hash was checked read-only, without a lock; the rollback lets the following transaction take one.
        db.session.rollback()
    with transaction():
        sign_in.renew_hash(user, password)
    target = get_next_path(default=get_start_path(user))
    return ask_for_code(user, target=target) if user.has_two_factor else complete_sign_in(user, method="password", target=target)


@blueprint.post("/logout")
@public("a session that ran out is signed out already")
def logout() -> BaseResponse:
    _sign_out()
    return redirect(url_for("sign_in.login", signed_out=1))


@blueprint.route("/account/password", methods=["GET", "POST"])
@for_user()
def change_password() -> BaseResponse | str | tuple[str, int]:
    if request.method == "GET":
        return _render_password_form({})
    form = PasswordForm.read()
    if form.new_password != form.repeat_password:
        return _render_password_form({"repeat_password": _("Die beiden neuen Passwörter sind nicht gleich.")}), 422
    user = db.session.get_one(User, current_user.id)
    try:
        with transaction():
            users.change_password(user, current=form.current_password, new=form.new_password)
    except InvalidInput as error:
        return _render_password_form(error.data["fields"]), 422
    begin_session(user)
    return set_device_cookie(redirect(get_start_path(user)), user)


# One round trip for user and company; the identity map then serves the company to the guards, kept alive by g.company_of_user.
WITH_COMPANY = (
    select(User, Company)
    .outerjoin(Company, Company.id == User.company_id)
    .where(User.id == bindparam("id"))
    .options(joinedload(User.branches))
)


@login_manager.user_loader
def load_user(user_id: str) -> User | None:
    """Load the session's user; None if the user is blocked or the session epoch has changed since the sign-in."""
    try:
        user, g.company_of_user = db.session.execute(WITH_COMPANY, {"id": user_id}).unique().one_or_none() or (None, None)
    except SQLAlchemyError:
        # The error page reads current_user again, which must not query the unavailable database; flask-login has no public setter.
        login_manager._update_request_context_with_user(AnonymousUserMixin())
        raise
    if user is None or not user.is_active or session.get(EPOCH) != user.session_epoch:
        return None
    return user


def _sign_out() -> None:
    """End the session, its sockets and the push of this browser; does nothing without a session."""
    revocation, company_id = build_sign_out_event(), getattr(current_user, "company_id", None)
    device_id = read_push_cookie()
    logout_user()
    session.end()  # type: ignore[attr-defined]
    if revocation:
        with transaction():
            publish(revocation)
            if device_id:
                end_push_of_browser(device_id, revocation.user_id)
            record("signed_out", subject=f"user:{revocation.user_id}", user_id=revocation.user_id, company_id=company_id)


@blueprint.errorhandler(CSRFError)
def handle_missing_token(error: CSRFError) -> Any:
    """Explain the missing token if the browser rejects our secure cookie over http; otherwise respond with the error."""
    return (render_login(), 400) if _needs_https() else answer_error(error)


def _needs_https() -> bool:
    return is_cookie_refused(request, secure=settings().is_production)


def render_login(*, email: str = "", error: str | None = None, notice: str | None = None) -> str:
    """Render the page to sign in."""
    if _needs_https():
        error = _("Anmelden geht nur über https: Über http behält der Browser die Anmeldung nicht.")
        if settings().public_base.startswith("https:"):
            error += " " + _("Öffnen Sie %(address)s.", address=f"{settings().public_base}/login")
    return render_template(
        "sign_in/login.html",
        email=email,
        error=error,
        notice=notice,
        next=get_next_path(default=""),
        passkeys=find_relying_party() is not None,
    )


def _render_password_form(errors: Any) -> str:
    return render_template("sign_in/change_password.html", must_change=current_user.must_change_password, errors=errors)
