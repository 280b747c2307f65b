"""The daily summary: at the chosen hour of the branch's zone, once, whatever the clocks do, and only with something to tell."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.extensions import db as the_db
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.scheduling.hours_editor import add_closure
from app.domain.staff_notices import daily_digest
from app.domain.staff_notices.preferences import save_settings
from app.domain.tasks.lifecycle import create_task
from app.jobs.notifications import send_notification
from app.jobs.staff_notices import send_digest
from app.models import Branch, CallHour, Company, Notification, StaffDigest, StaffMember, User
from tests.doubles.messaging import MailDouble
from tests.factories.salon import BERLIN, CALLER, PRESENT, Salon, at, make_salon
from tests.support.users import limit_to, make_user

TUESDAY = "2026-05-12T07:02"


def _read(mail: EmailMessage) -> str:
    """The text of the mail, without its HTML."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.fixture
def mails(app: Flask) -> Iterator[MailDouble]:
    with MailDouble() as double:
        app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(
            update={"smtp_url": double.url, "mail_from": "AskProAI <team@askproai.example>"}
        )
        yield double


@pytest.fixture
def salon(db: SQLAlchemy, mails: MailDouble) -> Iterator[Salon]:
    with time_machine.travel(PRESENT, tick=False):
        yield make_salon()


def _user(salon: Salon, role: str = "owner", name: str = "", **values: Any) -> User:
    return make_user(the_db.session.get_one(Company, salon.company_id), role, email=f"{name or role}@salon-lindgren.example", **values)


def _book(salon: Salon, part: str = "cut:anna", **values: Any) -> str:
    with company_scope(salon.company_id):
        return run_in_transaction(lambda: create_booking(salon.request(part, **values)).id)


def _run(when: datetime | str) -> int:
    """What the clock and the workers do at this time of Berlin; gives how many summaries were due."""
    with time_machine.travel(at(when) if isinstance(when, str) else when, tick=False):
        the_db.session.rollback()
        with unscoped():
            due = daily_digest.list_due_digests(100)
        for digest in due:
            with company_scope(digest.company_id):
                send_digest(digest.user_id, digest.timezone, digest.day.isoformat())
        the_db.session.rollback()
        with unscoped():
            rows = list(the_db.session.execute(select(Notification.company_id, Notification.id).where(Notification.status == "pending")))
        for company_id, row_id in rows:
            with company_scope(company_id):
                send_notification(row_id)
    return len(due)


def _digests(mails: MailDouble) -> list[str]:
    return [_read(mail) for mail in mails.mails if "Überblick" in str(mail["Subject"])]


def _save(salon: Salon, user: User, hour: int | None, channels: dict[str, Any] | None = None) -> None:
    with company_scope(salon.company_id), transaction():
        save_settings(user, channels if channels is not None else {"booking_made": ["digest"], "task": ["digest"]}, digest_hour=hour)


def test_it_says_what_was_and_what_comes_and_names_nobody(salon: Salon, mails: MailDouble) -> None:
    _user(salon)
    with time_machine.travel(at("2026-05-11T11:00"), tick=False), company_scope(salon.company_id):
        first, second = _book(salon), _book(salon, "cut:ben", starts="2026-05-12T12:00")
        run_in_transaction(lambda: cancel_booking(second, CALLER))
        with transaction():
            branch_id = salon.branches["mitte"]
            create_task("callback", "Rückruf: Mira Sommer", source_ref="callback:1", branch_id=branch_id)
            day = datetime(2026, 5, 11).date()
            the_db.session.add_all(
                CallHour(branch_id=branch_id, day=day, hour=11, outcome=outcome, calls=calls, seconds=60)
                for outcome, calls in (("booked", 4), ("missed", 2), ("running", 1))
            )
            starts = datetime(2026, 5, 12)
            add_closure(None, salon.people["ben"], starts=starts, ends=starts + timedelta(days=1), kind="sick")
    assert first
    assert _run(TUESDAY) == 1
    [text] = _digests(mails)
    assert text.startswith(
        "Berlin-Mitte\n"
        "Gestern: 6 Anrufe, 2 davon verpasst, 2 neue Termine, 1 abgesagt\n"
        "Heute: 1 Termin um 10:00, 1 offene Aufgabe, 1 Person krankgemeldet\n\n"
        "Berlin-Pankow\nHeute: 1 Person krankgemeldet\n\n"
    )
    assert "Mira" not in text
    assert "Ben Lindgren" not in text
    [mail] = [mail for mail in mails.mails if "Überblick" in str(mail["Subject"])]
    assert mail["Subject"] == "Salon Lindgren: Ihr Überblick für Di. 12. Mai"
    assert mail["To"] == "owner@salon-lindgren.example"


