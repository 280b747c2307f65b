"""A number that answers how a visit was is kept; one that answers a reminder, an offer or our own question is not taken for it."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.clock import now
from app.core.transactions import run_in_transaction, transaction
from app.domain.customers.contacts import find_or_create
from app.domain.marketing.message_plans import plan_messages
from app.domain.marketing.rules import MarketingRules, save_marketing_rules
from app.domain.notifications.marketing_consents import give_consent, write_wording
from app.domain.notifications.message_policies import ReminderRule, save_message_rules
from app.domain.replies.ratings import Rating, read_rating
from app.jobs.notifications import send_notification
from app.models import Company, Notification, SatisfactionQuestion
from tests.domain.replies.conftest import Correspondence
from tests.doubles.messaging import TwilioDouble
from tests.factories.salon import at
from tests.support.tables import each_row
from tests.support.twilio_sms import LINE, MIRA

RATINGS = [
    ("5", 5, ""), (" 3 ", 3, ""), ("1.", 1, ""), ("4!", 4, ""), ("5/5", 5, ""), ("4 von 5", 4, ""), ("3 Sterne", 3, ""),
    ("2 Punkte", 2, ""),    ("Note 2", 2, ""), ("fünf", 5, ""), ("Vier", 4, ""), ("one", 1, ""), ("⭐⭐⭐⭐", 4, ""),
    ("5 super, danke!", 5, "super, danke!"),
    ("2, es war sehr laut", 2, "es war sehr laut"), ("1 - nie wieder", 1, "nie wieder"), ("4\nSehr nett", 4, "Sehr nett"),
    ("5 👍", 5, "👍"),
]  # fmt: skip
NO_RATINGS = [
    "0", "6", "10", "45", "5 Uhr", "1. Mai geht nicht", "2 Wochen später", "4 oder 5", "3:30", "5.30", "1 Termin absagen bitte",
    "super", "ja",    "5 Minuten später da", "Kann ich am 2. kommen?", "3 wäre besser am Montag", "5? Was heißt das?", "+4917", "STOP", "",
]  # fmt: skip


@each_row("text, score, comment", RATINGS)
def test_score_is_read_with_its_words(text: str, score: int, comment: str) -> None:
    assert read_rating(text) == Rating(score, comment)


@each_row("text", NO_RATINGS)
def test_number_about_something_else_is_no_score(text: str) -> None:
    assert read_rating(text) is None


@pytest.fixture(autouse=True)
def number(app: Flask, twilio: TwilioDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our messages leave from a number, so they can be answered."""
    monkeypatch.setattr(app.config["SETTINGS"], "twilio_sender", LINE)


@pytest.fixture
def visited(texts: Correspondence) -> Correspondence:
    """Mira came on Tuesday at ten and was asked by text message how it was."""
    ask(texts)
    return texts


def ask(texts: Correspondence, starts: str = "2026-05-12T10:00", **more: Any) -> str:
    """A visit, and the question after it; gives the booking."""
    with transaction():
        save_marketing_rules(MarketingRules(satisfaction_hours=2))
        customer = find_or_create("Mira Sommer", number=MIRA)
        wording = write_wording("sms", MIRA, texts.db.session.get_one(Company, texts.salon.company_id))
        give_consent(customer, "sms", MIRA, wording=wording, source="desk", obtained="im Salon")
    booking_id = texts.book(starts, **more)
    texts.clock.move_to(texts.find(booking_id).ends_at + timedelta(hours=2, minutes=1))
    run_in_transaction(lambda: plan_messages(texts.salon.company_id))
    texts.deliver()
    (question,) = texts.list_sent()
    assert "Antworten Sie mit einer Zahl von 1 (schlecht) bis 5 (sehr gut)." in question
    return booking_id


def answers(texts: Correspondence) -> list[tuple[int | None, str | None]]:
    texts.db.session.rollback()
    rows = select(SatisfactionQuestion).order_by(SatisfactionQuestion.id).execution_options(populate_existing=True)
    return [(row.score, row.comment) for row in texts.db.session.scalars(rows)]


