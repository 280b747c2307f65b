"""A call that broke off while a time was held: the time stays for ten minutes, and one link books it once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.core.clock import now, to_ms
from app.core.tenancy import clear_company, company_scope
from app.core.transactions import run_in_transaction, transaction
from app.domain.agents.tools.bookings_of_this_call import list_open_holds
from app.domain.bookings import hold_links
from app.domain.bookings.create import create_booking, create_hold
from app.domain.bookings.errors import SlotTaken
from app.domain.bookings.holds import close_hold, expire_holds
from app.domain.calls import held_times
from app.domain.customers.contacts import find_or_create
from app.domain.notifications import delivery
from app.domain.notifications.message_limits import hash_recipient
from app.domain.notifications.message_policies import save_message_rules
from app.domain.replies.conversation import is_with_people
from app.jobs import message_writers
from app.models import Booking, BookingLink, Call, Customer, Hold, ToolCall
from tests.factories.calendar import WaitlistEntryFactory, WaitlistOfferFactory
from tests.factories.salon import at, make_salon
from tests.support.retell_webhooks import CALLER, MITTE
from tests.support.telephone_line import SPOKEN, TelephoneLine
from tests.support.users import csrf_token

TEN = at("2026-05-12T10:00")


def hold_in_call(
    line: TelephoneLine, call_id: str = "call_1", part: str = "cut:anna", starts: str = "2026-05-12T10:00", **call: Any
) -> str:
    """A call that goes on, and the time that it holds."""
    line.post("call_started", call_id, start_timestamp=to_ms(now()), call_status="ongoing", **call)
    own = line.db.session.scalars(select(Call.id).where(Call.provider_call_id == call_id)).one()
    line.db.session.rollback()
    return run_in_transaction(lambda: create_hold(line.salon.request("cut:anna", call_id=own)).id)


def break_off(line: TelephoneLine, call_id: str = "call_1", reason: str = "user_hangup", **call: Any) -> None:
    line.ring(call_id, said=SPOKEN, length_s=60, reason=reason, **call)


def link_of(text: str) -> str:
    return text.rpartition("/b/")[2]


def post(client: FlaskClient, token: str, **fields: str) -> Any:
    with clear_company():
        fields = {"starts_at": TEN.isoformat(), "name": "Mira Sommer", **fields}
        return client.post(f"/b/{token}/book", data={"csrf_token": csrf_token(client), **fields})


def get(client: FlaskClient, token: str) -> Any:
    with clear_company():
        return client.get(f"/b/{token}")


def bookings(line: TelephoneLine) -> list[Booking]:
    line.db.session.rollback()
    return list(line.db.session.scalars(select(Booking).order_by(Booking.starts_at).execution_options(populate_existing=True)))


@pytest.fixture
def token(line: TelephoneLine) -> str:
    hold_in_call(line)
    break_off(line)
    (text,) = line.work(1)
    return link_of(text)


def test_it_is_held_for_ten_minutes_from_the_break(line: TelephoneLine) -> None:
    hold_id = hold_in_call(line)
    line.clock.shift(timedelta(minutes=4))
    break_off(line)
    (text,) = line.work(1)
    assert text.startswith(
        "Salon Lindgren: Unser Gespräch ist abgebrochen. Haarschnitt am Di. 12. Mai um 10:00 halten wir bis 10:14 Uhr für Sie"
    )
    hold = line.db.session.get_one(Hold, hold_id)
    assert hold.expires_at > at("2026-05-04T10:13") and link_of(text) != hold.token_hash
    line.clock.move_to(at("2026-05-04T10:13"))
    with pytest.raises(SlotTaken):
        run_in_transaction(lambda: create_booking(line.salon.request("cut:anna")))
    line.clock.move_to(at("2026-05-04T10:15"))
    run_in_transaction(lambda: create_booking(line.salon.request("cut:anna")))
    assert line.work(60) == []


def test_the_link_shows_what_was_chosen_and_books_it_with_a_name(line: TelephoneLine, client: FlaskClient, token: str) -> None:
    page = get(client, token).text
    assert "Di 12.05., 10:00 – 10:30" in page and "Haarschnitt bei Anna Lindgren" in page and CALLER not in page
    answer = post(client, token, email="mira@example.org")
    assert answer.status_code == 302 and link_of(answer.location) != token
    (booking,) = bookings(line)
    assert (booking.starts_at, booking.staff_id, booking.source) == (TEN, line.salon.people["anna"], "link")
    assert (booking.contact_email, booking.call_id is None) == ("mira@example.org", False)
    customer = line.db.session.get_one(Customer, booking.customer_id)
    assert (customer.name, [each.value for each in customer.identifiers]) == ("Mira Sommer", [CALLER])
    assert line.db.session.scalars(select(Hold.status)).one() == "used"
    (text,) = line.work()
    assert "ist gebucht" in text
    assert "Diese Zeit ist gebucht" in get(client, token).text


def test_one_link_books_once(line: TelephoneLine, client: FlaskClient, token: str) -> None:
    for starts in ("2026-05-12T10:00", "2026-05-12T10:00", "2026-05-12T14:00"):
        assert post(client, token, starts_at=at(starts).isoformat(), name="Tom").status_code == 302
    assert [booking.starts_at for booking in bookings(line)] == [TEN]


@pytest.mark.parametrize("database_kind", ["mariadb"])
def test_many_at_once_book_once(app: Flask, line: TelephoneLine, token: str, database_kind: str) -> None:
    hold_id = line.db.session.scalars(select(Hold.id)).one()
    line.db.session.rollback()

    def work(_number: int) -> str:
        with app.app_context(), company_scope(line.salon.company_id):
            try:
                return run_in_transaction(lambda: hold_links.book_by_link(hold_id, TEN, name="Mira Sommer").id)
            finally:
                line.db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(work, range(8)))) == 1
    assert len(bookings(line)) == 1


def test_a_hold_that_was_used_since_it_was_read_is_not_booked(line: TelephoneLine, token: str) -> None:
    with transaction():
        hold = line.db.session.scalars(select(Hold)).one()
        line.db.session.execute(update(Hold).values(status="used").execution_options(synchronize_session=False))
        with pytest.raises(hold_links.HoldLinkUsed):
            hold_links.book_by_link(hold.id, TEN, name="Mira Sommer")


def test_what_is_taken_is_told_with_alternatives(line: TelephoneLine, client: FlaskClient, token: str) -> None:
    line.clock.shift(timedelta(minutes=11))
    run_in_transaction(lambda: create_booking(line.salon.request("cut:anna")))
    page = get(client, token).text
    assert "Diese Zeit ist nicht mehr reserviert" in page and at("2026-05-12T10:30").isoformat() in page
    answer = post(client, token)
    assert answer.status_code == 302 and link_of(answer.location) == token
    assert 'role="status"' in get(client, token).text and len(bookings(line)) == 1
    assert post(client, token, starts_at=at("2026-05-12T10:30").isoformat()).status_code == 302
    assert [booking.starts_at for booking in bookings(line)] == [TEN, at("2026-05-12T10:30")]
    assert "Diese Zeit ist gebucht" in get(client, token).text
    assert post(client, token, starts_at=at("2026-05-12T15:00").isoformat()).status_code == 302
    assert len(bookings(line)) == 2


def test_who_chooses_another_time_leaves_the_held_one_to_others(line: TelephoneLine, client: FlaskClient, token: str) -> None:
    quarter_past = at("2026-05-12T10:15")
    assert post(client, token, starts_at=quarter_past.isoformat()).status_code == 302
    assert [booking.starts_at for booking in bookings(line)] == [quarter_past]
    assert line.db.session.scalars(select(Hold.status)).one() == "released"
    run_in_transaction(lambda: create_booking(line.salon.request("cut:anna", starts="2026-05-12T09:45")))


def test_an_expired_time_that_is_free_can_still_be_booked(line: TelephoneLine, client: FlaskClient, token: str) -> None:
    line.clock.shift(timedelta(minutes=11))
    run_in_transaction(expire_holds)
    assert TEN.isoformat() in get(client, token).text
    assert post(client, token).status_code == 302
    assert [booking.starts_at for booking in bookings(line)] == [TEN]


def test_wrong_and_hostile_fields(line: TelephoneLine, client: FlaskClient, token: str) -> None:
    for fields in ({"name": ""}, {"name": "x" * 200}, {"email": "mira"}, {"starts_at": "gestern"}, {"starts_at": ""}):
        answer = post(client, token, **fields)
        assert (answer.status_code == 422 and 'aria-invalid="true"' in answer.text) or "starts_at" in fields, fields
    assert bookings(line) == []
    for other in ("move", "cancel", "accept", "confirm", "termin.ics"):
        with clear_company():
            method = client.get if "." in other else client.post
            assert method(f"/b/{token}/{other}", data={"csrf_token": csrf_token(client)}).status_code == 404


def test_the_link_ends_when_the_time_begins(line: TelephoneLine, client: FlaskClient, token: str) -> None:
    line.clock.move_to(TEN + timedelta(seconds=1))
    assert get(client, token).status_code == 404


NOT_FOR: dict[str, dict[str, Any]] = {
    "the agent said goodbye": {"reason": "agent_hangup"},
    "transferred": {"reason": "call_transfer"},
    "withheld": {"from_number": "anonymous"},
    "landline": {"from_number": "+493023125177"},
}


@pytest.mark.parametrize("call", NOT_FOR.values(), ids=NOT_FOR)
def test_nobody_else_gets_one(line: TelephoneLine, call: dict[str, Any]) -> None:
    before = line.db.session.get_one(Hold, hold_in_call(line, **{k: v for k, v in call.items() if k == "from_number"})).expires_at
    break_off(line, **call)
    assert line.work(1) == []
    assert line.db.session.scalars(select(Hold.expires_at)).one() == before


def test_nothing_where_the_call_was_about_an_appointment_that_stands(line: TelephoneLine) -> None:
    hold_in_call(line)
    with transaction():
        call_id = line.db.session.scalars(select(Call.id)).one()
        line.db.session.add(ToolCall(call_id=call_id, tool_call_id="t1", name="reschedule_appointment", after_turn=0, ok=False))
    break_off(line)
    assert line.work() == []


def test_nothing_where_it_was_booked_released_or_switched_off(line: TelephoneLine) -> None:
    hold_id = hold_in_call(line, "call_1")
    run_in_transaction(lambda: close_hold(line.db.session.get_one(Hold, hold_id), "released"))
    break_off(line, "call_1")
    run_in_transaction(lambda: save_message_rules({"missed_call_texts": False}))
    hold_in_call(line, "call_2", from_number="+491713920051")
    break_off(line, "call_2", from_number="+491713920051")
    assert line.work() == [] and line.rows() == []


def test_a_call_that_failed_is_told_of_the_time_and_nothing_else(line: TelephoneLine) -> None:
    hold_in_call(line)
    break_off(line, reason="error_asr")
    line.post(
        "call_analyzed", transcript_object=SPOKEN, disconnection_reason="error_asr", end_timestamp=to_ms(now()),
        call_analysis={"call_summary": "Haarschnitt.", "custom_analysis_data": {}},
    )  # fmt: skip
    (text,) = line.work(60)
    assert "abgebrochen" in text


def test_a_time_that_went_before_the_message_left_is_not_told(line: TelephoneLine) -> None:
    line.twilio.fail("503", times=999)
    hold_in_call(line)
    break_off(line)
    assert line.work(3) == []
    line.clock.shift(timedelta(minutes=10))
    line.twilio.restore()
    assert line.work(30) == [] and [row.status for row in line.rows()] in (["expired"], ["dead"])


def test_who_rings_again_gets_the_time_in_that_call(line: TelephoneLine) -> None:
    """The hold of the call that broke off is in nobody's way."""
    hold_id = hold_in_call(line)
    break_off(line)
    line.post("call_started", "call_2", start_timestamp=to_ms(now()), call_status="ongoing")
    line.post("call_started", "call_3", start_timestamp=to_ms(now()), call_status="ongoing", from_number="+491713920051")
    line.post("call_started", "call_4", start_timestamp=to_ms(now()), call_status="ongoing", from_number="anonymous")
    assert line.work(2) == [], "they are talking"

    class Context:
        call: Call

    for name, expected in (("call_2", [hold_id]), ("call_3", []), ("call_4", [])):
        Context.call = line.db.session.scalars(select(Call).where(Call.provider_call_id == name)).one()
        assert [hold.id for hold in list_open_holds(Context)] == expected  # type: ignore[arg-type]


