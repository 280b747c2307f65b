"""Who is told what: by role, branch and own calendar, once, in the transaction of the cause, and never who did it."""

from collections.abc import Callable
from typing import Any

import pytest
import structlog
import time_machine
from flask import Flask
from flask_babel import force_locale
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db as session_db
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.companies.connections import ConnectionTestResult, complete_test
from app.domain.scheduling.hours_editor import add_closure
from app.domain.staff_notices.notice_kinds import KINDS
from app.domain.staff_notices.notice_list import list_notices
from app.domain.staff_notices.notice_texts import NoticeTexts
from app.domain.staff_notices.preferences import list_kinds, save_settings
from app.domain.tasks.lifecycle import create_task
from app.events import BookingCreated, NotificationFailed, NotificationUndelivered, TaskMessageAdded
from app.models import Company, Connection, Notification, StaffMember, StaffNotice, StaffTask, User
from app.web.dashboard.notice_labels import NOTICE_KINDS
from tests.factories.salon import CALLER, PRESENT, Salon, at, make_salon
from tests.support.users import limit_to, make_company, make_user

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def salon() -> Any:
    with time_machine.travel(PRESENT, tick=False):
        yield make_salon()


def _user(salon: Salon, role: str = "owner", name: str = "", **values: Any) -> User:
    company = session_db.session.get_one(Company, salon.company_id)
    return make_user(company, role, email=f"{name or role}@salon-lindgren.example", **values)


def _book(salon: Salon, *parts: str, **values: Any) -> str:
    with company_scope(salon.company_id):
        return run_in_transaction(lambda: create_booking(salon.request(*parts, **values)).id)


def _notices(user: User | None = None) -> list[StaffNotice]:
    with unscoped():
        rows = session_db.session.scalars(select(StaffNotice).order_by(StaffNotice.id)).all()
        return [row for row in rows if user is None or row.user_id == user.id]


def _task(salon: Salon, kind: str = "callback", *, branch: str | None = "mitte", ref: str = "callback:1") -> None:
    with company_scope(salon.company_id), transaction():
        create_task(kind, "Rückruf: Mira Sommer", source_ref=ref, branch_id=salon.branches[branch] if branch else None)


def test_new_moved_and_cancelled_bookings_are_noticed(salon: Salon) -> None:
    owner = _user(salon)
    booking_id = _book(salon)
    with company_scope(salon.company_id):
        run_in_transaction(lambda: cancel_booking(booking_id, CALLER))
    assert [(row.kind, row.subject) for row in _notices(owner)] == [
        ("booking_made", f"booking:{booking_id}"), ("booking_cancelled", f"booking:{booking_id}"),
    ]  # fmt: skip


def test_each_notice_of_a_move_keeps_the_time_that_it_was_about(salon: Salon) -> None:
    owner, booking_id = _user(salon), _book(salon)
    with company_scope(salon.company_id):
        for starts in ("2026-05-13T10:00", "2026-05-13T14:00"):
            run_in_transaction(lambda: reschedule_booking(booking_id, CALLER, starts_at=at(starts)))  # noqa: B023 (run at once)
        notices = _notices(owner)
        texts = NoticeTexts(notices)
        said = [texts.write(notice).details for notice in notices]
    assert all(words in text for words, text in zip(("12. Mai", "10:00", "14:00"), said, strict=True)), said


def test_a_visit_of_two_parts_gives_one_notice(salon: Salon) -> None:
    owner = _user(salon)
    _book(salon, "cut:anna", "wash:anna")
    [notice] = _notices(owner)
    assert (notice.kind, notice.subject_count) == ("booking_made", 1)


def test_the_same_event_twice_gives_one_notice(salon: Salon) -> None:
    owner, booking_id = _user(salon), _book(salon)
    with company_scope(salon.company_id), transaction():
        publish(BookingCreated(salon.company_id, salon.branches["mitte"], booking_id))
        publish(BookingCreated(salon.company_id, salon.branches["mitte"], booking_id))
    assert len(_notices(owner)) == 1


def test_a_rolled_back_cause_leaves_no_notice(salon: Salon) -> None:
    _user(salon)

    def fail() -> None:
        create_booking(salon.request())
        raise RuntimeError

    with company_scope(salon.company_id), pytest.raises(RuntimeError):
        run_in_transaction(fail)
    assert _notices() == []


def test_people_of_another_company_hear_nothing(salon: Salon) -> None:
    stranger = make_user(make_company("werkstatt-kruse"), email="kruse@werkstatt-kruse.example")
    owner = _user(salon)
    _book(salon)
    _task(salon)
    assert _notices(stranger) == []
    assert {row.company_id for row in _notices(owner)} == {salon.company_id}


