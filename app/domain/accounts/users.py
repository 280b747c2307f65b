"""Users: creation, changes and blocking; a change of permissions revokes the sessions."""

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from app.core import email_address
from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.tenancy import company_scope
from app.domain.accounts import passwords
from app.domain.accounts.account_mails import queue_account_mail
from app.domain.accounts.account_tokens import delete_tokens
from app.domain.accounts.sign_in import EMAIL_PATTERN, find_user
from app.domain.audit.log import record
from app.events import SessionsRevoked
from app.models import Company, StaffMember, User, WebSession
from app.models.user import COMPANY_ROLES, PLATFORM_ROLES


class EmailTaken(Conflict):
    code = "email_taken"


def create_user(
    email: str, role: str, *, company: Company | None = None, name: str | None = None, password: str | None = None
) -> tuple[User, str]:
    """Create a user; gives the password too.

    Without `password` a one-time password is generated, to be changed at the first sign-in. Platform roles have no company, all
    others need one. Raises InvalidInput and EmailTaken.
    """
    email = email.strip().lower()
    # stricter than sign-in: new users also get mail at this address
    if not EMAIL_PATTERN.fullmatch(email) or email_address.normalise(email) is None:
        raise _build_invalid_input("email", _("Das ist keine E-Mail-Adresse."))
    if role not in (*COMPANY_ROLES, *PLATFORM_ROLES):
        raise _build_invalid_input("role", _("Diese Rolle gibt es nicht."))
    if role in PLATFORM_ROLES and company:
        raise _build_invalid_input("company", _("Die Rolle %(role)s gehört zur Plattform und hat keine Firma.", role=role))
    if role in COMPANY_ROLES and not company:
        raise _build_invalid_input("company", _("Zur Rolle %(role)s gehört eine Firma.", role=role))
    if find_user(email):
        raise EmailTaken(_("Diese E-Mail-Adresse ist schon vergeben."))
    password, is_one_time = (password, False) if password else (passwords.generate_one_time_password(), True)
    user = User(
        email=email,
        name=name or email.partition("@")[0],
        role=role,
        company_id=company.id if company else None,
        password_hash=passwords.hash_password(password),
        must_change_password=is_one_time,
        language=company.language if company and company.language in ("de", "en") else "de",
    )
    db.session.add(user)
    db.session.flush()
    _link_namesake(user)
    record("user_made", subject=f"user:{user.id}", data={"role": role}, company_id=user.company_id)
    return user, password


def _link_namesake(user: User) -> None:
    """Link a new account to the person in the team with its mail address, if nobody has that yet."""
    if user.company_id is None:
        return
    with company_scope(user.company_id):
        same = select(StaffMember).where(StaffMember.is_active, StaffMember.user_id.is_(None), func.lower(StaffMember.email) == user.email)
        if (member := db.session.scalars(same.order_by(StaffMember.id).limit(1)).first()) is not None:
            member.user_id = user.id
            db.session.flush()


def get_user(email: str) -> User:
    user = find_user(email)
    if user is None:
        raise NotFound(_("Diesen Zugang gibt es nicht."))
    return user


def list_users(company_id: str | None = None) -> list[User]:
    """List all users, or those of one company, by e-mail."""
    statement = select(User).order_by(User.email)
    return list(db.session.scalars(statement.where(User.company_id == company_id) if company_id else statement))


def change_password(user: User, *, current: str, new: str) -> None:
    """Change the password and revoke all sessions. Raises InvalidInput with one sentence per field."""
    fields = {}
    if not passwords.verify_password(current, user.password_hash):
        fields["current_password"] = _("Das ist nicht Ihr bisheriges Passwort.")
    elif new == current:
        fields["new_password"] = _("Das ist Ihr bisheriges Passwort. Wählen Sie ein anderes.")
    if wrong := passwords.find_weakness(new, own_words=list_own_words(user)):
        fields["new_password"] = wrong
    if fields:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=fields)
    set_password(user, new)
    record("password_changed", subject=f"user:{user.id}", company_id=user.company_id)


def set_password(user: User, new: str) -> None:
    """Set a password that the user has chosen; all sessions and mailed links end, and a mail tells them."""
    user.password_hash, user.must_change_password = passwords.hash_password(new), False
    revoke_sessions(user)
    queue_account_mail("password_changed", user)


def reset_password(user: User) -> str:
    """Set a one-time password, to be changed at the next sign-in; revokes all sessions."""
    password = passwords.generate_one_time_password()
    user.password_hash, user.must_change_password = passwords.hash_password(password), True
    revoke_sessions(user)
    record("password_reset", subject=f"user:{user.id}", company_id=user.company_id)
    return password


def rename_user(user: User, name: str) -> None:
    """Raises InvalidInput."""
    if not name:
        raise _build_invalid_input("name", _("Bitte geben Sie Ihren Namen an."))
    if name != user.name:
        user.name = name
        record("name_changed", subject=f"user:{user.id}", company_id=user.company_id)


def change_role(user: User, role: str) -> None:
    """Change the role within company roles or platform roles."""
    if role not in (PLATFORM_ROLES if user.is_platform else COMPANY_ROLES):
        raise _build_invalid_input("role", _("Diese Rolle gibt es nicht."))
    if role != user.role:
        record("role_changed", subject=f"user:{user.id}", data={"from": user.role, "to": role}, company_id=user.company_id)
        user.role = role
        revoke_sessions(user)


def block_user(user: User) -> None:
    user.is_active = False
    revoke_sessions(user)
    record("user_blocked", subject=f"user:{user.id}", company_id=user.company_id)


def unblock_user(user: User) -> None:
    user.is_active = True
    record("user_unblocked", subject=f"user:{user.id}", company_id=user.company_id)


def revoke_sessions(user: User) -> None:
    """Revoke all sessions and the links that mails have brought; the sockets are disconnected after the commit."""
    user.session_epoch += 1
    delete_tokens(user)
    db.session.execute(delete(WebSession).where(WebSession.user_id == user.id))
    publish(SessionsRevoked(user.id))


def _build_invalid_input(field: str, sentence: str) -> InvalidInput:
    return InvalidInput(sentence, fields={field: sentence})


def list_own_words(user: User) -> tuple[str, ...]:
    """Words that make a password weak, since whoever knows the user guesses them."""
    company = db.session.get(Company, user.company_id) if user.company_id else None
    return (user.name, user.email, company.name if company else "", "askproai")
