"""Who is recognised by name hears what is possible; a refusal leads somewhere and is not the same sentence again."""

import pytest

from app.core.extensions import db
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Company
from tests.factories.salon import Salon
from tests.support.agent_call import SVEA, AgentCall, book, get_call

WISH = {"service": "Haarschnitt", "date": "Freitag", "time": "15 Uhr", "name": "Svea Thomsen"}


@pytest.fixture
def again(salon: Salon, agent_call: AgentCall) -> AgentCall:
    """The second call of a number that has booked in the first."""
    agent_call.use("book_appointment", **WISH)
    return AgentCall(agent_call.client, from_number=SVEA, call_id="call_2")


@pytest.mark.parametrize("name", ["identify_customer", "check_customer"])
@pytest.mark.parametrize("day", ["Freitag", "Samstag"])
def test_name_and_day_tell_what_is_possible_whether_the_day_is_right_or_not(again: AgentCall, name: str, day: str) -> None:
    told = again.use(name, name="Svea Thomsen", booking_date=day)
    assert (told["ok"], told["data"]["rights"], told["data"]["certainty"]) == (True, ["hear", "change", "book"], "name")
    ways = "einen Rückruf notieren oder Sie mit dem Team verbinden"
    assert told["say"] == f"Danke, Svea. Verschieben kann ich gern für Sie, zum Absagen kann ich {ways}."


def test_who_may_cancel_is_told_so(salon: Salon, again: AgentCall) -> None:
    with company_scope(salon.company_id), transaction():
        db.session.get_one(Company, salon.company_id).caller_rights = {"cancel": "name"}
    told = again.use("identify_customer", name="Svea Thomsen", booking_date="Samstag")
    assert told["say"] == "Danke, Svea. Verschieben und absagen kann ich gern für Sie."


def test_a_right_that_needs_more_is_refused(salon: Salon, again: AgentCall) -> None:
    with company_scope(salon.company_id), transaction():
        db.session.get_one(Company, salon.company_id).caller_rights = {"change": "verified"}
    assert again.use("identify_customer", name="Svea Thomsen", booking_date="Freitag")["code"] == "not_verified"


def test_wrong_days_count_as_tries(salon: Salon, again: AgentCall) -> None:
    days = ("Mittwoch", "Donnerstag", "Samstag", "Freitag")
    told = [again.use("identify_customer", name="Svea Thomsen", booking_date=day)["ok"] for day in days]
    assert told == [True, True, False, False]


def test_a_refusal_is_said_in_other_words_each_time_and_leads_somewhere(salon: Salon, again: AgentCall) -> None:
    again.use("identify_customer", name="Svea Thomsen")
    book(salon, "2026-05-14T10:00", customer="Svea Thomsen")
    told = [again.use("cancel_appointment", date=day) for day in ("Freitag", "am Freitag", "nächsten Freitag", "Freitag um drei")]
    assert {each["code"] for each in told} == {"not_verified"} and len({each["say"] for each in told[:3]}) == 3
    assert all("Rückruf notieren" in each["say"] and each["data"]["ways"] for each in told)
    assert get_call(salon, "call_2").outcome != "booked"