def test_it_comes_once_a_day(salon: Salon, mails: MailDouble) -> None:
    _user(salon)
    _book(salon)
    assert [_run(f"2026-05-12T{clock}") for clock in ("06:58", "07:00", "07:05", "08:30", "19:00")] == [0, 1, 0, 0, 0]
    assert len(_digests(mails)) == 1


def test_a_second_job_for_the_same_day_sends_nothing(salon: Salon, mails: MailDouble) -> None:
    user = _user(salon)
    _book(salon)
    with time_machine.travel(at(TUESDAY), tick=False), company_scope(salon.company_id):
        for _copy in range(2):
            send_digest(user.id, "Europe/Berlin", "2026-05-12")
    the_db.session.rollback()
    with unscoped():
        assert len(list(the_db.session.scalars(select(Notification).where(Notification.kind == "staff_digest")))) == 1


def test_without_anything_to_tell_there_is_no_mail_even_if_something_comes_later(salon: Salon, mails: MailDouble) -> None:
    _user(salon)
    assert _run(TUESDAY) == 1
    with company_scope(salon.company_id), transaction():
        create_task("callback", "Rückruf", source_ref="callback:1", branch_id=salon.branches["mitte"])
    assert _run("2026-05-12T07:30") == 0
    assert _digests(mails) == []


def test_an_hour_that_was_missed_is_made_up_for_and_not_in_the_evening(salon: Salon, mails: MailDouble) -> None:
    _user(salon)
    _book(salon)
    assert _run("2026-05-12T10:00") == 0
    assert _run("2026-05-12T09:59") == 1


def test_the_hour_is_chosen_and_can_be_never(salon: Salon, mails: MailDouble) -> None:
    owner, desk = _user(salon), _user(salon, "front_desk")
    _book(salon)
    _save(salon, owner, None)
    _save(salon, desk, 17)
    assert (_run(TUESDAY), _run("2026-05-12T17:00")) == (0, 1)
    assert [mail["To"] for mail in mails.mails if "Überblick" in str(mail["Subject"])] == ["front_desk@salon-lindgren.example"]


def test_roles_below_a_manager_get_none_unasked(salon: Salon) -> None:
    for role in ("front_desk", "staff", "read_only"):
        _user(salon, role)
    _user(salon, "manager")
    assert _run(TUESDAY) == 1


def test_an_hour_that_the_clocks_leave_out_comes_with_the_next(salon: Salon, mails: MailDouble) -> None:
    """29 March 2026: after 01:59 comes 03:00."""
    owner = _user(salon)
    _save(salon, owner, 2)
    with time_machine.travel(at("2026-03-28T12:00"), tick=False):
        _book(salon, starts="2026-03-30T10:00")
    before, after = datetime(2026, 3, 29, 1, 59, tzinfo=BERLIN), datetime(2026, 3, 29, 3, 0, tzinfo=BERLIN)
    assert (_run(before), _run(after), _run(after + timedelta(minutes=5))) == (0, 1, 0)
    assert len(_digests(mails)) == 1


def test_an_hour_that_comes_twice_counts_once(salon: Salon, mails: MailDouble) -> None:
    """25 October 2026: 02:00 to 02:59 comes twice."""
    owner = _user(salon)
    _save(salon, owner, 2)
    with time_machine.travel(at("2026-10-24T12:00"), tick=False):
        _book(salon, starts="2026-10-26T10:00")
    first = datetime(2026, 10, 25, 2, 1, tzinfo=BERLIN)
    assert (_run(first), _run(first.replace(fold=1))) == (1, 0)
    assert len(_digests(mails)) == 1


