"""What comes of an answer, from the signed webhook to the message that goes back."""

import random
import re
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.core.transactions import run_in_transaction, transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.notifications.suppressions import find_suppressed, suppress
from app.jobs.replies import answer_message
from app.models import Customer, InboundMessage, Notification, Policy, StaffTask
from tests.domain.replies.conftest import Correspondence
from tests.factories.salon import DESK, at
from tests.support.twilio_sms import MIRA, post_message

ROWS = [
    tuple(part.strip() for part in line.split("|"))
    for line in Path(__file__).with_name("replies.txt").read_text().splitlines()
    if line.strip() and not line.startswith("#")
]
NUMBERS = count(1)
PLAIN_YES = re.compile(
    r"\W*(?:(?:ja+|jo|yes|yep|please|pls|bitte|leider|danke\w*|thanks|muss|ich|den|termin|my|appointment|it|storno|stornieren|absa?ge?n?"
    r"|cancel|cancle)\W*)+",
    re.I,
)
# each is a test of its own, for one that takes minutes is stopped
PARTS = 8


def _rows(*situations: str) -> list[tuple[str, ...]]:
    return [row for row in ROWS if row[0] in situations]


def _prepare(texts: Correspondence, situation: str) -> tuple[str, list[str]]:
    """Somebody new in this situation: the number, and the appointments."""
    number = f"+4917139{next(NUMBERS):05}"
    person = {"number": number, "language": "en" if situation == "en" else "de"}
    if situation == "none":
        return number, []
    ids = [texts.book("2026-05-12T10:00", name="Mira Sommer", **person)]
    if situation in ("two", "which"):
        ids.append(texts.book("2026-05-13T15:00", name="Mira Sommer", **person))
    if situation == "family":
        ids.append(texts.book("2026-05-13T15:00", name="Tom Sommer", **person))
    if situation in ("cancel", "offer", "which"):
        assert len(texts.write({"cancel": "absagen", "offer": "verschieben", "which": "ja"}[situation], number=number)) == 1
    return number, ids


def _clear(texts: Correspondence, ids: list[str]) -> None:
    for booking_id in ids:
        run_in_transaction(lambda: cancel_booking(booking_id, DESK, notify=False))  # noqa: B023 (run at once)


def _check(texts: Correspondence, number: str, ids: list[str], text: str, expected: str) -> None:
    before = {id_: (texts.find(id_).starts_at, texts.find(id_).status) for id_ in ids}
    answers = texts.write(text, number=number)
    assert texts.last().result == expected, texts.last().intent
    after = [texts.find(id_) for id_ in ids]
    assert any(row.status == "cancelled" for row in after) is (expected == "cancelled")
    assert any(row.starts_at != before[row.id][0] for row in after) is (expected == "moved")
    assert any(row.customer_confirmed_at for row in after) is (expected == "confirmed")
    assert len(answers) == (0 if expected in ("silent", "stopped") else 1), answers
    tasks = texts.db.session.scalars(select(StaffTask).where(StaffTask.kind == "message", StaffTask.status == "open")).all()
    assert bool(tasks) is (expected == "handed_over")
    with transaction():
        texts.db.session.execute(update(StaffTask).values(status="done"))


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("part", range(PARTS))
def test_what_people_write_and_what_comes_of_it(texts: Correspondence, part: int, subtests: pytest.Subtests) -> None:
    for situation, text, expected in [row for row in ROWS if row[0] != "late"][part::PARTS]:
        with subtests.test(situation=situation, text=text):
            number, ids = _prepare(texts, situation)
            try:
                _check(texts, number, ids, text, expected)
            finally:
                _clear(texts, ids)


def test_after_the_appointment_only_people_answer(texts: Correspondence, subtests: pytest.Subtests) -> None:
    texts.clock.move_to(at("2026-05-11T12:00"))
    people = [_prepare(texts, "none")[0] for _row in _rows("late")]
    ids = {number: texts.book(f"2026-05-12T{10 + place}:00", number=number) for place, number in enumerate(people)}
    texts.clock.move_to(at("2026-05-12T16:30"))
    for (_situation, text, expected), (number, booking_id) in zip(_rows("late"), ids.items(), strict=True):
        with subtests.test(text=text):
            _check(texts, number, [booking_id], text, expected)


def test_the_table_has_both_languages_and_every_situation() -> None:
    assert len(ROWS) >= 60
    assert {row[0] for row in ROWS} == {"one", "en", "two", "family", "cancel", "offer", "which", "late", "none"}


