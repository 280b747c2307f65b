"""A question is asked once: the same request after it is an answer, or is led on."""

import pytest
from sqlalchemy import select

from app.core.extensions import db
from app.core.tenancy import company_scope
from app.models import WaitlistEntry
from tests.domain.agents.tools.test_spelling import stranger as stranger
from tests.factories.salon import Salon
from tests.support.agent_call import AgentCall

CUT = {"service": "Haarschnitt"}
WISH = {**CUT, "name": "Karl Baum", "date": "Freitag", "part_of_day": "morning"}


def _hear(call: AgentCall, words: str) -> None:
    call.utterances += ["Salon Lindgren.", words]


def _is_waiting(salon: Salon) -> bool:
    with company_scope(salon.company_id):
        return db.session.scalars(select(WaitlistEntry)).first() is not None


@pytest.mark.parametrize("words", ["Nee, trotzdem", "Nein, setzen Sie mich drauf", "No, put me on the list anyway", "Yes, the list please"])
def test_who_asks_for_the_waitlist_again_is_on_it(salon: Salon, stranger: AgentCall, words: str) -> None:
    _hear(stranger, "Auf die Warteliste bitte")
    assert stranger.use("join_waitlist", **WISH)["code"] == "is_free"
    _hear(stranger, words)
    assert stranger.use("join_waitlist", **WISH)["ok"] and _is_waiting(salon)


def test_the_same_request_before_the_caller_has_spoken_is_the_same_one(salon: Salon, stranger: AgentCall) -> None:
    _hear(stranger, "Auf die Warteliste bitte")
    assert stranger.use("join_waitlist", **WISH) == stranger.use("join_waitlist", **WISH) and not _is_waiting(salon)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("check_availability", {**CUT, "date": "Dienstag um Dings"}),
        ("check_availability", {**CUT, "date": "Friday at thingummy"}),
        ("book_appointment", {**CUT, "date": "Freitag", "time": "10 Uhr"}),
        ("book_appointment", {**CUT, "date": "Friday", "time": "at ten or eleven", "name": "Karl Baum"}),
        ("check_availability", {}),
        ("take_message", {}),
    ],
)
def test_a_question_is_never_said_twice_in_the_same_words(stranger: AgentCall, name: str, args: dict[str, str]) -> None:
    said = []
    for words in ("Ja hallo, ich hätte gern einen Termin", "Hm, das habe ich doch gesagt", "Na eben das", "Ja, was denn noch"):
        _hear(stranger, words)
        told = stranger.use(name, **args)
        assert told["code"] in ("missing", "ambiguous"), told
        said.append(told["say"])
    assert said[1].startswith(said[0]) and said[1] != said[0] and "Rückruf" in said[1], said
    assert said[2] not in said[:2] and said[2].endswith("Rückruf notieren?"), said


def test_the_same_question_of_another_request_is_a_new_one(stranger: AgentCall) -> None:
    _hear(stranger, "Ich hätte gern einen Termin")
    first = stranger.use("book_appointment", **CUT, date="Freitag", time="10 Uhr")["say"]
    _hear(stranger, "Und noch einen am Samstag")
    assert stranger.use("book_appointment", **CUT, date="Samstag", time="10 Uhr")["say"] == first
