"""send_link sends to the address on record only: one booking with permission to hear of it, else the link to all bookings."""

import re

import pytest
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import and_, select

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.customers import one_time_codes
from app.models import BookingLink, Call, Connection, CustomerLink, Notification
from tests.factories.salon import Salon
from tests.support.agent_call import FAMILY, STRANGER, SVEA, AgentCall, add_customer, book

TUESDAY = "2026-05-12T10:00"


@pytest.fixture
def svea_is_booked(salon: Salon) -> str:
    return book(salon, TUESDAY, customer="Svea Thomsen")


@pytest.fixture
def sender(db: SQLAlchemy, salon: Salon) -> None:
    with company_scope(salon.company_id), transaction():
        db.session.add(Connection(provider="twilio", api_key="AC1:secret", label="Lindgren"))


def written(db: SQLAlchemy, salon: Salon) -> list[Notification]:
    """All messages but the confirmations of what the fixtures book, before there is an account to send them over."""
    db.session.rollback()
    asked = select(Notification).where(~and_(Notification.idempotency_key.startswith("booked:"), Notification.status == "not_set_up"))
    with company_scope(salon.company_id):
        return list(db.session.scalars(asked.order_by(Notification.id)))


def verified(agent_call: AgentCall) -> AgentCall:
    agent_call.use("identify_customer", name="Svea Thomsen", birth_date="3.3.1985")
    return agent_call


def test_the_link_goes_to_the_number_that_we_know(
    db: SQLAlchemy, salon: Salon, svea_is_booked: str, sender: None, agent_call: AgentCall
) -> None:
    told = verified(agent_call).use("send_link", kind="booking")
    (row,) = written(db, salon)
    assert told["ok"] and told["data"] == {"notification_id": row.id, "booking_id": svea_is_booked}
    assert (row.recipient, row.kind, row.status) == (SVEA, "booking_link", "pending")
    assert "12. Mai" in told["say"] and "SMS" in told["say"] and "/b/" in (row.body or "")


@pytest.mark.parametrize("kind", ["booking", "identity"])
def test_below_verified_it_is_the_link_to_all_and_names_no_day(
    db: SQLAlchemy, salon: Salon, svea_is_booked: str, sender: None, agent_call: AgentCall, kind: str
) -> None:
    told = agent_call.use("send_link", kind=kind, date="13. Mai")
    (row,) = written(db, salon)
    assert (row.recipient, row.kind, told["data"]) == (SVEA, "customer_link", {"notification_id": row.id})
    assert told["say"] == (
        "Ich schicke Ihnen einen Link an die Nummer, die wir von Ihnen haben, damit können Sie selbst verschieben und absagen."
    )
    assert "Mai" not in (row.body or "") and "Svea" not in (row.body or "")


def test_asked_again_it_is_not_sent_again(db: SQLAlchemy, salon: Salon, svea_is_booked: str, sender: None, agent_call: AgentCall) -> None:
    first, again = verified(agent_call).use("send_link", kind="Termin"), agent_call.use("send_link", kind="link", booking_id=svea_is_booked)
    assert first["data"] == again["data"]
    assert len(written(db, salon)) == 1


def test_what_was_just_confirmed_needs_no_second_link(db: SQLAlchemy, salon: Salon, sender: None, agent_call: AgentCall) -> None:
    agent_call.use("book_appointment", service="Haarschnitt", date="2026-05-12", time="11:00", name="Svea Thomsen")
    assert agent_call.use("send_link", kind="booking")["ok"]
    assert len(written(db, salon)) == 1


def test_of_several_bookings_the_agent_asks_which(salon: Salon, svea_is_booked: str, sender: None, agent_call: AgentCall) -> None:
    book(salon, "2026-05-13T10:00", customer="Svea Thomsen")
    assert verified(agent_call).use("send_link", kind="booking")["code"] == "ambiguous"
    assert agent_call.use("send_link", kind="booking", date="12. Mai")["ok"]


@pytest.mark.parametrize("number", [None, STRANGER, FAMILY])
def test_who_is_nobody_we_know_gets_no_link(
    db: SQLAlchemy, salon: Salon, svea_is_booked: str, sender: None, agent_call: AgentCall, number: str | None
) -> None:
    agent_call.from_number = number
    for kind in ("booking", "identity"):
        told = agent_call.use("send_link", kind=kind, phone=STRANGER, booking_id=svea_is_booked)
        assert (told["code"], told["data"]["ways"]) == ("not_verified", ["callback", "desk"])
    assert written(db, salon) == []


