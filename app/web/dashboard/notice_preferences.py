"""The reader's own choice of notices: kinds by channels."""

from typing import Annotated, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.core.transactions import run_in_transaction
from app.domain.accounts.access import find_staff_of_user
from app.domain.notifications.sender_accounts import is_set_up
from app.domain.staff_notices.notice_kinds import CHANNELS, NoticeChannel
from app.domain.staff_notices.preferences import get_channels, get_digest_hour, list_kinds, load_settings, save_settings
from app.domain.staff_notices.push_subscriptions import list_devices
from app.web.dashboard.notice_labels import CHANNEL_NAMES, NOTICE_KINDS
from app.web.fields import Flag, IntegerField
from app.web.forms import Form
from app.web.guards import for_company
from app.web.own_calendar import is_limited

blueprint = Blueprint("notice_preferences", __name__)


class ChannelForm(Form):
    """The channels of one kind; its name precedes the fields."""

    bell: Flag = False
    push: Flag = False
    email: Flag = False
    digest: Flag = False


class DigestForm(Form):
    """When the daily summary comes; None: never."""

    digest_hour: Annotated[int, IntegerField(0, 23)] | None = None


@blueprint.get("/account/notices")
@for_company("tasks.read")
def index() -> str:
    chosen = load_settings([current_user.id]).get(current_user.id)
    return render_template(
        "dashboard/notice_preferences.html",
        channels=[(channel, CHANNEL_NAMES[channel]) for channel in CHANNELS],
        kinds=[(kind, NOTICE_KINDS[kind.name], get_channels(current_user, kind, chosen)) for kind in list_kinds(current_user)],
        concerns=_describe_concerns(),
        hours=[("", _("gar nicht")), *((str(hour), _("um %(time)s Uhr", time=f"{hour}:00")) for hour in range(24))],
        digest_hour=get_digest_hour(current_user, chosen),
        may_mail=is_set_up("email"),
        devices=list_devices(current_user),
    )


@blueprint.post("/account/notices")
@for_company("tasks.read")
def save() -> Any:
    channels = {kind.name: _read_channels(kind.name) for kind in list_kinds(current_user)}
    digest_hour = DigestForm.read().digest_hour
    run_in_transaction(lambda: save_settings(current_user, channels, digest_hour=digest_hour))
    flash(_("Gespeichert."), "message")
    return redirect(url_for("notice_preferences.index"))


def _read_channels(kind: str) -> list[NoticeChannel]:
    form, _errors = ChannelForm.parse(f"{kind}:")
    return [channel for channel in CHANNELS if getattr(form, channel, False)]


def _describe_concerns() -> str:
    """Say whose appointments and which branches the notices are about."""
    if current_user.role == "staff" and (is_limited() or find_staff_of_user(current_user)):
        return _("Bei Terminen erfahren Sie nur von denen in Ihrem eigenen Kalender.")
    if current_user.branch_ids:
        return _("Sie erfahren nur, was Ihre Filialen betrifft.")
    return _("Sie erfahren, was im ganzen Betrieb geschieht. Was Sie selbst tun, melden wir Ihnen nicht.")