def remind(texts: Correspondence, starts: str) -> str:
    """An appointment ahead of which a reminder has gone out just now."""
    run_in_transaction(lambda: save_message_rules({"reminders": (ReminderRule(1440, "sms"),)}))
    booking_id = texts.book(starts)
    texts.clock.move_to(at(starts) - timedelta(hours=24) + timedelta(minutes=1))
    texts.db.session.rollback()
    due = select(Notification.id).where(Notification.status == "pending", Notification.due_at <= now())
    for row_id in texts.db.session.scalars(due).all():
        send_notification(row_id)
    assert any("Ihr Termin steht an" in text for text in texts.list_sent())
    return booking_id


@pytest.mark.parametrize("score", [3, 4, 5])
def test_score_is_kept_and_thanked_for(visited: Correspondence, score: int) -> None:
    assert visited.write(f"{score}, danke!") == ["Salon Lindgren: Danke für Ihre Antwort."]
    assert answers(visited) == [(score, "danke!")]
    assert (visited.last().result, visited.list_tasks()) == ("rated", [])
    (question,) = visited.db.session.scalars(select(SatisfactionQuestion)).all()
    assert (visited.last().booking_id, visited.last().notification_id) == (question.booking_id, question.notification_id)
    assert visited.db.session.get_one(Notification, question.notification_id).answered_at is not None


@pytest.mark.parametrize("score", [1, 2])
def test_bad_score_becomes_a_task_of_the_branch(visited: Correspondence, score: int) -> None:
    (answer,) = visited.write(f"{score} es war laut")
    assert "Unser Team liest sie" in answer
    (task,) = visited.list_tasks()
    assert (task.kind, task.title) == ("dissatisfied", f"Unzufrieden: Mira Sommer, {score} von 5")
    assert task.details == "Besuch am Di. 12. Mai\nes war laut"
    assert (task.branch_id, task.due_at is not None) == (visited.salon.branches["mitte"], True)


def test_one_after_a_visit_confirms_no_appointment_of_next_week(visited: Correspondence) -> None:
    """The appointment was confirmed before the visit, and no message speaks of it."""
    ahead = visited.book("2026-05-19T10:00")
    visited.clock.shift(timedelta(minutes=1))
    visited.write("4")
    assert answers(visited) == [(4, None)] and visited.find(ahead).customer_confirmed_at is None


def test_one_with_a_reminder_open_is_asked_about_and_each_choice_does_its_own(visited: Correspondence) -> None:
    ahead = remind(visited, "2026-05-15T10:00")
    (question,) = visited.write("1")
    assert question == (
        "Salon Lindgren: Was ist gemeint? 1 = wie Ihr Besuch am Di. 12. Mai war, 2 = Ihr Termin Haarschnitt Fr. 15. Mai um 10:00."
        " Bitte antworten Sie mit der Nummer."
    )
    assert answers(visited) == [(None, None)] and visited.find(ahead).customer_confirmed_at is None
    assert "freuen uns auf Sie" in visited.write("2")[0]
    assert answers(visited) == [(None, None)] and visited.find(ahead).customer_confirmed_at is not None
    assert "Was ist gemeint" in visited.write("1")[0], "the reminder came later, and may be answered otherwise"


def test_first_choice_rates_the_visit(visited: Correspondence) -> None:
    ahead = remind(visited, "2026-05-15T10:00")
    visited.write("2")
    assert "offene Antwort" in visited.write("1")[0]
    assert answers(visited) == [(2, None)]
    assert visited.find(ahead).customer_confirmed_at is None and visited.find(ahead).starts_at == at("2026-05-15T10:00")


def test_number_that_no_reminder_asks_for_needs_no_question(visited: Correspondence) -> None:
    remind(visited, "2026-05-15T10:00")
    assert visited.write("4") == ["Salon Lindgren: Danke für Ihre Antwort."]
    assert answers(visited) == [(4, None)]