def test_somebody_else_at_a_known_number_gets_no_link(
    db: SQLAlchemy, salon: Salon, svea_is_booked: str, sender: None, agent_call: AgentCall
) -> None:
    agent_call.use("identify_customer", name="Gunnar Holm")
    assert agent_call.use("send_link", kind="identity")["code"] == "not_verified"
    assert written(db, salon) == []


def test_one_of_a_family_says_the_name_first(db: SQLAlchemy, salon: Salon, sender: None, agent_call: AgentCall) -> None:
    book(salon, TUESDAY, customer="Katrin Ebers")
    agent_call.from_number = FAMILY
    assert not agent_call.use("send_link", kind="booking")["ok"]
    agent_call.use("identify_customer", name="Katrin Ebers")
    assert agent_call.use("send_link", kind="identity")["ok"]


def test_where_nothing_can_be_sent_there_are_the_other_ways(
    db: SQLAlchemy, salon: Salon, svea_is_booked: str, agent_call: AgentCall
) -> None:
    told = agent_call.use("send_link", kind="identity")
    assert (told["code"], told["data"]["ways"]) == ("not_verified", ["callback", "desk"])
    assert told["say"].count(".") == 1 and "Rückruf" in told["say"] and "Team" in told["say"]
    assert verified(agent_call).use("send_link", kind="booking")["code"] == "not_available"
    assert agent_call.use("send_link", kind="directions")["code"] == "not_available"
    assert written(db, salon) == []


def test_to_one_number_few_codes_and_links_leave_in_a_day(db: SQLAlchemy, salon: Salon, sender: None, agent_call: AgentCall) -> None:
    for call in range(one_time_codes.MAX_PER_DAY):
        agent_call.call_id = f"call_{call}"
        assert agent_call.use("send_link", kind="identity" if call % 2 else "code")["ok"]
    agent_call.call_id = "call_later"
    told = agent_call.use("send_link", kind="identity")
    assert (told["code"], told["data"]["ways"]) == ("not_verified", ["callback", "desk"])
    assert agent_call.use("send_link", kind="code")["code"] == "not_verified"


def test_of_one_company_not_more_leave_than_it_can_pay_for(
    db: SQLAlchemy, salon: Salon, sender: None, agent_call: AgentCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_time_codes, "MAX_PER_COMPANY_PER_DAY", 1)
    with company_scope(salon.company_id), transaction():
        add_customer("Gunnar Holm", STRANGER)
    assert agent_call.use("send_link", kind="identity")["ok"]
    other = AgentCall(agent_call.client, from_number=STRANGER, call_id="call_2")
    assert other.use("send_link", kind="identity")["code"] == "not_verified"


def test_behind_the_link_one_sees_moves_and_cancels_what_is_ones_own(
    db: SQLAlchemy, salon: Salon, svea_is_booked: str, sender: None, agent_call: AgentCall, client: FlaskClient
) -> None:
    book(salon, "2026-05-13T15:00", customer="Jan Ebers")
    agent_call.use("send_link", kind="identity")
    (row,) = [row for row in written(db, salon) if row.kind == "customer_link"]
    found = re.search(r"/b/(\S+)", row.body or "")
    assert found is not None
    page = client.get(f"/b/{found[1]}")
    assert page.status_code == 200 and page.text.count("booking_id") == 1 and svea_is_booked in page.text and "Thomsen" not in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    form = {"csrf_token": token[1] if token else "", "booking_id": svea_is_booked}
    answer = client.post(f"/b/{found[1]}/choose", data=form)
    assert answer.status_code == 302 and client.get(answer.location).status_code == 200
    with company_scope(salon.company_id):
        assert svea_is_booked in db.session.scalars(select(BookingLink.booking_id)).all()
        (kept,) = db.session.scalars(select(CustomerLink))
        assert found[1] not in kept.token_hash and db.session.get_one(Call, kept.call_id).provider_call_id == agent_call.call_id
    other = client.post(f"/b/{found[1]}/choose", data=form | {"booking_id": book(salon, "2026-05-14T15:00", customer="Jan Ebers")})
    assert other.status_code == 404