def test_the_words_of_a_whole_conversation(texts: Correspondence) -> None:
    booking_id = texts.book()
    (offered,) = texts.write("2")
    assert offered == (
        "Salon Lindgren: Statt Di. 12. Mai um 10:00 ist frei: 1 = Mo. 11. Mai um 10:00, 2 = Di. 12. Mai um 09:00, 3 = Mi. 13. Mai um 10:00."
        " Antworten Sie mit der Nummer, oder schreiben Sie uns Tag und Uhrzeit."
    )
    assert texts.write("3") == ["Salon Lindgren: Ihr Termin ist verschoben, neu: Mi. 13. Mai um 10:00."]
    assert texts.find(booking_id).starts_at == at("2026-05-13T10:00")
    assert texts.write("absagen") == [
        "Salon Lindgren: Haarschnitt am Mi. 13. Mai um 10:00 wirklich absagen? Antworten Sie mit JA. Sonst bleibt der Termin."
    ]
    assert texts.write("JA") == ["Salon Lindgren: Ihr Termin am Mi. 13. Mai um 10:00 ist abgesagt."]
    assert texts.find(booking_id).status == "cancelled"
    history = [(change.actor_type, change.channel) for change in texts.list_changes(booking_id)]
    assert history[-2:] == [("caller", "sms"), ("caller", "sms")]


def test_in_english_to_who_reads_it(texts: Correspondence) -> None:
    texts.book(language="en")
    assert texts.write("cancel") == [
        "Salon Lindgren: Really cancel Haarschnitt on Tue 12 May at 10:00? Reply YES. Otherwise it stays booked."
    ]
    assert texts.write("no") == ["Salon Lindgren: All right, your appointment on Tue 12 May at 10:00 stays as it is."]


def test_a_wish_is_read_and_a_taken_time_is_told(texts: Correspondence) -> None:
    booking_id = texts.book()
    (offered,) = texts.write("Geht auch Freitag, 15. Mai um 14 Uhr?")
    assert "= Fr. 15. Mai um 14:00" in offered and offered.count(" Fr. 15. Mai") == 3
    number = next(part[-1] for part in offered.split(" = Fr. 15. Mai um 14:00")[:1])
    run_in_transaction(lambda: create_booking(texts.salon.request("cut:anna", starts="2026-05-15T14:00")))
    (again,) = texts.write(number)
    assert again.startswith("Salon Lindgren: Diese Zeit ist gerade vergeben worden. Frei ist noch: 1 = ")
    assert "um 14:00" not in again.replace("Di. 12. Mai um 14:00", "")
    assert texts.find(booking_id).starts_at == at("2026-05-12T10:00")
    texts.write("1")
    assert texts.last().result == "moved"


def test_what_was_offered_is_not_offered_again(texts: Correspondence) -> None:
    texts.book()
    first, second = texts.write("verschieben")[0], texts.write("keine davon")[0]
    times = [part.split(",")[0].split(". Antw")[0] for part in (first + second).split(" = ")[1:]]
    assert len(set(times)) == 6


def test_the_deadline_and_the_fee_are_the_businesss_own(texts: Correspondence) -> None:
    with transaction():
        texts.db.session.add(Policy(scope="company", cancel_minutes=120, move_minutes=2880, fee_cents=2500, fee_within_minutes=1440))
    booking_id = texts.book()
    texts.clock.move_to(at("2026-05-11T12:00"))
    assert texts.write("verschieben") == [
        "Salon Lindgren: Verschieben konnten Sie hier nur bis So. 10. Mai um 10:00. Ihre Nachricht liegt bei unserem Team, wir melden uns."
    ]
    assert "Das kostet jetzt 25,00 Euro." in texts.write("absagen")[0]
    assert texts.write("ja") == ["Salon Lindgren: Ihr Termin am Di. 12. Mai um 10:00 ist abgesagt. Dafür fallen 25,00 Euro an."]
    assert texts.find(booking_id).status == "cancelled"
    second = texts.book("2026-05-12T15:00")
    texts.clock.move_to(at("2026-05-12T13:30"))
    assert "Absagen konnten Sie hier nur bis Di. 12. Mai um 13:00." in texts.write("absagen")[0]
    assert texts.find(second).status == "confirmed"
    assert [task.kind for task in texts.list_tasks()] == ["message"]


def test_the_fee_is_written_as_the_language_writes_money(texts: Correspondence) -> None:
    with transaction():
        texts.db.session.add(Policy(scope="company", cancel_minutes=120, fee_cents=2550, fee_within_minutes=1440))
    texts.book(language="en")
    texts.clock.move_to(at("2026-05-11T12:00"))
    assert " 25.50 " in texts.write("cancel please")[0]