def test_who_rings_again_while_an_offer_of_the_waitlist_is_held_keeps_it_apart(line: TelephoneLine) -> None:
    hold_id = hold_in_call(line)
    break_off(line)
    with transaction():
        line.db.session.add(WaitlistOfferFactory.build(entry_id=WaitlistEntryFactory().id, hold_id=hold_id))
    line.post("call_started", "call_2", start_timestamp=to_ms(now()), call_status="ongoing")

    class Context:
        call = line.db.session.scalars(select(Call).where(Call.provider_call_id == "call_2")).one()

    assert list_open_holds(Context) == []  # type: ignore[arg-type]


def test_yes_to_the_message_is_no_yes_to_another_appointment(line: TelephoneLine) -> None:
    hold_in_call(line)
    break_off(line)
    assert len(line.work(1)) == 1
    assert is_with_people(hash_recipient("sms", CALLER))


def test_an_analysis_that_books_uses_what_the_call_held(line: TelephoneLine) -> None:
    hold_in_call(line)
    break_off(line)
    wish = {"anliegen": "termin_buchen", "termin_gebucht": True, "leistung": "Haarschnitt", "datum": "2026-05-12", "uhrzeit": "10:00"}
    line.post(
        "call_analyzed", transcript_object=SPOKEN, disconnection_reason="user_hangup", end_timestamp=to_ms(now()),
        call_analysis={"call_summary": "Haarschnitt.", "custom_analysis_data": wish | {"name": "Jonas Weber"}},
    )  # fmt: skip
    assert [booking.starts_at for booking in bookings(line)] == [TEN]
    assert [text for text in line.work() if "abgebrochen" in text] == []


