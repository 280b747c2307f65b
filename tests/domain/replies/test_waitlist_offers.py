"""An offer of the waitlist is taken or declined by text message: booked once, told when gone, and asked about beside an appointment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction, transaction
from app.domain.bookings import waitlist
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.waitlist import join_waitlist
from app.domain.customers.contacts import find_or_create
from app.domain.notifications.message_policies import ReminderRule, save_message_rules
from app.domain.replies import offers
from app.jobs.notifications import send_notification
from app.models import Booking, Closure, InboundMessage, Notification, WaitlistEntry, WaitlistOffer
from tests.domain.replies.conftest import Correspondence
from tests.factories.salon import DESK, at
from tests.support.twilio_sms import LINE, MIRA, post_message

TEN = at("2026-05-12T10:00")
OTTO = "+491713920051"


def fill(texts: Correspondence) -> str:
    """Both people are taken on a morning; gives Anna's booking at ten."""
    with transaction():
        for person in ("anna", "ben"):
            for hour in (9, 10, 11):
                for half in ("00", "30"):
                    booking = create_booking(texts.salon.request(f"cut:{person}", starts=f"2026-05-12T{hour:02}:{half}"))
                    if (person, hour, half) == ("anna", 10, "00"):
                        wanted = booking.id
    return wanted


def wait(texts: Correspondence, name: str, number: str, **more: Any) -> str:
    window = {"window_from": at("2026-05-12T00:00"), "window_until": at("2026-05-12T12:00")} | more
    with transaction():
        customer = find_or_create(name, number=number)
        return join_waitlist(customer.id, texts.salon.services["cut"], **window).id  # type: ignore[arg-type]


def free(texts: Correspondence, booking_id: str) -> list[str]:
    """The slot is freed and offered; what goes out."""

    def work() -> None:
        booking = cancel_booking(booking_id, DESK)
        waitlist.offer_slot(booking.branch_id, booking.starts_at, booking.ends_at)

    run_in_transaction(work)
    texts.deliver()
    return texts.list_sent()


@pytest.fixture
def offered(texts: Correspondence) -> Correspondence:
    """Mira has an offer, Otto waits behind her."""
    wanted = fill(texts)
    wait(texts, "Mira Sommer", MIRA)
    texts.clock.shift(timedelta(seconds=1))
    wait(texts, "Otto Winter", OTTO)
    (text,) = free(texts, wanted)
    assert "frei geworden" in text
    return texts


def taken(texts: Correspondence) -> list[Booking]:
    texts.db.session.rollback()
    return list(texts.db.session.scalars(select(Booking).where(Booking.source_ref.startswith("waitlist:"))))


def statuses(texts: Correspondence) -> list[str]:
    texts.db.session.rollback()
    return list(texts.db.session.scalars(select(WaitlistOffer.status).order_by(WaitlistOffer.id)))


def test_yes_books_it_and_its_confirmation_is_the_answer(offered: Correspondence) -> None:
    (answer,) = offered.write("Ja gerne!")
    assert "Di. 12. Mai um 10:00" in answer and "ist gebucht" in answer and "/b/" in answer
    (booking,) = taken(offered)
    assert (booking.starts_at, booking.staff_id) == (TEN, offered.salon.people["anna"])
    assert offered.last().result == "offer_taken" and offered.last().booking_id == booking.id
    assert (offered.list_changes(booking.id)[0].actor_type, statuses(offered)) == ("caller", ["accepted"])
    sent = select(Notification).where(Notification.kind == "waitlist_offer")
    row = offered.db.session.scalars(sent).one()
    assert row.answered_at is not None and row.answer == "confirmed"
    assert "freuen uns" in offered.write("ja")[0] and len(taken(offered)) == 1


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1", "offer_taken"), ("yes", "offer_taken"), ("Ok, nehme ich", "offer_taken"), ("passt 👍", "offer_taken"),
        ("nein", "offer_declined"), ("2", "offer_declined"), ("Nein danke", "offer_declined"), ("no", "offer_declined"),
        ("passt leider nicht", "offer_declined"), ("kann leider nicht", "offer_declined"),
        ("Ist das bei Anna?", "handed_over"), ("Ja, aber lieber Donnerstag", "handed_over"), ("3", "handed_over"),
    ],
)  # fmt: skip
def test_what_people_write(offered: Correspondence, text: str, result: str) -> None:
    offered.write(text)
    assert offered.last().result == result
    assert len(taken(offered)) == (result == "offer_taken")


