"""Invitations to sign in to a company: a link of 256 bits, sent by mail or passed on by hand, for one address, once, for a week."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import email_address, settings
from app.core.clock import now
from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.link_tokens import generate_token, hash_token, may_be_token
from app.core.tenancy import current_company_id, unscoped
from app.domain.accounts import users
from app.domain.accounts.access import Access, check_access, get_access, grant
from app.domain.accounts.passwords import find_weakness
from app.domain.accounts.sign_in import EMAIL_PATTERN, find_user
from app.domain.audit.log import record
from app.models import Branch, Company, Invitation, StaffMember, User

LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class IssuedInvitation:
    """An invitation with its link, which is not stored."""

    invitation: Invitation
    link: str = field(repr=False)


def invite(email: str, access: Access, *, name: str | None = None, by: User | None) -> IssuedInvitation:
    """Invite an address to the current company; `by`: who invites, None for the command line.

    Whether the address has an account with another company is told to nobody but its owner. Raises NotFound for branches and people
    of others, else InvalidInput with one sentence per field.
    """
    email, fields = email.strip().lower(), {}
    try:
        check_access(access, by=by if by and not by.is_platform else None)
    except InvalidInput as error:
        fields = dict(error.data["fields"])
    if not EMAIL_PATTERN.fullmatch(email) or email_address.normalise(email) is None:
        fields["email"] = _("Das ist keine E-Mail-Adresse.")
    elif db.session.scalar(select(User.id).where(User.email == email, User.company_id == current_company_id())):
        fields["email"] = _("Mit dieser Adresse meldet sich hier schon jemand an.")
    elif db.session.scalar(select(Invitation.id).where(Invitation.email == email)):
        fields["email"] = _("Diese Adresse ist schon eingeladen. Schicken Sie die Einladung noch einmal.")
    if fields:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=fields)
    invitation = Invitation(
        email=email, name=name, role=access.role, branch_ids=sorted(set(access.branch_ids)), staff_id=access.staff_id,
        invited_by=by.id if by else None,
    )  # fmt: skip
    db.session.add(invitation)
    issued = renew(invitation)
    record("user_invited", subject=f"invitation:{invitation.id}", data={"role": access.role}, company_id=invitation.company_id)
    return issued


def renew(invitation: Invitation) -> IssuedInvitation:
    """Give it a new link for another week; the earlier one ends."""
    token = generate_token()
    invitation.token_hash, invitation.expires_at = hash_token(token), now() + LIFETIME
    db.session.flush()
    return IssuedInvitation(invitation, f"{settings().public_base}/invitation/{token}")


def list_invitations() -> Sequence[Invitation]:
    return db.session.scalars(select(Invitation).order_by(Invitation.created_at, Invitation.id)).all()


def get_invitation(invitation_id: str) -> Invitation:
    """Raises NotFound for those of other companies, and for what was accepted or withdrawn."""
    statement = select(Invitation).where(Invitation.id == invitation_id)
    invitation = db.session.scalars(statement).first() if is_ulid(invitation_id) else None
    if invitation is None:
        raise NotFound(_("Diese Einladung gibt es nicht mehr."))
    return invitation


def withdraw(invitation: Invitation) -> None:
    record("invitation_withdrawn", subject=f"invitation:{invitation.id}", company_id=invitation.company_id)
    db.session.delete(invitation)


def is_expired(invitation: Invitation) -> bool:
    return invitation.expires_at <= now()


def find_by_token(token: str) -> Invitation | None:
    """Find the unexpired invitation of this link across companies; the token identifies it."""
    if not may_be_token(token):
        return None
    with unscoped():
        valid = select(Invitation).where(Invitation.token_hash == hash_token(token), Invitation.expires_at > now())
        return db.session.scalars(valid).first()


def accept(token: str, *, name: str, password: str) -> User:
    """Make the account that the link invites to, and end the link; inside a transaction, in the scope of its company.

    Raises NotFound for a link that was accepted or withdrawn meanwhile, EmailTaken where the address has an account by now, and
    InvalidInput for a weak password.
    """
    locked = select(Invitation).where(Invitation.token_hash == hash_token(token), Invitation.expires_at > now()).with_for_update()
    invitation = db.session.scalars(locked.execution_options(populate_existing=True)).first()
    company = db.session.get(Company, invitation.company_id) if invitation else None
    branch_ids = _list_branches_left(invitation) if invitation else None
    if invitation is None or company is None or branch_ids is None:
        raise NotFound(_("Diese Einladung gibt es nicht mehr."))
    if find_user(invitation.email):
        raise users.EmailTaken(_("Diese E-Mail-Adresse ist schon vergeben."))
    if wrong := find_weakness(password, own_words=(name, invitation.email, company.name, "askproai")):
        raise InvalidInput(wrong, fields={"password": wrong})
    user, _password = users.create_user(invitation.email, invitation.role, company=company, name=name, password=password)
    grant(user, Access(user.role, branch_ids, _find_free_person(invitation) or get_access(user).staff_id))
    record("invitation_accepted", subject=f"user:{user.id}", user_id=user.id, company_id=company.id)
    db.session.delete(invitation)
    db.session.flush()
    return user


def _list_branches_left(invitation: Invitation) -> tuple[str, ...] | None:
    """The branches of the invitation that are still there; None where none is left, since no branches would mean all."""
    left = tuple(db.session.scalars(select(Branch.id).where(Branch.id.in_(invitation.branch_ids))))
    return left if left or not invitation.branch_ids else None


def _find_free_person(invitation: Invitation) -> str | None:
    member = db.session.get(StaffMember, invitation.staff_id) if invitation.staff_id else None
    return member.id if member and member.user_id is None else None