def test_a_worker_that_dies_sends_it_once_with_one_link(line: TelephoneLine, client: FlaskClient) -> None:
    hold_in_call(line)
    break_off(line)
    line.clock.shift(timedelta(seconds=25))
    (row,) = line.rows()
    row_id = row.id
    attempt = run_in_transaction(lambda: delivery.claim(row_id, message_writers))
    assert attempt is not None
    delivery.send(attempt)
    assert line.work(3) == [] and len(line.twilio.messages) == 1
    assert get(client, link_of(line.twilio.messages[0]["body"])).status_code == 200


def test_planning_again_changes_nothing(line: TelephoneLine, token: str) -> None:
    (call_id,), (until,) = line.db.session.scalars(select(Call.id)).all(), line.db.session.scalars(select(Hold.expires_at)).all()
    line.db.session.rollback()
    run_in_transaction(lambda: held_times.plan_texts([call_id]))
    assert line.work(5) == [] and line.db.session.scalars(select(Hold.expires_at)).one() == until


def test_a_link_of_one_company_opens_nothing_of_another(line: TelephoneLine, client: FlaskClient, token: str) -> None:
    other = make_salon("salon-two")
    page = get(client, token).text
    assert "Salon Lindgren" in page and "Berlin-Mitte" in page
    assert post(client, token).status_code == 302
    with company_scope(other.company_id):
        assert line.db.session.scalars(select(Booking)).all() == [] and line.db.session.scalars(select(BookingLink)).all() == []