def test_a_yes_that_comes_after_the_deadline_cancels_nothing(texts: Correspondence) -> None:
    with transaction():
        texts.db.session.add(Policy(scope="company", cancel_minutes=120))
    booking_id = texts.book()
    texts.clock.move_to(at("2026-05-12T07:55"))
    texts.write("absagen")
    texts.clock.move_to(at("2026-05-12T08:05"))
    assert "Absagen konnten Sie hier nur bis" in texts.write("JA")[0]
    assert texts.find(booking_id).status == "confirmed"


def test_a_yes_is_for_the_appointment_as_it_was_asked_about(texts: Correspondence) -> None:
    booking_id = texts.book()
    texts.write("absagen")
    run_in_transaction(lambda: reschedule_booking(booking_id, DESK, starts_at=at("2026-05-13T11:00"), notify=False))
    assert "Mi. 13. Mai um 11:00 wirklich absagen?" in texts.write("JA")[0]
    assert texts.find(booking_id).status == "confirmed"
    texts.write("JA")
    assert texts.find(booking_id).status == "cancelled"


def test_a_late_yes_to_the_question_is_asked_again_and_confirms_nothing(texts: Correspondence) -> None:
    booking_id = texts.book()
    texts.write("absagen")
    texts.clock.shift(25 * 3600)
    assert "wirklich absagen?" in texts.write("JA")[0]
    assert (texts.find(booking_id).status, texts.find(booking_id).customer_confirmed_at) == ("confirmed", None)


def test_what_is_not_understood_twice_goes_to_people(texts: Correspondence) -> None:
    booking_id = texts.book()
    texts.write("absagen")
    assert [texts.write(text) and texts.last().result for text in ("ok", "👍", "1")] == ["asks_again", "asks_again", "handed_over"]
    assert texts.find(booking_id).status == "confirmed"


def test_of_two_people_with_one_number_the_right_one_is_asked_for_by_name(texts: Correspondence) -> None:
    mira, tom = texts.book(), texts.book("2026-05-13T15:00", name="Tom Sommer")
    assert texts.write("absagen") == [
        "Salon Lindgren: Welcher Termin ist gemeint? 1 = Mira, Haarschnitt Di. 12. Mai um 10:00, 2 = Tom, Haarschnitt Mi. 13. Mai um 15:00."
        " Bitte antworten Sie mit der Nummer."
    ]
    assert "Haarschnitt am Mi. 13. Mai um 15:00 wirklich absagen?" in texts.write("Tom")[0]
    texts.write("ja")
    assert [texts.find(id_).status for id_ in (mira, tom)] == ["confirmed", "cancelled"]
    assert texts.last().customer_id == texts.find(tom).customer_id


def test_an_answer_to_one_message_is_about_that_one(texts: Correspondence) -> None:
    first = texts.book()
    texts.clock.shift(4 * 86400)
    second = texts.book("2026-05-13T15:00")
    texts.write("ja")
    assert [bool(texts.find(id_).customer_confirmed_at) for id_ in (first, second)] == [False, True]
    answered = texts.db.session.get_one(Notification, texts.last().notification_id)
    assert (answered.subject, answered.answered_at is not None, answered.answer) == (f"booking:{second}", True, "confirmed")
    texts.write("absagen")
    assert texts.db.session.get_one(Notification, answered.id, populate_existing=True).answer == "confirmed", "only asked about"
    texts.write("ja")
    assert texts.db.session.get_one(Notification, answered.id, populate_existing=True).answer == "cancelled"


def test_a_message_that_comes_twice_is_answered_once(texts: Correspondence) -> None:
    texts.book()
    texts.write("absagen", sid="SM_once")
    for _turn in range(3):
        assert texts.write("absagen", sid="SM_once") == []
    answer_message(texts.last().id)
    texts.deliver()
    assert texts.list_sent() == []
    assert texts.db.session.scalars(select(InboundMessage)).one().result == "asks_cancel"


def test_messages_of_one_number_are_answered_in_order(texts: Correspondence) -> None:
    booking_id = texts.book()
    for place, text in enumerate(("absagen", "JA", "danke")):
        post_message(texts.client, text, sid=f"SM{place}")
        texts.clock.shift(1)
    texts.store()
    waiting = texts.db.session.scalars(select(InboundMessage.id).order_by(InboundMessage.received_at.desc())).all()
    for message_id in waiting:
        answer_message(message_id)
    texts.db.session.rollback()
    assert texts.db.session.scalars(select(InboundMessage.result).order_by(InboundMessage.received_at)).all() == ["asks_cancel", None, None]
    texts.work()
    assert texts.find(booking_id).status == "cancelled"
    assert len(texts.list_sent()) == 2


