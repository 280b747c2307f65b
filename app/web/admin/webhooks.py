"""Every webhook that came in: what it says, why it waits or failed, and once more."""

from types import SimpleNamespace
from typing import Annotated, Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _, ngettext
from sqlalchemy import ColumnElement, and_, or_, select
from werkzeug.wrappers import Response as BaseResponse

from app.core import phone
from app.core.errors import NotFound
from app.core.extensions import db
from app.core.transactions import transaction
from app.domain.audit.log import record
from app.domain.inbox.replay import replay as replay_events
from app.domain.inbox.store import BodyUnreadable, get_body
from app.models import Company, WebhookEvent
from app.web.admin.webhook_payload import HIDDEN, readable
from app.web.fields import OneOf, Serial, Text
from app.web.forms import Form, Query
from app.web.guards import for_support
from app.web.labels import EVENT_STATUSES, PROVIDERS, WAITING_REASONS

PAGE = 50
MOST_RELATED = 30

blueprint = Blueprint("webhooks", __name__)


class ListQuery(Query):
    status: Annotated[str, OneOf(*EVENT_STATUSES)] = ""
    provider: Annotated[str, Text(32)] = ""
    call: Annotated[str, Text(128)] = ""
    # the event behind which further rows are wanted
    after: Serial | None = None


class PayloadForm(Form):
    reason: Annotated[str, Text(500)]


# never the body: it is large, and sealed
COLUMNS = (
    WebhookEvent.id, WebhookEvent.provider, WebhookEvent.event, WebhookEvent.provider_call_id, WebhookEvent.dialled,
    WebhookEvent.received_at, WebhookEvent.handled_at, WebhookEvent.due_at, WebhookEvent.status, WebhookEvent.reason,
    WebhookEvent.attempts, WebhookEvent.size, WebhookEvent.call_id, Company.name.label("company"),
)  # fmt: skip


@blueprint.get("/admin/webhooks")
@for_support("support.webhooks")
def index() -> Response:
    query = ListQuery.read_known()
    filters, after = query.model_dump(exclude={"after"}), query.after
    events = _events(filters, before=after)
    more, events = len(events) > PAGE, events[:PAGE]
    partial = request.headers.get("HX-Request-Type") == "partial"
    page = render_template(
        "admin/webhooks_more.html" if partial else "admin/webhooks.html",
        filters=filters,
        chips=_chips(filters),
        providers=[("retell", "Retell"), ("twilio", "Twilio")],
        events=events,
        next_href=_href(filters, after=str(events[-1].id)) if more else None,
        shown=ngettext("%(num)s Webhook", "%(num)s Webhooks", len(events)) if not more and not after else "",
    )
    response = make_response(page)
    response.headers["Vary"] = "HX-Request-Type"
    return response


@blueprint.get("/admin/webhooks/<int:event_id>")
@for_support("support.webhooks")
def show(event_id: int) -> str:
    return _page(event_id, whole=False)


@blueprint.post("/admin/webhooks/<int:event_id>/payload")
@for_support("support.webhooks")
def payload(event_id: int) -> str:
    """The unshortened body, against a reason that is written down."""
    form, wrong = PayloadForm.parse()
    if form is None:
        return _page(event_id, whole=False, errors=wrong)
    with transaction():
        record("payload_read", subject=f"webhook:{event_id}", data={"reason": form.reason})
    return _page(event_id, whole=True)


@blueprint.post("/admin/webhooks/<int:event_id>/replay")
@for_support("support.replay")
def replay(event_id: int) -> BaseResponse:
    with transaction():
        if not replay_events([event_id]):
            raise NotFound(_("Das gibt es hier nicht."))
        record("event_replayed", subject=f"webhook:{event_id}")
    flash(_("Der Webhook wird noch einmal verarbeitet."))
    return redirect(url_for("webhooks.show", event_id=event_id))


def _events(filters: dict[str, str], *, before: int | None) -> list[SimpleNamespace]:
    """Newest first, one more than a page shows."""
    wanted = select(*COLUMNS).outerjoin(Company, Company.id == WebhookEvent.company_id)
    if filters["status"]:
        wanted = wanted.where(WebhookEvent.status == filters["status"])
    if filters["provider"]:
        wanted = wanted.where(WebhookEvent.provider == filters["provider"])
    if filters["call"]:
        wanted = wanted.where(WebhookEvent.provider_call_id == filters["call"])
    # each order has its index: with a status by arrival, without one by id
    order = [WebhookEvent.received_at, WebhookEvent.id] if filters["status"] else [WebhookEvent.id]
    if before is not None:
        wanted = wanted.where(_behind(before, by_arrival=bool(filters["status"])))
    return [_row(row) for row in db.session.execute(wanted.order_by(*(column.desc() for column in order)).limit(PAGE + 1))]


def _behind(event_id: int, *, by_arrival: bool) -> ColumnElement[bool]:
    """What stands below this event in the list."""
    arrived = db.session.scalar(select(WebhookEvent.received_at).where(WebhookEvent.id == event_id)) if by_arrival else None
    if arrived is None:
        return WebhookEvent.id < event_id
    return and_(WebhookEvent.received_at <= arrived, or_(WebhookEvent.received_at < arrived, WebhookEvent.id < event_id))


def _row(row: Any) -> SimpleNamespace:
    fields = dict(row._mapping)
    reason = fields["reason"]
    return SimpleNamespace(
        **{
            **fields,
            "provider": PROVIDERS.get(fields["provider"], fields["provider"]),
            "dialled": phone.display(fields["dialled"]) if fields["dialled"] else None,
            "reason": WAITING_REASONS.get(reason, reason),
        }
    )


def _page(event_id: int, *, whole: bool, errors: dict[str, str] | None = None) -> str:
    event = db.session.get(WebhookEvent, event_id)
    if event is None:
        raise NotFound(_("Das gibt es hier nicht."))
    found = db.session.execute(
        select(*COLUMNS).outerjoin(Company, Company.id == WebhookEvent.company_id).where(WebhookEvent.id == event_id)
    )
    text, note = _payload(event, whole=whole)
    return render_template(
        "admin/webhook.html",
        event=_row(found.one()),
        payload=text,
        payload_note=note,
        whole=whole,
        errors=errors or {},
        related=_related(event),
    )


def _payload(event: WebhookEvent, *, whole: bool) -> tuple[str, str | None]:
    try:
        return readable(get_body(event), whole=whole)
    except BodyUnreadable:
        return HIDDEN, _("Der Inhalt lässt sich nicht öffnen. Fehlt unter ENCRYPTION_KEYS ein früherer Schlüssel?")


def _related(event: WebhookEvent) -> list[Any]:
    """The other events of the same call."""
    if not event.provider_call_id:
        return []
    same = select(WebhookEvent.id, WebhookEvent.event, WebhookEvent.status, WebhookEvent.received_at).where(
        WebhookEvent.provider_call_id == event.provider_call_id, WebhookEvent.id != event.id
    )
    return list(db.session.execute(same.order_by(WebhookEvent.id).limit(MOST_RELATED)))


def _chips(filters: dict[str, str]) -> list[dict[str, Any]]:
    every = [("", _("Alle"))] + [(key, str(word.label)) for key, word in EVENT_STATUSES.items()]
    return [{"key": key, "label": label, "chosen": key == filters["status"], "href": _href(filters, status=key)} for key, label in every]


def _href(filters: dict[str, str], **changes: str) -> str:
    return url_for("webhooks.index", **{name: value for name, value in {**filters, **changes}.items() if value})