def test_a_shared_number_keeps_its_people_apart(line: TelephoneLine, client: FlaskClient) -> None:
    with transaction():
        mira = find_or_create("Mira Sommer", number=CALLER).id
    hold_in_call(line)
    break_off(line)
    (text,) = line.work(1)
    page = get(client, link_of(text)).text
    assert "Mira" not in page, "the record is not for whoever has the telephone"
    assert post(client, link_of(text), name="Tom Sommer").status_code == 302
    (booking,) = bookings(line)
    assert booking.customer_id != mira


def test_calls_of_our_own_share_no_holds(line: TelephoneLine) -> None:
    """They all have our number as their caller."""
    outbound = {"direction": "outbound", "from_number": MITTE, "to_number": CALLER}
    hold_in_call(line, "call_1", **outbound)
    break_off(line, "call_1", **outbound)
    line.post("call_started", "call_2", start_timestamp=to_ms(now()), call_status="ongoing", **outbound | {"to_number": "+491713920051"})

    class Context:
        call = line.db.session.scalars(select(Call).where(Call.provider_call_id == "call_2")).one()

    assert list_open_holds(Context) == []  # type: ignore[arg-type]
    assert line.work() == []


@pytest.mark.parametrize(("reason", "state"), [("user_hangup", "open"), ("agent_hangup", "released")])
def test_a_call_that_ends_releases_what_it_held_unless_it_broke_off(line: TelephoneLine, reason: str, state: str) -> None:
    hold_id = hold_in_call(line)
    break_off(line, reason=reason)
    assert line.db.session.scalars(select(Hold.status).where(Hold.id == hold_id)).one() == state
