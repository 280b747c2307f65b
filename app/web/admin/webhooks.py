"""The received webhooks: content, status and reason, and a button to replay one."""

from types import SimpleNamespace
from typing import Annotated, Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _, ngettext
from sqlalchemy import ColumnElement, and_, or_, select
from werkzeug.wrappers import Response as BaseResponse

from app.core import phone
from app.core.errors import NotFound
from app.core.extensions import db
from app.core.transactions import transaction
from app.domain.audit.log import record
from app.domain.companies.phone_numbers import find_number_owners
from app.domain.inbox.rejections import count_recent_rejections
from app.domain.inbox.replay import replay as replay_events
from app.domain.inbox.store import StoredPayloadUnreadable, get_body
from app.models import Company, WebhookEvent
from app.providers import list_webhook_providers
from app.web.admin.labels import describe_number_owner
from app.web.admin.list_filters import SupportListQuery, find_number_note, list_company_options
from app.web.admin.rejection_view import list_rejection_rows
from app.web.admin.webhook_payload import REDACTED, format_payload
from app.web.fields import ChoiceField, Serial, TextField
from app.web.forms import Form
from app.web.guards import for_support
from app.web.labels import EVENT_STATUSES, PENDING_REASONS, PROVIDER_NAMES
from app.web.partial_page import render_page

PAGE_SIZE = 50
REJECTED = "rejected"
MAX_RELATED = 30
MAX_REJECTIONS = 200

blueprint = Blueprint("webhooks", __name__)


class WebhookListQuery(SupportListQuery):
    # Webhooks whose signature was refused are no events; they are listed by REJECTED.
    status: Annotated[str, ChoiceField(*EVENT_STATUSES, REJECTED)] = ""
    provider: Annotated[str, TextField(32)] = ""
    call: Annotated[str, TextField(128)] = ""
    # The cursor: events below this one follow.
    after: Serial | None = None


class PayloadForm(Form):
    reason: Annotated[str, TextField(500)]


# Without the body, which is large and encrypted.
COLUMNS = (
    WebhookEvent.id, WebhookEvent.provider, WebhookEvent.event_name, WebhookEvent.provider_call_id, WebhookEvent.to_number,
    WebhookEvent.received_at, WebhookEvent.handled_at, WebhookEvent.due_at, WebhookEvent.status, WebhookEvent.reason,
    WebhookEvent.attempts, WebhookEvent.size, WebhookEvent.call_id, WebhookEvent.company_id, Company.name.label("company"),
)  # fmt: skip


@blueprint.get("/admin/webhooks")
@for_support("support.webhooks")
def index() -> Response:
    query = WebhookListQuery.read_known()
    is_rejected = query.status == REJECTED
    events = [] if is_rejected else _list_events(query)
    more, events = len(events) > PAGE_SIZE, events[:PAGE_SIZE]
    rejected_count = count_recent_rejections()
    return render_page(
        "admin/webhooks.html",
        part="admin/webhooks_more.html",
        query=query,
        companies=list_company_options(),
        note=find_number_note(query),
        chips=_build_chips(query, rejected_count),
        providers=[(name, PROVIDER_NAMES.get(name, name)) for name in list_webhook_providers()],
        events=events,
        rejections=list_rejection_rows(query, provider=query.provider, limit=MAX_REJECTIONS) if is_rejected else [],
        is_rejected=is_rejected,
        rejected_count=rejected_count,
        rejected_href=_build_href(query, status=REJECTED),
        next_href=_build_href(query, after=str(events[-1].id)) if more else None,
        shown=ngettext("%(num)s Webhook", "%(num)s Webhooks", len(events)) if not more and query.after is None else "",
    )


@blueprint.get("/admin/webhooks/<int:event_id>")
@for_support("support.webhooks")
def show(event_id: int) -> str:
    return _render_page(event_id, whole=False)


@blueprint.post("/admin/webhooks/<int:event_id>/payload")
@for_support("support.webhooks")
def payload(event_id: int) -> str:
    """Show the unredacted body; the reason is recorded in the audit log."""
    form, errors = PayloadForm.parse()
    if form is None:
        return _render_page(event_id, whole=False, errors=errors)
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


