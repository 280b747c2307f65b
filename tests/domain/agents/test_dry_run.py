"""What would it say: the very answer of a call, and not a row, not a word and not a request of it remains."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core import event_bus, queues
from app.core.dry_run import is_dry_run
from app.core.errors import NotFound
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import dry_run, transaction
from app.domain.agents.dry_run import CallPreviewRequest, CallPreviewResult, run_preview
from app.domain.agents.tools import registry
from app.domain.agents.tools.registry import TOOLS
from app.models import BlockedCaller, Company, PhoneNumber
from app.providers import http
from tests.factories.salon import Salon
from tests.support.agent_call import FAMILY, MITTE, STRANGER, SVEA, AgentCall, book, make_salon_with_numbers
from tests.support.table_snapshots import snapshot_tables
from tests.support.users import make_user, signed_in, token_of

CUT = {"service": "Haarschnitt", "date": "Mittwoch", "time": "10 Uhr"}
# what each function is asked for here; a new function is asked with every field filled
GIVEN = {
    "book_appointment": CUT | {"name": "Svea Thomsen"},
    "reschedule_appointment": {"date": "12. Mai", "new_date": "13. Mai", "new_time": "11 Uhr"},
    "parse_date": {"text": "nächsten Freitag"},
    "parse_spelling": {"text": "Yilmaz, Y I L M A Z"},
    "correct_name": {"name": "Yilmaz, Y I L M A Z"},
    "identify_customer": {"name": "Svea Thomsen", "birth_date": "3. März 1985"},
    "check_customer": {"name": "Svea Thomsen", "birth_date": "4. März 1985"},
}


@pytest.fixture
def number(db: SQLAlchemy, salon: Salon) -> str:
    with company_scope(salon.company_id):
        return db.session.scalars(select(PhoneNumber.id).where(PhoneNumber.e164 == MITTE)).one()


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Whatever would be heard of elsewhere."""
    heard: list[str] = []
    monkeypatch.setattr(event_bus, "run_before_commit", lambda: heard.append("announced"))
    monkeypatch.setattr(event_bus, "run_after_commit", lambda: heard.append("announced"))
    monkeypatch.setattr(queues.Job, "_send", lambda job, *_: heard.append(job.name))
    monkeypatch.setattr(http, "_get_session", lambda: heard.append("provider"))
    yield heard


def ask(
    salon: Salon, number: str, function: str, /, *, caller: str | None = SVEA, moment: str | None = None, **given: str
) -> CallPreviewResult:
    with company_scope(salon.company_id):
        return run_preview(CallPreviewRequest(number, caller, function, given, datetime.fromisoformat(moment) if moment else None))


def test_nothing_of_any_question_remains(db: SQLAlchemy, salon: Salon, number: str, quiet: list[str]) -> None:
    """Walks the toolbox, so that a new function is covered by itself."""
    registry.find_tool("")
    assert len(TOOLS) >= 22
    before = snapshot_tables(db)
    for caller in (SVEA, STRANGER, FAMILY, None):
        assert ask(salon, number, "ringing", caller=caller).say
        for name, tool in TOOLS.items():
            given = GIVEN.get(name) or {field: CUT.get(field, "Mittwoch um 10") for field in tool.arguments.model_fields}
            assert ask(salon, number, name, caller=caller, **given).say, name
    assert ask(salon, number, "book_appointment", **GIVEN["book_appointment"]).ok
    assert snapshot_tables(db) == before
    assert quiet == []
    assert not is_dry_run() and not db.session().info.get("open")


def test_what_was_rehearsed_does_not_leave_with_the_next_transaction(db: SQLAlchemy, salon: Salon, number: str) -> None:
    ask(salon, number, "book_appointment", **GIVEN["book_appointment"])
    before = snapshot_tables(db)
    with company_scope(salon.company_id), transaction():
        db.session.execute(select(Company))
    assert snapshot_tables(db) == before


@pytest.mark.parametrize("name", ["check_availability", "get_opening_hours", "query_appointments", "book_appointment", "list_services"])
def test_it_is_the_answer_of_a_call(salon: Salon, number: str, agent_call: AgentCall, name: str) -> None:
    book(salon, "2026-05-12T10:00", customer="Svea Thomsen")
    given = GIVEN.get(name) or {field: CUT[field] for field in CUT if field in TOOLS[name].arguments.model_fields}
    told = ask(salon, number, name, **given)
    real = agent_call.use(name, **given)
    real["data"].pop("booking_id", None), told.data.pop("booking_id", None)
    assert (told.say, told.ok, told.data) == (real["say"], real["ok"], real["data"])


