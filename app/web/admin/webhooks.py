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
from app.domain.inbox.store import PayloadUnreadable, get_body
from app.models import Company, WebhookEvent
from app.web.admin.webhook_payload import REDACTED, format_payload
from app.web.fields import ChoiceField, Serial, TextField
from app.web.forms import Form, Query
from app.web.guards import for_support
from app.web.labels import EVENT_STATUSES, PENDING_REASONS, PROVIDER_NAMES

PAGE_SIZE = 50
MAX_RELATED = 30

blueprint = Blueprint("webhooks", __name__)


class ListQuery(Query):
    status: Annotated[str, ChoiceField(*EVENT_STATUSES)] = ""
    provider: Annotated[str, TextField(32)] = ""
    call: Annotated[str, TextField(128)] = ""
    # the event behind which further rows are wanted
    after: Serial | None = None


class PayloadForm(Form):
    reason: Annotated[str, TextField(500)]


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
    events = _list_events(filters, before=after)
    more, events = len(events) > PAGE_SIZE, events[:PAGE_SIZE]
    partial = request.headers.get("HX-Request-Type") == "partial"
    page = render_template(
        "admin/webhooks_more.html" if partial else "admin/webhooks.html",
        filters=filters,
        chips=_build_chips(filters),
        providers=[("retell", "Retell"), ("twilio", "Twilio")],
        events=events,
        next_href=_build_href(filters, after=str(events[-1].id)) if more else None,
        shown=ngettext("%(num)s Webhook", "%(num)s Webhooks", len(events)) if not more and not after else "",
    )
    response = make_response(page)
    response.headers["Vary"] = "HX-Request-Type"
    return response


@blueprint.get("/admin/webhooks/<int:event_id>")
@for_support("support.webhooks")
def show(event_id: int) -> str:
    return _render_page(event_id, whole=False)


@blueprint.post("/admin/webhooks/<int:event_id>/payload")
@for_support("support.webhooks")
def payload(event_id: int) -> str:
    """The unshortened body, against a reason that is written down."""
    form, wrong = PayloadForm.parse()
    if form is None:
        return _render_page(event_id, whole=False, errors=wrong)
    with transaction():
        record("payload_read", subject=f"webhook:{event_id}", data={"reason": form.reason})
    return _render_page(event_id, whole=True)


@blueprint.post("/admin/webhooks/<int:event_id>/replay")
@for_support("support.replay")
def replay(event_id: int) -> BaseResponse:
    with transaction():
        if not replay_events([event_id]):
            raise NotFound(_("Das gibt es hier nicht."))
        record("event_replayed", subject=f"webhook:{event_id}")
    flash(_("Der Webhook wird noch einmal verarbeitet."))
    return redirect(url_for("webhooks.show", event_id=event_id))


def _list_events(filters: dict[str, str], *, before: int | None) -> list[SimpleNamespace]:
    """Newest first, one more than a page shows."""
    statement = select(*COLUMNS).outerjoin(Company, Company.id == WebhookEvent.company_id)
    if filters["status"]:
        statement = statement.where(WebhookEvent.status == filters["status"])
    if filters["provider"]:
        statement = statement.where(WebhookEvent.provider == filters["provider"])
    if filters["call"]:
        statement = statement.where(WebhookEvent.provider_call_id == filters["call"])
    # each order has its index: with a status by arrival, without one by id
    order = [WebhookEvent.received_at, WebhookEvent.id] if filters["status"] else [WebhookEvent.id]
    if before is not None:
        statement = statement.where(_build_cursor(before, by_arrival=bool(filters["status"])))
    return [_build_row(row) for row in db.session.execute(statement.order_by(*(column.desc() for column in order)).limit(PAGE_SIZE + 1))]


def _build_cursor(event_id: int, *, by_arrival: bool) -> ColumnElement[bool]:
    """What stands below this event in the list."""
    arrived = db.session.scalar(select(WebhookEvent.received_at).where(WebhookEvent.id == event_id)) if by_arrival else None
    if arrived is None:
        return WebhookEvent.id < event_id
    return and_(WebhookEvent.received_at <= arrived, or_(WebhookEvent.received_at < arrived, WebhookEvent.id < event_id))


def _build_row(row: Any) -> SimpleNamespace:
    fields = dict(row._mapping)
    reason = fields["reason"]
    return SimpleNamespace(
        **{
            **fields,
            "provider": PROVIDER_NAMES.get(fields["provider"], fields["provider"]),
            "dialled": phone.display(fields["dialled"]) if fields["dialled"] else None,
            "reason": PENDING_REASONS.get(reason, reason),
        }
    )


def _render_page(event_id: int, *, whole: bool, errors: dict[str, str] | None = None) -> str:
    event = db.session.get(WebhookEvent, event_id)
    if event is None:
        raise NotFound(_("Das gibt es hier nicht."))
    found = db.session.execute(
        select(*COLUMNS).outerjoin(Company, Company.id == WebhookEvent.company_id).where(WebhookEvent.id == event_id)
    )
    text, note = _format_payload(event, whole=whole)
    return render_template(
        "admin/webhook.html",
        event=_build_row(found.one()),
        payload=text,
        payload_note=note,
        whole=whole,
        errors=errors or {},
        related=_list_related(event),
    )


def _format_payload(event: WebhookEvent, *, whole: bool) -> tuple[str, str | None]:
    try:
        return format_payload(get_body(event), whole=whole)
    except PayloadUnreadable:
        return REDACTED, _("Der Inhalt lässt sich nicht öffnen. Fehlt unter ENCRYPTION_KEYS ein früherer Schlüssel?")


def _list_related(event: WebhookEvent) -> list[Any]:
    """The other events of the same call."""
    if not event.provider_call_id:
        return []
    same = select(WebhookEvent.id, WebhookEvent.event, WebhookEvent.status, WebhookEvent.received_at).where(
        WebhookEvent.provider_call_id == event.provider_call_id, WebhookEvent.id != event.id
    )
    return list(db.session.execute(same.order_by(WebhookEvent.id).limit(MAX_RELATED)))


def _build_chips(filters: dict[str, str]) -> list[dict[str, Any]]:
    every = [("", _("Alle"))] + [(key, str(word.label)) for key, word in EVENT_STATUSES.items()]
    return [
        {"key": key, "label": label, "chosen": key == filters["status"], "href": _build_href(filters, status=key)} for key, label in every
    ]


def _build_href(filters: dict[str, str], **changes: str) -> str:
    return url_for("webhooks.index", **{name: value for name, value in {**filters, **changes}.items() if value})