def test_words_beside_the_number_make_it_clear(visited: Correspondence) -> None:
    remind(visited, "2026-05-15T10:00")
    visited.write("1 Stern, die Farbe ist fleckig")
    assert answers(visited) == [(1, "die Farbe ist fleckig")]


def test_yes_to_a_reminder_is_no_answer_to_the_question(visited: Correspondence) -> None:
    ahead = remind(visited, "2026-05-15T10:00")
    assert "freuen uns auf Sie" in visited.write("Ja")[0]
    assert answers(visited) == [(None, None)] and visited.find(ahead).customer_confirmed_at is not None


def test_our_own_question_that_came_later_is_answered_first(visited: Correspondence) -> None:
    """Two of the offered times, not 2 of 5."""
    ahead = visited.book("2026-05-19T10:00")
    visited.clock.shift(timedelta(minutes=1))
    (offer,) = visited.write("Ich möchte verschieben")
    assert "1 = " in offer and "2 = " in offer
    assert "verschoben" in visited.write("2")[0]
    assert visited.find(ahead).starts_at != at("2026-05-19T10:00") and answers(visited) == [(None, None)]
    visited.write("5")
    assert answers(visited) == [(5, None)]


def test_number_that_fits_an_older_question_of_ours_as_well_is_asked_about(texts: Correspondence) -> None:
    ahead = texts.book("2026-05-19T10:00")
    texts.clock.move_to(at("2026-05-12T11:00"))
    assert "1 = " in texts.write("Ich möchte verschieben")[0]
    ask(texts, "2026-05-12T11:30")
    (question,) = texts.write("1")
    assert "Was ist gemeint? 1 = wie Ihr Besuch am Di. 12. Mai war, 2 = Ihr Termin Haarschnitt" in question
    texts.write("1")
    assert answers(texts) == [(1, None)] and texts.find(ahead).starts_at == at("2026-05-19T10:00")


def test_score_beyond_the_offered_times_is_no_time(texts: Correspondence) -> None:
    texts.book("2026-05-19T10:00")
    texts.clock.move_to(at("2026-05-12T11:00"))
    texts.write("Ich möchte verschieben")
    ask(texts, "2026-05-12T11:30")
    assert texts.write("5") == ["Salon Lindgren: Danke für Ihre Antwort."]


def test_unclear_words_are_asked_again_and_confirm_nothing(visited: Correspondence) -> None:
    for text in ("super", "Ja", "7"):
        outcome = visited.write(text)
        if text != "7":
            assert outcome == ["Salon Lindgren: Wie war es? Bitte antworten Sie mit einer Zahl von 1 (schlecht) bis 5 (sehr gut)."]
    assert visited.last().result == "handed_over", "people read it after the second time"
    assert answers(visited) == [(None, None)]


def test_thanks_needs_no_answer(visited: Correspondence) -> None:
    assert visited.write("Danke!") == []
    assert answers(visited) == [(None, None)]


def test_question_and_wish_go_the_usual_way(visited: Correspondence) -> None:
    visited.write("Wann habt ihr offen?")
    assert visited.last().result == "handed_over" and answers(visited) == [(None, None)]


def test_answer_of_another_number_is_none(visited: Correspondence) -> None:
    visited.write("5", number="+491713920099")
    assert answers(visited) == [(None, None)]


def test_after_three_days_a_number_is_about_nothing(visited: Correspondence) -> None:
    visited.clock.shift(timedelta(days=3, minutes=1))
    visited.write("5")
    assert answers(visited) == [(None, None)] and visited.last().result != "rated"


def test_latest_of_two_questions_gets_the_answer(visited: Correspondence) -> None:
    visited.clock.shift(timedelta(days=31))
    ask(visited, "2026-06-16T10:00")
    visited.write("5")
    assert answers(visited) == [(None, None), (5, None)]