def test_no_gives_it_to_the_next(offered: Correspondence) -> None:
    answer, following = offered.write("Nein, passt leider nicht")
    assert "bleiben auf der Warteliste" in answer and "frei geworden" in following
    assert statuses(offered) == ["declined", "offered"] and offered.twilio.messages[-1]["to"] == OTTO
    assert "ist gebucht" in offered.write("ja", number=OTTO)[0]
    assert len(taken(offered)) == 1


def test_who_is_late_is_told_and_the_next_keeps_it(offered: Correspondence) -> None:
    offered.clock.shift(timedelta(minutes=31))
    assert "nicht mehr frei" in offered.write("ja")[0]
    assert offered.last().result == "offer_gone"
    run_in_transaction(waitlist.expire_offers)
    offered.deliver()
    assert "frei geworden" in offered.list_sent()[0]
    offered.write("ja, bitte!")
    assert taken(offered) == [], "it is Otto's now"
    assert "ist gebucht" in offered.write("ja", number=OTTO)[0]
    assert statuses(offered) == ["expired", "accepted"]


def test_the_same_message_twice_books_once(offered: Correspondence) -> None:
    for _again in range(3):
        post_message(offered.client, "ja", sid="SM1")
    offered.work()
    assert len(taken(offered)) == 1 and len(offered.db.session.scalars(select(InboundMessage)).all()) == 1


def test_one_who_was_not_asked_takes_nothing(offered: Correspondence) -> None:
    offered.write("ja", number=OTTO)
    offered.write("1", number="+491713920059")
    assert taken(offered) == [] and statuses(offered) == ["offered"]


def test_a_slot_that_the_engine_refuses_is_told(offered: Correspondence) -> None:
    """The branch has closed meanwhile: what decides is the engine."""
    with transaction():
        offered.db.session.add(
            Closure(
                branch_id=offered.salon.branches["mitte"],
                name="Inventur",
                local_start=datetime(2026, 5, 12),
                local_end=datetime(2026, 5, 13),
            )
        )
    assert "nicht mehr frei" in offered.write("ja")[0] and taken(offered) == []


def test_beside_a_reminder_it_is_asked_what_is_meant(texts: Correspondence) -> None:
    run_in_transaction(lambda: save_message_rules({"reminders": (ReminderRule(2160, "sms"),)}))
    own = texts.book("2026-05-13T15:00", name="Mira Sommer")
    wanted = fill(texts)
    wait(texts, "Mira Sommer", MIRA)
    texts.clock.move_to(at("2026-05-11T20:46"))
    reminder = select(Notification.id).where(
        Notification.kind == "booking_reminder", Notification.due_at <= now(), Notification.status == "pending"
    )
    for row_id in texts.db.session.scalars(reminder).all():
        send_notification(row_id)
    assert "steht an" in texts.list_sent()[-1]
    texts.clock.move_to(at("2026-05-12T08:30"))
    assert "frei geworden" in free(texts, wanted)[-1]
    (question,) = texts.write("ja")
    assert "1 = freier Platz Haarschnitt Di. 12. Mai um 10:00, 2 = Ihr Termin Haarschnitt Mi. 13. Mai um 15:00" in question
    assert taken(texts) == [] and texts.find(own).customer_confirmed_at is None
    assert texts.write("ja")[0].count("=") == 2
    assert "freuen uns" in texts.write("2")[0]
    assert texts.find(own).customer_confirmed_at is not None and taken(texts) == []
    assert "ist gebucht" in texts.write("ja")[0], "the reminder is answered: only the offer is left"
    assert len(taken(texts)) == 1


