"""Stores notices to people of the company in the transaction of their cause, and has their bells ring after the commit."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from app.core.event_bus import publish, subscribe
from app.core.tenancy import company_scope
from app.domain.staff_notices import notice_causes
from app.domain.staff_notices.mail_notices import queue_mails
from app.domain.staff_notices.notice_queue import queue_notices
from app.domain.staff_notices.push_delivery import queue_pushes
from app.domain.staff_notices.push_subscriptions import remove_all_devices
from app.domain.staff_notices.recipients import NoticeDraft
from app.events import (
    AgentProblemFound,
    BookingCancelled,
    BookingCreated,
    BookingEventBase,
    BookingRescheduled,
    ConnectionProblemFound,
    NotificationFailed,
    SessionsRevoked,
    SickLeaveAdded,
    StaffNoticesChanged,
    TaskCreated,
    TaskMessageAdded,
)
from app.jobs.notifications import send_notification
from app.jobs.staff_notices import send_push
from app.realtime import broadcast

BOOKING_KINDS = {BookingCreated: "booking_made", BookingRescheduled: "booking_moved", BookingCancelled: "booking_cancelled"}


@subscribe(BookingCreated, BookingRescheduled, BookingCancelled, when="before_commit")
def notice_bookings(events: Sequence[BookingEventBase]) -> None:
    for event_class, kind in BOOKING_KINDS.items():
        ids = _group((event.company_id, event.booking_id) for event in events if type(event) is event_class and not _is_imported(event))
        _queue_each(ids, lambda booking_ids: notice_causes.draft_booking_notices(kind, booking_ids))  # noqa: B023 (run at once)


def _is_imported(event: BookingEventBase) -> bool:
    """What was in another calendar before it was connected is news to nobody."""
    return isinstance(event, BookingCreated) and event.is_imported


@subscribe(TaskCreated, when="before_commit")
def notice_tasks(events: Sequence[TaskCreated]) -> None:
    _queue_each(_group((event.company_id, event.task_id) for event in events), notice_causes.draft_task_notices)


@subscribe(TaskMessageAdded, when="before_commit")
def notice_messages(events: Sequence[TaskMessageAdded]) -> None:
    for event in events:
        with company_scope(event.company_id):
            draft = notice_causes.draft_message_notice(event.task_id, event.message_id)
            _queue([draft] if draft else [])


@subscribe(NotificationFailed, when="before_commit")
def notice_failed_messages(events: Sequence[NotificationFailed]) -> None:
    for event in events:
        with company_scope(event.company_id):
            draft = notice_causes.draft_failed_message_notice(event.notification_id)
            _queue([draft] if draft else [])


@subscribe(SickLeaveAdded, when="before_commit")
def notice_sick_leave(events: Sequence[SickLeaveAdded]) -> None:
    _queue_each(_group((event.company_id, event.closure_id) for event in events), notice_causes.draft_sick_notices)


@subscribe(AgentProblemFound, ConnectionProblemFound, when="before_commit")
def notice_problems(events: Sequence[AgentProblemFound | ConnectionProblemFound]) -> None:
    for event in events:
        with company_scope(event.company_id):
            if isinstance(event, AgentProblemFound):
                _queue([notice_causes.draft_agent_notice(event.agent_id, event.found_at)])
            else:
                _queue([notice_causes.draft_connection_notice(event.connection_id, event.found_at)])


@subscribe(SessionsRevoked, when="before_commit")
def end_push(events: Sequence[SessionsRevoked]) -> None:
    """Who is signed out everywhere gets no more push anywhere; signing out of one browser ends its own (web/sign_in)."""
    if user_ids := [event.user_id for event in events if event.session is None]:
        remove_all_devices(user_ids)


@subscribe(StaffNoticesChanged, when="after_commit")
def ring_bells(events: Sequence[StaffNoticesChanged]) -> None:
    """Tell the open pages of these people to ask how many notices are unread."""
    broadcast.push_notice_hints(dict.fromkeys(event.user_id for event in events))


def _group(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Ids by company, each once."""
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    for company_id, row_id in pairs:
        groups[company_id][row_id] = None
    return {company_id: list(groups[company_id]) for company_id in sorted(groups)}


def _queue_each(ids: dict[str, list[str]], draft: Callable[[Collection[str]], list[NoticeDraft]]) -> None:
    for company_id, row_ids in ids.items():
        with company_scope(company_id):
            _queue(draft(row_ids))


def _queue(drafts: Sequence[NoticeDraft]) -> None:
    notices = queue_notices(drafts)
    for row, channels in notices:
        if "bell" in channels:
            publish(StaffNoticesChanged(row.company_id, row.user_id))
    for delivery_id in queue_pushes([row for row, channels in notices if "push" in channels]):
        send_push.enqueue(delivery_id)
    for mail in queue_mails([row for row, channels in notices if "email" in channels]):
        send_notification.enqueue(mail.id)