def test_who_is_limited_to_a_branch_hears_only_of_it(salon: Salon) -> None:
    desk = _user(salon, "front_desk")
    limit_to(desk, salon.branches["pankow"])
    _task(salon, ref="callback:1")
    _task(salon, branch=None, ref="callback:2")
    assert _notices(desk) == []
    _task(salon, branch="pankow", ref="callback:3")
    assert len(_notices(desk)) == 1


def test_staff_with_a_calendar_hear_of_their_own_bookings_only(salon: Salon) -> None:
    anna, helper = _user(salon, "staff", "anna"), _user(salon, "staff", "helper")
    with company_scope(salon.company_id), transaction():
        session_db.session.get_one(StaffMember, salon.people["anna"]).user_id = anna.id
    own = _book(salon, "cut:anna")
    _book(salon, "cut:ben")
    assert [row.subject for row in _notices(anna)] == [f"booking:{own}"]
    assert _notices(helper) == []


def test_staff_without_a_calendar_hear_of_all_where_the_company_shows_them_all(salon: Salon) -> None:
    helper = _user(salon, "staff", "helper")
    with transaction():
        session_db.session.get_one(Company, salon.company_id).staff_see_all_bookings = True
    _book(salon, "cut:anna")
    _book(salon, "cut:ben")
    assert len(_notices(helper)) == 2


def test_who_did_it_is_not_told(salon: Salon) -> None:
    owner, desk = _user(salon), _user(salon, "front_desk")
    with structlog.contextvars.bound_contextvars(user=desk.id):
        _book(salon)
    assert (len(_notices(owner)), _notices(desk)) == (1, [])


def test_blocked_people_and_readers_get_nothing(salon: Salon) -> None:
    blocked, reader = _user(salon, "manager", is_active=False), _user(salon, "read_only")
    _book(salon)
    assert _notices(blocked) + _notices(reader) == []


def test_own_choice_goes_before_the_role(salon: Salon) -> None:
    owner, reader = _user(salon), _user(salon, "read_only")
    with company_scope(salon.company_id), transaction():
        save_settings(owner, {"task": ["bell"]}, digest_hour=None)
        save_settings(reader, {"booking_made": ["bell"], "connection_problem": ["bell"]}, digest_hour=None)
    _book(salon)
    _task(salon)
    assert [row.kind for row in _notices(owner)] == ["task"]
    assert [row.kind for row in _notices(reader)] == ["booking_made"]


@pytest.mark.parametrize(
    ("task_kind", "ref", "kind"),
    [
        ("emergency", "emergency:1", "emergency"), ("message", "message:1", "customer_message"), ("callback", "callback:1", "task"),
        ("check_booking", "calendar:1:2", "calendar_problem"), ("check_booking", "booking:1", "task"), ("mismatch", "truth:1", "task"),
    ],
)  # fmt: skip
def test_tasks_are_noticed_by_their_kind(salon: Salon, task_kind: str, ref: str, kind: str) -> None:
    owner = _user(salon)
    _task(salon, task_kind, ref=ref)
    assert [row.kind for row in _notices(owner)] == [kind]


def test_another_message_about_an_open_task_is_noticed_once(salon: Salon) -> None:
    owner = _user(salon)
    _task(salon, "message", ref="message:1")
    with unscoped():
        task_id = session_db.session.scalars(select(StaffTask.id)).one()
    for message_id in ("m2", "m2", "m3"):
        with company_scope(salon.company_id), transaction():
            publish(TaskMessageAdded(salon.company_id, task_id, message_id))
    assert [(row.kind, row.subject) for row in _notices(owner)] == [("customer_message", f"task:{task_id}")] * 3


def test_sick_leave_is_noticed_and_a_holiday_is_not(salon: Salon) -> None:
    owner = _user(salon)
    for kind in ("vacation", "sick"):
        with company_scope(salon.company_id), transaction():
            times = {"starts": at("2026-05-04T00:00").replace(tzinfo=None), "ends": at("2026-05-06T00:00").replace(tzinfo=None)}
            add_closure(None, salon.people["anna"], kind=kind, **times)
    assert [row.kind for row in _notices(owner)] == ["sick_leave"]


def test_what_concerns_two_branches_stands_in_the_list_of_those_limited_to_either(salon: Salon) -> None:
    people = [_user(salon, "manager", branch) for branch in salon.branches]
    with unscoped():
        for person, branch_id in zip(people, salon.branches.values(), strict=True):
            limit_to(person, branch_id)
    with company_scope(salon.company_id), transaction():
        times = {"starts": at("2026-05-04T00:00").replace(tzinfo=None), "ends": at("2026-05-06T00:00").replace(tzinfo=None)}
        add_closure(None, salon.people["anna"], kind="sick", **times)
    with company_scope(salon.company_id):
        assert [len(list_notices(person, limit=5)) for person in people] == [1, 1]


