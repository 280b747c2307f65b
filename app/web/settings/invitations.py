"""Invitations to the company: by mail, or by a link that is shown once to be passed on by hand."""

from typing import Annotated, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import InvalidInput, TooManyRequests
from app.core.rate_limiter import RateLimit
from app.core.tenancy import current_company_id
from app.core.transactions import transaction
from app.domain.accounts import invitations
from app.domain.accounts.invitations import IssuedInvitation
from app.domain.notifications import invitation_mail
from app.jobs.notifications import send_notification
from app.models import Notification
from app.web.fields import Email, TextField
from app.web.forms import to_errors
from app.web.guards import for_company
from app.web.settings.people import AccessForm, list_choices

# nobody fills other people's mailboxes with our mails
RATE_LIMIT = RateLimit("invitation", 30, per_s=3600)

blueprint = Blueprint("invitations", __name__)


class InvitationForm(AccessForm):
    email: Email
    name: Annotated[str, TextField(120)] | None = None


@blueprint.get("/settings/people/new")
@for_company("users.write")
def new() -> str:
    return _render_form({"role": "front_desk"}, {})


@blueprint.post("/settings/people/new")
@for_company("users.write")
def make() -> Any:
    try:
        form = InvitationForm.read()
        with transaction():
            issued = invitations.invite(form.email, form.access, name=form.name, by=current_user)
            mail = pass_on(issued)
    except InvalidInput as error:
        return _render_form(InvitationForm.typed(), to_errors(error)), 422
    return _answer(issued, mail)


@blueprint.post("/settings/people/invitations/<invitation_id>/resend")
@for_company("users.write")
def resend(invitation_id: str) -> Any:
    invitation = invitations.get_invitation(invitation_id)
    with transaction():
        issued = invitations.renew(invitation)
        mail = pass_on(issued)
    return _answer(issued, mail)


@blueprint.post("/settings/people/invitations/<invitation_id>/link")
@for_company("users.write")
def show_link(invitation_id: str) -> Any:
    """Make a new link and show it, this once; the one that was sent ends."""
    invitation = invitations.get_invitation(invitation_id)
    with transaction():
        issued = invitations.renew(invitation)
        invitation.is_by_hand = True
    return _render_link(issued, "")


@blueprint.post("/settings/people/invitations/<invitation_id>/withdraw")
@for_company("users.write")
def withdraw(invitation_id: str) -> Response:
    invitation = invitations.get_invitation(invitation_id)
    with transaction():
        invitations.withdraw(invitation)
    flash(_("Die Einladung an %(email)s gilt nicht mehr.", email=invitation.email), "message")
    return redirect(url_for("people.index"))


def pass_on(issued: IssuedInvitation) -> Notification | None:
    """Queue the mail; None where none goes out, so that somebody passes on the link. Inside the transaction of the invitation."""
    if (wait_s := RATE_LIMIT.hit(current_company_id() or "")) is not None:
        raise TooManyRequests(_("Das waren viele Einladungen auf einmal. Bitte warten Sie eine Weile."), retry_after_s=wait_s)
    issued.invitation.is_by_hand = invitation_mail.find_obstacle() is not None
    if issued.invitation.is_by_hand:
        return None
    row = invitation_mail.queue_mail(issued)
    send_notification.enqueue(row.id)
    return row


def _answer(issued: IssuedInvitation, mail: Notification | None) -> Any:
    if mail is None:
        return _render_link(issued, invitation_mail.find_obstacle() or "")
    flash(_("Die Einladung an %(email)s ist unterwegs.", email=issued.invitation.email), "message")
    return redirect(url_for("people.index"))


def _render_link(issued: IssuedInvitation, obstacle: str) -> str:
    return render_template("settings/invitation_link.html", invitation=issued.invitation, link=issued.link, obstacle=obstacle)


def _render_form(values: dict[str, Any], errors: dict[str, str]) -> str:
    return render_template("settings/invitation.html", values=values, errors=errors, **list_choices())