def test_after_stop_nothing_is_answered_and_people_read_it(texts: Correspondence) -> None:
    booking_id = texts.book()
    assert texts.write("STOP") == []
    assert [texts.write(text) for text in ("absagen", "JA", "1")] == [[], [], []]
    assert texts.find(booking_id).status == "confirmed"
    (task,) = texts.list_tasks()
    assert (task.details or "").splitlines() == ["absagen", "JA", "1"]
    assert texts.write("START") == []
    assert len(texts.write("absagen")) == 1
    results = texts.db.session.scalars(select(InboundMessage.result).order_by(InboundMessage.received_at)).all()
    assert results == ["stopped", "handed_over", "handed_over", "handed_over", "started", "asks_cancel"]


@pytest.mark.parametrize(("text", "more", "suppressed"), [
    ("cancel", {}, False), ("CANCEL", {"OptOutType": "STOP"}, True), ("Stopp.", {}, True), ("end", {}, True), ("help", {}, False),
])  # fmt: skip
def test_the_carriers_words_go_first(texts: Correspondence, text: str, more: dict[str, str], suppressed: bool) -> None:
    texts.book()
    answers = texts.write(text, **more)
    assert bool(find_suppressed([MIRA])) is suppressed
    assert len(answers) == (1 if text == "cancel" else 0), "the carrier answers its own words itself"


def test_cancel_without_an_appointment_is_the_carriers_word(texts: Correspondence) -> None:
    with transaction():
        texts.db.session.add(Customer(name="Mira Sommer"))
    texts.write("hallo zusammen")
    assert texts.write("cancel") == []
    assert find_suppressed([MIRA])


def test_two_machines_do_not_talk_for_ever(texts: Correspondence) -> None:
    texts.book()
    answers = [texts.write("Ich bin im Urlaub und lese keine SMS.") for _turn in range(15)]
    assert [len(answer) for answer in answers] == [1] + [0] * 14
    answers = [texts.write("verschieben" if turn % 2 else "keine davon") for turn in range(30)]
    assert sum(map(len, answers)) <= 10
    assert len(texts.list_tasks()) == 1


def test_a_message_of_a_stranger_has_a_person_and_a_task(texts: Correspondence) -> None:
    assert texts.write("Haben Sie heute noch etwas frei?", number="+491713920066", NumMedia="1") != []
    (task,) = texts.list_tasks()
    assert (task.kind, task.title, task.branch_id) == ("message", "Nachricht: +49 171 3920066", texts.salon.branches["mitte"])
    assert task.details == "Haben Sie heute noch etwas frei? (mit Anhang, den wir nicht abrufen)"
    assert task.customer_id == texts.last().customer_id


def test_what_fails_is_tried_again_and_in_the_end_read_by_people(texts: Correspondence, monkeypatch: pytest.MonkeyPatch) -> None:
    texts.book()

    def fail(*_arguments: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("app.domain.replies.dialogue._handle", fail)
    for _turn in range(8):
        texts.write("1", sid="SM_poison")
        texts.clock.shift(1801)
    assert (texts.last().status, texts.last().result, texts.last().error) == ("dead", "handed_over", "RuntimeError")
    assert len(texts.list_tasks()) == 1


def test_where_sms_cannot_be_sent_people_read_it(texts: Correspondence, monkeypatch: pytest.MonkeyPatch) -> None:
    texts.book()
    with transaction():
        suppress("sms", MIRA, "unreachable")
    assert texts.write("absagen") == []
    assert len(texts.list_tasks()) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_written_only_a_plain_yes_to_the_question_cancels(texts: Correspondence, seed: int) -> None:
    """The oracle knows two things: what the business asked last, and which words are a yes without any doubt."""
    rng = random.Random(seed)
    words = [row[1] for row in ROWS if row[1]] + ["absagen", "nein", "ja", "JA!", "cancel", "danke"] * 6
    booking_id, asked = texts.book(), False
    for turn in range(40):
        texts.clock.shift(500)
        text = rng.choice(words) if rng.random() < 0.7 else " ".join(rng.sample(words, 2))
        texts.write(text)
        is_cancelled = texts.find(booking_id).status == "cancelled"
        assert not is_cancelled or (asked and PLAIN_YES.fullmatch(text)), (turn, text)
        result = texts.last().result
        asked = result == "asks_cancel" or (asked and result in ("asks_again", "silent", "handed_over"))
        if is_cancelled:
            booking_id, asked = texts.book(), False