def test_refused_keys_are_noticed_once_until_they_work_again(salon: Salon) -> None:
    owner, desk = _user(salon), _user(salon, "front_desk")
    with company_scope(salon.company_id), transaction():
        connection = Connection(provider="calcom", api_key="k")
        session_db.session.add(connection)
    for state in ("refused", "refused", "ok"):
        with company_scope(salon.company_id), transaction():
            complete_test(connection.id, None, ConnectionTestResult(state, "unauthorized" if state == "refused" else None))
    assert [row.kind for row in _notices(owner)] == ["connection_problem"]
    assert _notices(desk) == []


@pytest.mark.parametrize(("reason", "is_told"), [("unreachable", True), ("undelivered", True), ("no_way", False), ("opted_out", False)])
def test_a_message_that_does_not_arrive_is_noticed_once(salon: Salon, reason: str, is_told: bool) -> None:
    desk, booking_id = _user(salon, "front_desk"), _book(salon)
    with company_scope(salon.company_id), transaction():
        row = Notification(
            kind="booking_link", subject=f"booking:{booking_id}", idempotency_key="x", channel="sms", recipient="+491713920050",
            status="dead", reason=reason, due_at=now(), expires_at=at("2026-05-12T10:00"), finished_at=now(),
        )  # fmt: skip
        session_db.session.add(row)
    for _time in range(2):
        with company_scope(salon.company_id), transaction():
            publish(NotificationFailed(salon.company_id, row.id))
    told = [(notice.kind, notice.subject) for notice in _notices(desk) if notice.kind == "message_failed"]
    assert told == [("message_failed", f"booking:{booking_id}")] * is_told


def test_what_the_carrier_could_not_deliver_and_goes_no_other_way_is_noticed(salon: Salon) -> None:
    desk, booking_id = _user(salon, "front_desk"), _book(salon)
    with company_scope(salon.company_id), transaction():
        row = Notification(
            kind="booking_reminder", subject=f"booking:{booking_id}", idempotency_key="x", channel="sms", recipient="+491713920050",
            status="dead", reason="undelivered", due_at=now(), expires_at=at("2026-05-12T10:00"), finished_at=now(),
        )  # fmt: skip
        session_db.session.add(row)
        session_db.session.flush()
        publish(NotificationUndelivered(salon.company_id, row.id))
    assert "message_failed" in [notice.kind for notice in _notices(desk)]


def test_nobody_is_told_of_what_has_begun(salon: Salon) -> None:
    owner, booking_id = _user(salon), _book(salon)
    with time_machine.travel(at("2026-05-12T10:05")), company_scope(salon.company_id), transaction():
        publish(BookingCreated(salon.company_id, salon.branches["mitte"], booking_id))
        assert now() > at("2026-05-12T10:00")
    assert len(_notices(owner)) == 1


def test_the_words_name_the_appointment_and_the_neutral_ones_no_person(app: Flask, salon: Salon, say: Callable[..., Any]) -> None:
    owner = _user(salon)
    _book(salon)
    text = say(_notices(owner))
    assert text.title == "Neuer Termin"
    assert text.details == "Ohne Namen, Haarschnitt, Di. 12. Mai um 10:00, Berlin-Mitte"
    assert text.neutral == "Di. 12. Mai um 10:00, Berlin-Mitte"


def test_a_subject_that_is_gone_leaves_the_title(app: Flask, salon: Salon, say: Callable[..., Any]) -> None:
    notice = StaffNotice(company_id=salon.company_id, kind="task", subject="task:x", subject_count=1)
    text = say([notice])
    assert (text.title, text.details, text.neutral) == ("Neue Aufgabe", "", "Salon Lindgren")


def test_every_kind_has_its_words(salon: Salon, say: Callable[..., Any]) -> None:
    titles = {kind: say([StaffNotice(company_id=salon.company_id, kind=kind, subject="task:x", subject_count=1)]).title for kind in KINDS}
    assert len(set(titles.values())) == len(KINDS) == len(NOTICE_KINDS)
    assert NOTICE_KINDS.keys() == KINDS.keys()


def test_people_choose_only_among_what_they_may_see(salon: Salon) -> None:
    assert {kind.name for kind in list_kinds(_user(salon, "front_desk"))} == KINDS.keys() - {"connection_problem"}
    assert {kind.name for kind in list_kinds(_user(salon, "owner"))} == KINDS.keys()


@pytest.fixture
def say(app: Flask, db: SQLAlchemy) -> Callable[..., Any]:
    def write(notices: list[StaffNotice]) -> Any:
        with app.test_request_context(), company_scope(notices[0].company_id), force_locale("de"):
            return NoticeTexts(notices).write(notices[0])

    return write
