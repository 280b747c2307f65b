"""Who says no leaves no word behind, here and at the provider; who says yes, or no to something else, keeps the transcript."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis as redis_library
import structlog
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select, update

from app.core.extensions import db as the_db
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction
from app.domain.agents import versions
from app.domain.inbox.processor import drain_batch
from app.domain.inbox.replay import replay
from app.domain.privacy import call_content_erasure
from app.jobs.outboxes import sweep_outbox
from app.jobs.provider_deletions import delete_call_at_provider
from app.jobs.truth_checks import check_due_calls
from app.models import Call, CallAiNotice, CallConsent, LiveEvent, PhoneNumber, ProviderDeletion, StaffTask, TruthCheck, Turn, WebhookEvent
from tests.doubles.retell import RetellDouble
from tests.factories.salon import Salon
from tests.support.agent_call import MONDAY, get_bookings, get_call, get_tool_calls, make_salon_with_numbers
from tests.support.consent_dialogues import ReplayedCall, load_consent_dialogues
from tests.support.retell_world import use_retell_double
from tests.support.traces import traces

HELLO = "Salon Lindgren, guten Tag. Ich bin eine KI, kein Mensch. Darf ich das Gespräch aufzeichnen und mitschreiben?"
NOTES = "Salon Lindgren, guten Tag. Ich bin eine KI, kein Mensch. Ich schreibe mit, solange Sie nichts dagegen haben."


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def salon(db: SQLAlchemy) -> Salon:
    return make_salon_with_numbers()


@pytest.fixture
def double(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[RetellDouble]:
    with RetellDouble() as retell:
        use_retell_double(app, retell, monkeypatch)
        yield retell


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[Any]:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as entries:
        yield lambda: caplog.text + repr(entries)


@pytest.fixture
def told(client: FlaskClient, salon: Salon) -> ReplayedCall:
    return ReplayedCall(client, "call_1")


def run_dry() -> None:
    """The worker has nothing left to do."""
    while drain_batch(50):
        pass
    check_due_calls()
    with unscoped():
        waiting = list(
            the_db.session.execute(select(ProviderDeletion.company_id, ProviderDeletion.id).where(ProviderDeletion.status == "pending"))
        )
    the_db.session.rollback()
    for company_id, deletion_id in waiting:
        with company_scope(company_id):
            delete_call_at_provider(deletion_id)


def turns_of(salon: Salon, call_id: str = "call_1") -> list[str]:
    the_db.session.rollback()
    with company_scope(salon.company_id):
        wanted = select(Turn.text).join(Call, Call.id == Turn.call_id).where(Call.provider_call_id == call_id)
        return list(the_db.session.scalars(wanted.order_by(Turn.position)))


def answers(salon: Salon) -> list[tuple[str, str, str, int | None]]:
    with company_scope(salon.company_id):
        rows = the_db.session.scalars(select(CallConsent).order_by(CallConsent.id))
        return [(row.kind, row.answer, row.source, row.turn) for row in rows]


def play(told: ReplayedCall, dialogue: dict[str, Any], place: int) -> list[str]:
    """A dialogue to its end, with the worker busy now and then in between; its marks."""
    marks = [turn["mark"] for turn in dialogue["turns"] if turn.get("mark")]
    first = marks[0]
    told.start()
    if place % 4 == 0:
        told.use("take_message", text=f"Bitte {first} ausrichten", name=f"Frau {first}")
    told.use("check_availability", service=f"Schnitt wie {first}", date="morgen")
    for number, turn in enumerate(dialogue["turns"]):
        told.say(turn["role"], turn["text"])
        if number == dialogue["declines_at"]:
            if place % 3 == 0:
                run_dry()
            told.use("set_consent", **dict.fromkeys(dialogue["what"], "no"))
            if place % 2 == 0:
                run_dry()
            told.use("request_callback", reason=f"wegen {marks[-1]}", name=f"Herr {marks[-1]}")
            told.use("answer_question", question=f"Was ist mit {marks[-1]}?")
    told.end(f"Es ging um {', '.join(marks)}.", anliegen="rückruf", name=marks[0], notiz=" ".join(marks))
    return marks


def _files(app: Flask) -> list[Path]:
    """All that is kept in files: the instance folder, and on SQLite the database with its log."""
    settings = app.config["SETTINGS"]
    found = [file for file in Path(settings.instance_path).rglob("*") if file.is_file()]
    if settings.database_uri.startswith("sqlite"):
        base = Path(the_db.engine.url.database or "")
        found += [file for file in base.parent.glob(f"{base.name}*") if file.is_file()]
    return found


def test_declining_callers_leave_not_one_byte(
    salon: Salon, client: FlaskClient, app: Flask, double: RetellDouble, redis: redis_library.Redis, log: Any
) -> None:
    dialogues = load_consent_dialogues()
    assert len(dialogues) >= 30
    marks: list[str] = []
    for place, dialogue in enumerate(dialogues):
        call = ReplayedCall(client, dialogue["id"])
        marks += play(call, dialogue, place)
        double.add_call(call.call(), call_status="ended", call_analysis={"call_summary": " ".join(marks)})
    run_dry()
    assert traces(marks, redis=redis, files=_files(app), log=log()) == []
    assert sorted(double.deleted) == sorted(dialogue["id"] for dialogue in dialogues)
    assert not [mark for mark in marks if mark in repr(double.calls)]


def test_what_is_sent_again_or_sent_through_again_brings_nothing_back(
    salon: Salon, told: ReplayedCall, double: RetellDouble, redis: redis_library.Redis, log: Any
) -> None:
    marks = play(told, load_consent_dialogues()[0], 0)
    run_dry()
    for raw in told.sent:
        told.send(raw)
    told.event("transcript_updated", later="a snapshot that nobody has seen yet")
    run_dry()
    run_in_transaction(lambda: replay(the_db.session.scalars(select(WebhookEvent.id)).all()))
    run_dry()
    assert traces(marks, redis=redis, log=log()) == []
    the_db.session.rollback()
    assert {event.status for event in the_db.session.scalars(select(WebhookEvent))} == {"handled"}
    call = get_call(salon)
    assert (call.status, call.summary, call.recording_url, call.keeps_words) == ("ended", None, None, False)


def after_the_fact(told: ReplayedCall) -> None:
    """A call that went its whole way and has left its words everywhere, before the provider tells of a no in it."""
    told.start()
    told.say("agent", NOTES)
    told.say("caller", "Ich hätte gern eine Wolkenwimpel.")
    told.use("check_availability", service="Wolkenwimpel", date="morgen")
    told.use("take_message", text="Es geht um die Wolkenwimpel.")
    told.say("agent", "Ich habe Ihren Termin für die Wolkenwimpel am Freitag um zehn Uhr eingetragen, Frau Wolkenwimpel.")
    told.end("Frau Wolkenwimpel wollte einen Termin.", name="Wolkenwimpel")
    run_dry()


PLACES_AND_TABLES = [
    ("_erase_summary", "calls.summary"), ("_erase_turns", "turns.text"), ("_erase_search", "call_search_texts.text"),
    ("_erase_tools", "tool_calls.arguments"), ("_erase_truth_check", "truth_checks.findings"), ("_erase_tasks", "tasks.details"),
    ("_erase_live_events", "live_events.data"), ("_erase_webhooks", "webhook_events.body"),
]  # fmt: skip


def test_a_no_that_is_told_afterwards_empties_every_place(
    salon: Salon, told: ReplayedCall, double: RetellDouble, redis: redis_library.Redis, log: Any
) -> None:
    after_the_fact(told)
    left = traces(["Wolkenwimpel", "wolkenwimpel"], redis=redis)
    assert {table for _place, table in PLACES_AND_TABLES} <= {trace.partition(":")[0] for trace in left}
    told.say("caller", "Ach, und bitte nicht mitschreiben.")
    run_dry()
    assert traces(["Wolkenwimpel", "wolkenwimpel"], redis=redis, log=log()) == []


@pytest.mark.parametrize(("place", "table"), PLACES_AND_TABLES)
def test_each_place_has_a_line_that_empties_it(
    salon: Salon,
    told: ReplayedCall,
    double: RetellDouble,
    redis: redis_library.Redis,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    table: str,
) -> None:
    """Without its line the words stay just there: the walk through the tables sees it."""
    after_the_fact(told)
    monkeypatch.setattr(call_content_erasure, "ERASERS", tuple(each for each in call_content_erasure.ERASERS if each.__name__ != place))
    if place == "_erase_webhooks":
        monkeypatch.setattr(call_content_erasure, place, lambda *_: None)
    told.say("caller", "Ach, und bitte nicht mitschreiben.")
    run_dry()
    left = {re.split(r"[.:]", trace)[0] for trace in traces(["Wolkenwimpel", "wolkenwimpel"], redis=redis)}
    # SQLite's index of the texts stands in tables of its own
    assert {name.partition("_fts")[0] for name in left} == {table.partition(".")[0]}


def test_the_no_is_recognised_without_the_agent(
    salon: Salon, told: ReplayedCall, double: RetellDouble, redis: redis_library.Redis, log: Any
) -> None:
    told.start()
    told.say("agent", HELLO)
    told.say("caller", "Nein danke. Hier ist Frau Wolkenwimpel.")
    run_dry()
    told.say("agent", "Gut, Frau Wolkenwimpel. Was kann ich für Sie tun?")
    told.say("caller", "Es geht um den Birkentaler.")
    told.end("Frau Wolkenwimpel wegen Birkentaler.")
    run_dry()
    assert traces(["Wolkenwimpel", "Birkentaler"], redis=redis, log=log()) == []
    assert answers(salon) == [("recording", "no", "words", 1), ("transcript", "no", "words", 1)]
    assert double.requests.count("DELETE /v2/delete-call/call_1") >= 1


def test_a_no_in_mid_call_takes_back_what_was_said_before(
    salon: Salon, told: ReplayedCall, double: RetellDouble, redis: redis_library.Redis, log: Any
) -> None:
    told.start()
    told.say("agent", NOTES)
    told.say("caller", "Ich komme wegen des Samtkarpfens.")
    run_dry()
    assert "Ich komme wegen des Samtkarpfens." in turns_of(salon)
    told.say("agent", "Gern. Wann passt es Ihnen?")
    told.say("caller", "Moment, ich möchte nicht, dass Sie mitschreiben.")
    run_dry()
    assert turns_of(salon) == []
    assert traces(["Samtkarpfen"], redis=redis, log=log()) == []
    with company_scope(salon.company_id):
        live = list(the_db.session.scalars(select(LiveEvent).order_by(LiveEvent.seq)))
        assert [event.seq for event in live] == list(range(1, len(live) + 1))
        updated = [event.data for event in live if event.name == "call.updated"]
        assert updated[-1]["keeps_words"] is False


def test_a_booking_that_was_wanted_stays(
    salon: Salon, told: ReplayedCall, double: RetellDouble, redis: redis_library.Redis, log: Any
) -> None:
    told.start()
    told.say("agent", HELLO)
    told.say("caller", "Nein, bitte nicht aufzeichnen.")
    told.use("set_consent", recording="no")
    booked = told.use("book_appointment", service="Haarschnitt", date="übermorgen", time="10 Uhr", name="Svea Thomsen")
    again = told.use("book_appointment", service="Haarschnitt", date="übermorgen", time="10 Uhr", name="Svea Thomsen")
    told.end("Svea Thomsen bucht.", termin_gebucht=True)
    run_dry()
    assert booked["ok"], booked
    assert again["data"] == booked["data"]
    assert len(get_bookings(salon)) == 1
    assert get_call(salon).outcome == "booked"
    assert all(tool.arguments is None and tool.result is None for tool in get_tool_calls(salon))


def test_who_declines_and_wants_a_callback_gets_one_without_words(salon: Salon, told: ReplayedCall, double: RetellDouble) -> None:
    told.start()
    told.use("set_consent", transcript="no")
    assert told.use("take_message", text="Der Samtkarpfen ist tot.")["code"] == "declined"
    assert told.use("request_callback", reason="der Samtkarpfen")["ok"]
    told.end("Rückruf wegen Samtkarpfen", anliegen="rückruf")
    run_dry()
    with company_scope(salon.company_id):
        tasks = list(the_db.session.scalars(select(StaffTask)))
        assert [(task.kind, task.title, task.details) for task in tasks] == [
            ("callback", "Rückruf: Svea Thomsen", "+49 171 3920050"),
        ]


def test_who_allows_it_and_who_says_no_to_something_else_keep_the_transcript(
    salon: Salon, client: FlaskClient, double: RetellDouble
) -> None:
    allows, other = ReplayedCall(client, "call_yes"), ReplayedCall(client, "call_other")
    allows.start()
    allows.say("agent", HELLO)
    allows.say("caller", "Ja, gern.")
    allows.use("set_consent", recording="yes", transcript="yes")
    allows.end("Alles erlaubt.")
    other.start()
    other.say("agent", NOTES)
    other.say("caller", "Guten Tag, haben Sie am Montag etwas frei?")
    other.say("agent", "Am Montag um zehn. Passt das?")
    other.say("caller", "Nein danke, das habe ich mir schon aufgeschrieben. Nicht am Montag bitte.")
    other.end("Kein Termin.")
    run_dry()
    assert turns_of(salon, "call_yes") == [HELLO, "Ja, gern."]
    assert len(turns_of(salon, "call_other")) == 4
    assert get_call(salon, "call_yes").recording_url == "https://recordings.example/call_yes.wav"
    assert get_call(salon, "call_other").recording_url is None
    assert get_call(salon, "call_other").summary == "Kein Termin."
    assert double.deleted == []


def test_a_no_cannot_be_undone_by_a_later_yes(salon: Salon, told: ReplayedCall, double: RetellDouble) -> None:
    told.start()
    assert told.use("set_consent", recording=False)["data"] == {"recording": "no", "transcript": "no", "ai": "yes"}
    assert told.use("set_consent", recording="yes", ai="yes")["data"]["recording"] == "no"
    # but words alone may be allowed expressly
    assert told.use("set_consent", transcript="ja")["data"] == {"recording": "no", "transcript": "yes", "ai": "yes"}
    told.end()
    run_dry()
    assert get_call(salon).recording_url is None
    assert get_call(salon).keeps_words


def test_who_does_not_want_the_ai_is_put_through_or_called_back(
    salon: Salon, told: ReplayedCall, client: FlaskClient, double: RetellDouble
) -> None:
    told.start()
    put_through = told.use("set_consent", ai="no")
    assert put_through["data"]["number"] == "+493023125177"
    with unscoped():
        run_in_transaction(lambda: _no_desk(salon))
    called_back = ReplayedCall(client, "call_2").use("set_consent", ai="no")
    assert called_back["data"]["task_id"]
    assert "auflegen" not in called_back["say"]
    withheld = ReplayedCall(client, "call_3", number="anonymous").use("set_consent", ai="no")
    assert withheld["ok"]
    assert withheld["say"].endswith("?")


def _no_desk(salon: Salon) -> None:
    from app.models import Branch

    the_db.session.execute(update(Branch).where(Branch.company_id == salon.company_id).values(forward_number=None))


def test_an_answer_that_is_none_is_asked_again(salon: Salon, told: ReplayedCall) -> None:
    told.start()
    assert told.use("set_consent", recording="vielleicht")["code"] == "missing"
    assert answers(salon) == []


def test_the_evidence_names_the_wording_and_no_word_of_the_caller(salon: Salon, told: ReplayedCall, double: RetellDouble) -> None:
    told.start()
    told.say("agent", HELLO)
    told.say("caller", "Auf keinen Fall.")
    run_dry()
    with company_scope(salon.company_id):
        rows = list(the_db.session.scalars(select(CallConsent)))
    assert {row.answer for row in rows} == {"no"}
    assert all(row.wording for row in rows)
    proof = _notice(salon)
    assert (proof.turn, proof.at_ms is not None, proof.wording is not None) == (0, True, True)


def _notice(salon: Salon) -> CallAiNotice:
    the_db.session.rollback()
    with company_scope(salon.company_id):
        return the_db.session.scalars(select(CallAiNotice)).one()


def test_a_transcript_without_the_notice_is_a_finding(salon: Salon, told: ReplayedCall) -> None:
    told.start()
    told.say("agent", "Salon Lindgren, hier ist Lena, die digitale Assistentin.")
    told.say("caller", "Ich hätte gern einen Termin.")
    told.end("Termin.")
    run_dry()
    assert _notice(salon).turn is None
    with company_scope(salon.company_id):
        assert the_db.session.scalars(select(TruthCheck)).one().lacks_notice


def test_a_notice_that_was_talked_over_counts_when_it_is_said_again(salon: Salon, told: ReplayedCall) -> None:
    told.start()
    told.say("agent", HELLO)
    run_dry()
    assert _notice(salon).turn == 0
    told.items[0]["content"] = "Salon Lindgren, guten Tag. Ich bin ei"
    told.say("caller", "Ja hallo?")
    told.end()
    run_dry()
    assert _notice(salon).turn is None


def test_without_an_account_it_is_said_that_nothing_could_be_deleted(
    salon: Salon, told: ReplayedCall, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "retell_api_key", app.config["SETTINGS"].retell_api_key)
    told.start()
    told.use("set_consent", recording="no")
    assert _deletion(salon).status == "waiting"
    told.end()
    run_dry()
    assert _deletion(salon).status in ("no_key", "pending")


def _deletion(salon: Salon) -> ProviderDeletion:
    the_db.session.rollback()
    with company_scope(salon.company_id):
        return the_db.session.scalars(select(ProviderDeletion).execution_options(populate_existing=True)).one()


def test_a_provider_in_trouble_is_asked_again_until_it_is_done(salon: Salon, told: ReplayedCall, double: RetellDouble) -> None:
    told.start()
    told.use("set_consent", transcript="no")
    told.end()
    double.add_call(told.call(), call_status="ended")
    double.fail("503", on="DELETE", times=2)
    run_dry()
    assert _deletion(salon).status == "pending"
    assert _deletion(salon).error
    with company_scope(salon.company_id):
        run_in_transaction(lambda: the_db.session.execute(update(ProviderDeletion).values(due_at=ProviderDeletion.created_at)))
    assert sweep_outbox("deletions") == 1
    with company_scope(salon.company_id):
        delete_call_at_provider(_deletion(salon).id)
    assert _deletion(salon).status == "done"
    assert double.deleted == ["call_1"]


def test_who_says_nothing_of_it_is_served_as_always(salon: Salon, told: ReplayedCall) -> None:
    told.start()
    told.say("agent", NOTES)
    told.say("caller", "Was bieten Sie denn an?")
    assert told.use("list_services")["ok"]
    told.end("Auskunft.")
    run_dry()
    assert answers(salon) == []
    assert len(turns_of(salon)) == 2
    assert get_call(salon).summary == "Auskunft."


@pytest.mark.parametrize(("recording", "deleted"), [("everything", ["call_1"]), ("basics", [])])
def test_a_recording_that_nobody_allowed_is_deleted_after_the_analysis(
    salon: Salon, told: ReplayedCall, double: RetellDouble, recording: str, deleted: list[str]
) -> None:
    """Our agent asks for it, and the caller says nothing to that: words are kept here, the voice nowhere."""
    with company_scope(salon.company_id):
        run_in_transaction(lambda: _give_agent(recording))
    told.start()
    told.say("agent", HELLO if recording == "everything" else NOTES)
    told.say("caller", "Guten Tag, ich brauche einen Termin.")
    told.event("call_ended", call_status="ended", disconnection_reason="user_hangup", recording_url="https://recordings.example/1.wav")
    double.add_call(told.call(), call_status="ended")
    run_dry()
    assert double.deleted == []
    told.end("Termin gewünscht.")
    run_dry()
    assert double.deleted == deleted
    assert get_call(salon).recording_url is None
    assert len(turns_of(salon)) == 2


def _give_agent(recording: str) -> None:
    agent = versions.create_agent("Lena", by=None)
    versions.save_draft(agent.id, {"name": "Lena", "recording": recording}, by=None)
    versions.publish(agent.id, by=None)
    the_db.session.execute(update(PhoneNumber).values(agent_id=agent.id).execution_options(synchronize_session=False))


def test_who_asks_for_a_person_keeps_the_words_and_who_will_not_have_the_machine_does_not(told: ReplayedCall, salon: Salon) -> None:
    for call_id, said, kept in (
        ("call_1", "Kann ich bitte mit einem Menschen sprechen, es geht um meine Rechnung?", True),
        ("call_2", "Ich möchte nicht mit einer Maschine sprechen, geben Sie mir einen Menschen.", False),
    ):
        call = ReplayedCall(told.client, call_id)
        call.start()
        call.say("agent", NOTES)
        call.say("caller", said)
        call.end("Der Anrufer wollte jemanden sprechen.")
        run_dry()
        assert get_call(salon, call_id).keeps_words is kept
        assert turns_of(salon, call_id) == ([NOTES, said] if kept else [])
