"""The reader's devices for push: turned on by the browser, listed, tested and removed."""

from typing import Annotated, Any

from flask import Blueprint, Response, flash, jsonify, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.core.sessions import PUSH_DEVICE
from app.core.transactions import run_in_transaction
from app.domain.staff_notices import push_delivery, push_subscriptions
from app.domain.staff_notices.vapid_keys import load_public_key
from app.jobs.staff_notices import send_push
from app.providers.push.web_push import PushTarget
from app.web.fields import TextField
from app.web.forms import Form
from app.web.guards import for_company
from app.web.push_cookie import set_push_cookie
from app.web.user_agent import describe_browser

blueprint = Blueprint("push_devices", __name__)


class SubscriptionForm(Form):
    """What `PushSubscription.toJSON()` says."""

    endpoint: Annotated[str, TextField(push_subscriptions.MAX_ENDPOINT_LENGTH)]
    p256dh: Annotated[str, TextField(100)]
    auth: Annotated[str, TextField(100)]


@blueprint.post("/account/notices/key")
@for_company("tasks.read")
def key() -> dict[str, str]:
    """Give the key that the browser subscribes with; the first one to ask has it made."""
    return {"key": run_in_transaction(load_public_key)}


@blueprint.post("/account/notices/devices")
@for_company("tasks.read")
def add() -> Response:
    form = SubscriptionForm.read()
    target = PushTarget(form.endpoint, form.p256dh, form.auth)
    device = describe_browser(request.user_agent.string)
    device_id = run_in_transaction(lambda: push_subscriptions.add_device(current_user, target, device).id)
    # whoever ends this session from another device ends its push, too
    session[PUSH_DEVICE] = device_id
    return set_push_cookie(jsonify(ok=True), device_id)


@blueprint.post("/account/notices/devices/<device_id>/remove")
@for_company("tasks.read")
def remove(device_id: str) -> Any:
    run_in_transaction(lambda: push_subscriptions.remove_device(current_user, device_id))
    flash(_("Auf diesem Gerät kommt nichts mehr an."), "message")
    return redirect(url_for("notice_preferences.index"))


@blueprint.post("/account/notices/devices/test")
@for_company("tasks.read")
def test() -> Any:
    def work() -> int:
        delivery_ids = push_delivery.queue_test(current_user)
        for delivery_id in delivery_ids:
            send_push.enqueue(delivery_id)
        return len(delivery_ids)

    if run_in_transaction(work):
        flash(_("Ein Test ist unterwegs an Ihre Geräte."), "message")
    return redirect(url_for("notice_preferences.index"))