@pytest.mark.parametrize(("first", "reply"), [("absagen", "ja"), ("verschieben", "1"), ("absagen", "nein")])
def test_beside_an_open_question_nothing_is_cancelled_moved_or_taken_by_it(texts: Correspondence, first: str, reply: str) -> None:
    own = texts.book("2026-05-13T15:00", name="Mira Sommer")
    wanted = fill(texts)
    wait(texts, "Mira Sommer", MIRA)
    texts.write(first)
    free(texts, wanted)
    before = texts.find(own).starts_at
    (question,) = texts.write(reply)
    assert "Was ist gemeint?" in question
    booking = texts.find(own)
    assert (booking.status, booking.starts_at, taken(texts)) == ("confirmed", before, [])
    answer = texts.write("1")
    assert texts.find(own).status == "confirmed"
    assert len(taken(texts)) == (0 if reply == "nein" else 1), answer


def test_who_means_the_cancellation_is_asked_once_more(texts: Correspondence) -> None:
    own = texts.book("2026-05-13T15:00", name="Mira Sommer")
    wanted = fill(texts)
    wait(texts, "Mira Sommer", MIRA)
    texts.write("absagen")
    free(texts, wanted)
    texts.write("ja")
    assert "wirklich absagen?" in texts.write("2")[0] and texts.find(own).status == "confirmed"
    assert "Was ist gemeint?" in texts.write("ja")[0]
    assert statuses(texts) == ["offered"]


def test_words_about_an_appointment_are_about_that(offered: Correspondence) -> None:
    own = offered.book("2026-05-13T15:00", name="Mira Sommer")
    assert "wirklich absagen?" in offered.write("Ich muss den Termin absagen")[0]
    assert offered.find(own).status == "confirmed" and statuses(offered) == ["offered"]


def test_two_offers_are_asked_about(offered: Correspondence) -> None:
    with transaction():
        other = next(
            iter(
                offered.db.session.scalars(
                    select(Booking).where(Booking.starts_at == at("2026-05-12T11:00"), Booking.status == "confirmed")
                )
            )
        )
        other_id = other.id
        for entry in offered.db.session.scalars(select(WaitlistEntry).where(WaitlistEntry.status == "waiting")):
            entry.status = "withdrawn"
    with transaction():
        mira = find_or_create("Tom Sommer", number=MIRA)
        join_waitlist(mira.id, offered.salon.services["cut"], window_from=at("2026-05-12T00:00"), window_until=at("2026-05-12T12:00"))
    free(offered, other_id)
    (question,) = offered.write("ja")
    assert question.count("freier Platz") == 2
    assert "ist gebucht" in offered.write("2")[0]
    assert [booking.starts_at for booking in taken(offered)] == [TEN]


def test_the_offer_says_how_to_answer_where_we_can_be_answered(texts: Correspondence, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "twilio_sender", LINE)
    wanted = fill(texts)
    wait(texts, "Mira Sommer", MIRA)
    assert "Antworten Sie mit JA oder NEIN" in free(texts, wanted)[0]


@pytest.mark.parametrize("database_kind", ["mariadb"])
def test_link_and_message_at_once_book_once(app: Flask, offered: Correspondence, database_kind: str) -> None:
    offer_id = offered.db.session.scalars(select(WaitlistOffer.id)).one()
    offered.db.session.rollback()

    def work(number: int) -> str:
        with app.app_context(), company_scope(offered.salon.company_id):
            try:
                actor = offers.ACTOR if number % 2 else waitlist.LINK_ACTOR
                return run_in_transaction(lambda: waitlist.accept_offer(offer_id, actor=actor).id)
            finally:
                offered.db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(work, range(8)))) == 1
    assert len(taken(offered)) == 1
