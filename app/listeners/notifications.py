"""Queues customer notifications in the transaction of their cause and sends them after the commit."""

from collections.abc import Sequence

from app.core.clock import now
from app.core.event_bus import publish, subscribe
from app.core.extensions import db
from app.core.tenancy import company_scope
from app.domain.bookings import call_tasks, waitlist
from app.domain.bookings.change_notices import queue_change_notices
from app.domain.bookings.notifications import queue_confirmation, queue_offer, queue_replacement
from app.domain.bookings.planned_messages import plan_messages
from app.domain.calls import callback_promises, held_times, missed_calls
from app.domain.notifications.one_time_code_message import notify_code
from app.domain.notifications.validity import is_outdated
from app.events import (
    BookingCancelled,
    BookingCreated,
    BookingDetailsChanged,
    BookingEventBase,
    BookingRescheduled,
    CallAnalyzed,
    CallEnded,
    CallEventBase,
    CallUpdated,
    MessagePolicyChanged,
    NotificationFailed,
    NotificationQueued,
    NotificationUndelivered,
    OneTimeCodeRequested,
    TaskCreated,
    TaskUpdated,
    WaitlistOffered,
)
from app.jobs.notifications import plan_reminders_anew, send_notification
from app.models import Notification


@subscribe(BookingCreated, when="before_commit")
def notify_created(events: Sequence[BookingCreated]) -> None:
    for event in events:
        with company_scope(event.company_id):
            _send(queue_confirmation(event.booking_id, notify=event.notify))


@subscribe(BookingRescheduled, BookingCancelled, BookingDetailsChanged, when="before_commit")
def notify_changed(events: Sequence[BookingEventBase]) -> None:
    for company_id in {event.company_id for event in events}:
        with company_scope(company_id):
            for row in queue_change_notices({event.booking_id: event.notify for event in events if event.company_id == company_id}):
                _send(row)


@subscribe(BookingCreated, BookingRescheduled, BookingCancelled, BookingDetailsChanged, when="before_commit")
def plan_booking_messages(events: Sequence[BookingEventBase]) -> None:
    for company_id in {event.company_id for event in events}:
        with company_scope(company_id):
            plan_messages({event.booking_id for event in events if event.company_id == company_id})


@subscribe(MessagePolicyChanged, when="before_commit")
def plan_by_new_rules(events: Sequence[MessagePolicyChanged]) -> None:
    for company_id in {event.company_id for event in events}:
        with company_scope(company_id):
            plan_reminders_anew.enqueue()


@subscribe(NotificationUndelivered, when="before_commit")
def replace_undelivered(events: Sequence[NotificationUndelivered]) -> None:
    for event in events:
        with company_scope(event.company_id):
            row = db.session.get_one(Notification, event.notification_id)
            if (replacement := queue_replacement(row)) is not None:
                _send(replacement)
            elif not is_outdated(row):
                publish(NotificationFailed(row.company_id, row.id))


@subscribe(NotificationFailed, when="before_commit")
def call_unreached(events: Sequence[NotificationFailed]) -> None:
    for event in events:
        with company_scope(event.company_id):
            call_tasks.ask_about_message(event.notification_id)
            subject, _colon, offer_id = db.session.get_one(Notification, event.notification_id).subject.partition(":")
            if subject == "offer":
                waitlist.give_up_offer(offer_id)


@subscribe(WaitlistOffered, when="before_commit")
def notify_offered(events: Sequence[WaitlistOffered]) -> None:
    for event in events:
        with company_scope(event.company_id):
            _send(queue_offer(event.offer_id))


@subscribe(CallEnded, when="before_commit")
def hold_after_break(events: Sequence[CallEnded]) -> None:
    for company_id in {event.company_id for event in events}:
        with company_scope(company_id):
            ended = {event.call_id for event in events if event.company_id == company_id}
            held_times.plan_texts(ended)
            held_times.release(ended)


@subscribe(CallEnded, CallUpdated, CallAnalyzed, when="before_commit")
def plan_call_messages(events: Sequence[CallEventBase]) -> None:
    # updates of running calls come by the second, and nothing follows from them here
    ended = [event for event in events if not isinstance(event, CallUpdated) or event.is_over]
    for company_id in {event.company_id for event in ended}:
        with company_scope(company_id):
            for row in missed_calls.plan_texts({event.call_id for event in ended if event.company_id == company_id}):
                _send(row)


@subscribe(CallEnded, when="before_commit")
def promise_callbacks_of_calls(events: Sequence[CallEnded]) -> None:
    for company_id in {event.company_id for event in events}:
        with company_scope(company_id):
            for row in callback_promises.plan_promises_of_calls({event.call_id for event in events if event.company_id == company_id}):
                _send(row)


@subscribe(TaskCreated, TaskUpdated, when="before_commit")
def promise_callbacks(events: Sequence[TaskCreated | TaskUpdated]) -> None:
    for company_id in {event.company_id for event in events if event.company_id}:
        with company_scope(company_id):
            for row in callback_promises.plan_promises({event.task_id for event in events if event.company_id == company_id}):
                _send(row)


@subscribe(OneTimeCodeRequested, when="before_commit")
def send_one_time_codes(events: Sequence[OneTimeCodeRequested]) -> None:
    for event in events:
        with company_scope(event.company_id):
            _send(notify_code(event.code_id, event.number, event.digits, branch_id=event.branch_id))


@subscribe(NotificationQueued, when="before_commit")
def send_queued(events: Sequence[NotificationQueued]) -> None:
    for event in events:
        with company_scope(event.company_id):
            _send(db.session.get(Notification, event.notification_id))


def _send(row: Notification | None) -> None:
    """Enqueue the notification if it is due; otherwise the sweep sends it at its time."""
    if row is not None and row.status == "pending" and row.due_at <= now():
        send_notification.enqueue(row.id)