def test_each_zone_has_its_own_morning(salon: Salon, mails: MailDouble) -> None:
    _user(salon)
    with company_scope(salon.company_id), transaction():
        the_db.session.get_one(Branch, salon.branches["pankow"]).timezone = "Europe/London"
        for name in salon.branches:
            create_task("callback", "Rückruf", source_ref=f"callback:{name}", branch_id=salon.branches[name])
    assert _run("2026-05-12T07:00") == 1
    assert _run("2026-05-12T07:30") == 0
    assert _run("2026-05-12T08:00") == 1
    assert ["Berlin-Pankow" in text for text in _digests(mails)] == [False, True]


def test_people_of_a_branch_read_of_theirs_and_staff_of_their_own(salon: Salon, mails: MailDouble) -> None:
    desk, anna = _user(salon, "front_desk"), _user(salon, "staff", "anna")
    limit_to(desk, salon.branches["pankow"])
    with company_scope(salon.company_id), transaction():
        the_db.session.get_one(StaffMember, salon.people["anna"]).user_id = anna.id
    for user in (desk, anna):
        _save(salon, user, 7)
    _book(salon, "cut:anna")
    _book(salon, "cut:ben")
    _run(TUESDAY)
    [text] = _digests(mails)
    assert text.startswith("Berlin-Mitte\nHeute: 1 Termin um 10:00\n")


def test_another_companys_day_is_no_part_of_it(salon: Salon, mails: MailDouble) -> None:
    _user(salon)
    _book(make_salon("salon-kruse"))
    _run(TUESDAY)
    assert _digests(mails) == []


def test_without_a_mail_server_nothing_is_queued_and_nothing_repeated(app: Flask, salon: Salon) -> None:
    _user(salon)
    _book(salon)
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"smtp_url": None})
    assert (_run(TUESDAY), _run("2026-05-12T07:30")) == (1, 0)
    with unscoped():
        assert list(the_db.session.scalars(select(Notification).where(Notification.kind == "staff_digest"))) == []
        assert len(list(the_db.session.scalars(select(StaffDigest)))) == 1


@pytest.mark.parametrize(
    ("hour", "made_up", "too_late"), [(23, "2026-05-13T01:30", "2026-05-13T02:00"), (22, "2026-05-13T00:30", "2026-05-13T01:00")]
)
def test_an_hour_of_the_evening_is_made_up_for_after_midnight(
    salon: Salon, mails: MailDouble, hour: int, made_up: str, too_late: str
) -> None:
    owner = _user(salon)
    _save(salon, owner, hour)
    _book(salon)
    assert (_run("2026-05-12T21:59"), _run(too_late)) == (0, 0)
    assert _run(made_up) == 1
    [text] = _digests(mails)
    assert "Heute: 1 Termin um 10:00" in text, "it is about the day for which it was planned"
    assert "12. Mai" in str(mails.mails[-1]["Subject"])
    assert (_run(made_up), len(_digests(mails))) == (0, 1)


def test_after_midnight_nothing_is_made_up_that_was_sent(salon: Salon, mails: MailDouble) -> None:
    owner = _user(salon)
    _save(salon, owner, 23)
    _book(salon)
    assert (_run("2026-05-12T23:00"), _run("2026-05-13T00:10")) == (1, 0)


def test_one_digest_loads_one_colleague(salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, loaded = _user(salon), []
    for number in range(3):
        _user(salon, "manager", f"m{number}")
    _book(salon)
    list_colleagues = daily_digest.list_colleagues

    def watch(*ids: Any) -> Any:
        loaded.append(list_colleagues(*ids))
        return loaded[-1]

    monkeypatch.setattr(daily_digest, "list_colleagues", watch)
    with time_machine.travel(at(TUESDAY), tick=False), company_scope(salon.company_id):
        send_digest(owner.id, "Europe/Berlin", "2026-05-12")
    assert [[person.user.id for person in people] for people in loaded] == [[owner.id]]