def _list_events(query: WebhookListQuery) -> list[SimpleNamespace]:
    """List the events, newest first, one more than a page shows; each filter has an index in this order."""
    statement = select(*COLUMNS).outerjoin(Company, Company.id == WebhookEvent.company_id)
    statement = statement.where(*query.build_time_filter(WebhookEvent.received_at))
    for column, value in (
        (WebhookEvent.status, query.status),
        (WebhookEvent.company_id, query.company),
        (WebhookEvent.to_number, query.e164),
        (WebhookEvent.provider, query.provider),
        (WebhookEvent.provider_call_id, query.call),
    ):
        if value:
            statement = statement.where(column == value)
    if query.after is not None:
        statement = statement.where(_build_cursor(query.after))
    newest = statement.order_by(WebhookEvent.received_at.desc(), WebhookEvent.id.desc())
    return [_build_row(row) for row in db.session.execute(newest.limit(PAGE_SIZE + 1))]


def _build_cursor(event_id: int) -> ColumnElement[bool]:
    """Build the condition for the events below this one in the list."""
    received_at = db.session.scalar(select(WebhookEvent.received_at).where(WebhookEvent.id == event_id))
    if received_at is None:
        return WebhookEvent.id < event_id
    return and_(WebhookEvent.received_at <= received_at, or_(WebhookEvent.received_at < received_at, WebhookEvent.id < event_id))


def _build_row(row: Any) -> SimpleNamespace:
    fields = dict(row._mapping)
    reason = fields["reason"]
    return SimpleNamespace(
        **{
            **fields,
            "provider": PROVIDER_NAMES.get(fields["provider"], fields["provider"]),
            "to_number": phone.display(fields["to_number"]) if fields["to_number"] else None,
            "reason": PENDING_REASONS.get(reason, reason),
        }
    )


def _render_page(event_id: int, *, whole: bool, errors: dict[str, str] | None = None) -> str:
    event = db.session.get(WebhookEvent, event_id)
    if event is None:
        raise NotFound(_("Das gibt es hier nicht."))
    result = db.session.execute(
        select(*COLUMNS).outerjoin(Company, Company.id == WebhookEvent.company_id).where(WebhookEvent.id == event_id)
    )
    text, note = _format_payload(event, whole=whole)
    return render_template(
        "admin/webhook.html",
        event=_build_row(result.one()),
        payload=text,
        payload_note=note,
        whole=whole,
        errors=errors or {},
        related=_list_related(event),
        owner_sentence=_describe_owner(event),
    )


def _describe_owner(event: WebhookEvent) -> str | None:
    """Describe whose number was dialled, where the event is not applied."""
    if event.status in ("handled", "ignored") or not event.to_number:
        return None
    return describe_number_owner(event.to_number, find_number_owners([event.to_number]).get(event.to_number))


def _format_payload(event: WebhookEvent, *, whole: bool) -> tuple[str, str | None]:
    try:
        return format_payload(get_body(event), whole=whole)
    except StoredPayloadUnreadable:
        return REDACTED, _("Der Inhalt lässt sich nicht öffnen. Fehlt unter ENCRYPTION_KEYS ein früherer Schlüssel?")


def _list_related(event: WebhookEvent) -> list[Any]:
    """List the other events of the same call."""
    if not event.provider_call_id:
        return []
    statement = select(WebhookEvent.id, WebhookEvent.event_name, WebhookEvent.status, WebhookEvent.received_at).where(
        WebhookEvent.provider_call_id == event.provider_call_id, WebhookEvent.id != event.id
    )
    return list(db.session.execute(statement.order_by(WebhookEvent.id).limit(MAX_RELATED)))


def _build_chips(query: WebhookListQuery, rejected_count: int) -> list[dict[str, Any]]:
    options = [("", _("Alle")), *((key, str(status.label)) for key, status in EVENT_STATUSES.items()), (REJECTED, _("abgewiesen"))]
    return [
        {
            "label": label,
            "chosen": key == query.status,
            "href": _build_href(query, status=key),
            "count": rejected_count if key == REJECTED else None,
        }
        for key, label in options
    ]


def _build_href(query: WebhookListQuery, **changes: str) -> str:
    return url_for("webhooks.index", **query.to_args(**changes))