def test_the_chain_names_caller_words_and_each_person_s_reason(salon: Salon, number: str) -> None:
    for person in ("anna", "ben"):
        book(salon, "2026-05-06T10:00", staff=person)
    told = ask(salon, number, "check_availability", **CUT)
    said = [f"{step.about}: {step.says}" for step in told.steps]
    assert said[0].startswith("Rufnummer: 030 23125100 führt zu Berlin-Mitte")
    assert "an der Nummer erkannt: Svea Thomsen; darf Termine hören, buchen" in said[2]
    assert "„Haarschnitt“ heißt: " in said[3] and "Berlin-Mitte" in said[3]
    assert "„Mittwoch 10 Uhr“ heißt: " in said[4] and "6. Mai" in said[4]
    assert any("Anna Lindgren hat dann schon einen Termin" in each for each in said)
    assert any("Ben Lindgren hat dann schon einen Termin" in each for each in said)
    assert told.data["requested_free"] is False


def test_a_sentence_in_need_shows_what_a_call_would_hear(salon: Salon, number: str) -> None:
    told = ask(salon, number, "take_message", text="Mein Mann hat Druck auf der Brust")
    assert told.code == "emergency" and "112" in told.say
    assert any("Herz oder Brust" in step.says for step in told.steps)


def test_it_can_be_asked_at_another_moment(salon: Salon, number: str) -> None:
    told = ask(salon, number, "get_context", moment="2026-05-10T20:00:00+02:00")
    assert told.data["now"].startswith("2026-05-10T20:00") and told.data["open_now"] is False
    assert ask(salon, number, "parse_date", moment="2026-12-31T12:00:00+01:00", text="morgen").data["date"] == "2027-01-01"
    assert ask(salon, number, "book_appointment", moment="2026-06-01T10:00:00+02:00", name="A", **(CUT | {"date": "6. Mai 2026"})).code


def test_the_ringing_phone_greets_and_refuses(db: SQLAlchemy, salon: Salon, number: str) -> None:
    assert ask(salon, number, "ringing").say.startswith("Guten Tag, Svea.")
    assert "Svea" not in ask(salon, number, "ringing", caller=None).say
    with company_scope(salon.company_id), transaction():
        db.session.add(BlockedCaller(number=STRANGER))
    assert ask(salon, number, "ringing", caller=STRANGER).code == "blocked"


def test_another_company_s_number_cannot_be_asked(db: SQLAlchemy, salon: Salon, number: str) -> None:
    other = make_salon_with_numbers("other", numbers=("+498999998200", "+498999998201"))
    with pytest.raises(NotFound):
        ask(other, number, "ringing")


def test_no_provider_is_reached_and_no_job_is_sent_in_a_rehearsal(app: Flask, db: SQLAlchemy, quiet: list[str]) -> None:
    from app.jobs.inbox import drain

    with dry_run():
        drain.enqueue()
        with pytest.raises(http.ConnectionFailed):
            http.send(http.ProviderRequest("retell", "GET", "https://example.com", "x"))
    assert quiet == []


def test_a_rehearsal_inside_a_transaction_is_refused(db: SQLAlchemy) -> None:
    with transaction(), pytest.raises(RuntimeError), dry_run():
        pass


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("manager", 200), ("front_desk", 403), ("read_only", 403)])
def test_who_may_play(app: Flask, db: SQLAlchemy, salon: Salon, role: str, status: int) -> None:
    assert _browser(app, db, salon, role).get("/preview").status_code == status


def test_the_page_answers(app: Flask, db: SQLAlchemy, salon: Salon, number: str) -> None:
    owner = _browser(app, db, salon, "owner")
    page = owner.get("/preview?name=check_availability&service=Haarschnitt&date=2026-05-06&time=10:00").text
    assert 'name="check_availability.service"' in page and 'value="Haarschnitt"' in page
    form = {"csrf_token": token_of(owner), "name": "check_availability", "number_id": number, "caller": SVEA}
    form |= {"check_availability.service": "Haarschnitt", "check_availability.date": "Mittwoch", "check_availability.time": "10 Uhr"}
    answer = owner.post("/preview", data=form).text
    assert "Ja, übermorgen, Mittwoch, den 6. Mai, um 10 Uhr ist frei." in answer and "an der Nummer erkannt: Svea Thomsen" in answer
    for wrong in ({"number_id": "x"}, {"name": "x"}, {"day": "x"}, {"day": "2026-05-06", "clock": "x"}):
        assert owner.post("/preview", data=form | wrong).status_code == 422
    english = owner.post("/preview", data=form | {"language": "en", "day": "2026-05-05", "clock": "11:00"}).text
    assert "there is time" in english


def _browser(app: Flask, db: SQLAlchemy, salon: Salon, role: str) -> FlaskClient:
    with unscoped():
        company = db.session.get(Company, salon.company_id)
    return signed_in(app, make_user(company, role))
