"""Who waits is asked in turn, and never two get the same time."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import InvalidInput
from app.core.event_bus import subscribe
from app.core.extensions import db as the_db
from app.core.tenancy import unscoped
from app.core.transactions import transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.errors import SlotTaken
from app.domain.bookings.waitlist import (
    OfferExpired,
    accept_offer,
    close_past_entries,
    decline_offer,
    expire_offers,
    find_offer,
    join_waitlist,
    offer_slot,
    renew_offer_token,
    withdraw_entry,
)  # fmt: skip
from app.domain.bookings.waitlist_calls import close_settled
from app.domain.customers.contacts import find_or_create
from app.domain.notifications.suppressions import suppress
from app.domain.services.matching import UnknownService
from app.events import WaitlistOffered
from app.jobs.notifications import send_notification
from app.models import Booking, Hold, Notification, Service, StaffTask, WaitlistEntry, WaitlistOffer
from tests.doubles.messaging import MailDouble, TwilioDouble
from tests.factories.salon import DESK, Salon, at, make_customer

HEARD: list[WaitlistOffered] = []
MIRA = "+491713920050"


@subscribe(WaitlistOffered, when="after_commit")
def _hear(events: list[WaitlistOffered]) -> None:
    HEARD.extend(events)


@pytest.fixture(autouse=True)
def account(twilio: TwilioDouble) -> TwilioDouble:
    """Offers go out by text message."""
    return twilio


def join(salon: Salon, name: str, service: str = "cut", **others: Any) -> WaitlistEntry:
    window = {"window_from": at("2026-05-11T00:00"), "window_until": at("2026-05-16T00:00"), "contact_phone": MIRA}
    with transaction():
        return join_waitlist(make_customer(salon, name), salon.services[service], **(window | others))


@pytest.fixture
def full(salon: Salon) -> Booking:
    """Anna's booking at ten; both people are taken around it, so that only ten can become free."""
    with transaction():
        for person in ("anna", "ben"):
            for hour in (9, 10, 11):
                for half in ("00", "30"):
                    booking = create_booking(salon.request(f"cut:{person}", starts=f"2026-05-12T{hour:02}:{half}"))
                    if (person, hour, half) == ("anna", 10, "00"):
                        wanted = booking
    return wanted


def free(booking: Booking) -> WaitlistOffer | None:
    with transaction():
        cancel_booking(booking.id, DESK)
        return offer_slot(booking.branch_id, booking.starts_at, booking.ends_at)


def test_a_freed_time_is_kept_for_the_first_who_waits(db: SQLAlchemy, salon: Salon, full: Booking) -> None:
    first, second = join(salon, "Mira"), join(salon, "Otto")
    HEARD.clear()
    offer = free(full)
    assert offer is not None
    assert (offer.entry_id, offer.status, first.status, second.status) == (first.id, "offered", "offered", "waiting")
    assert [event.offer_id for event in HEARD] == [offer.id]
    with pytest.raises(SlotTaken), transaction():
        create_booking(salon.request("cut:anna"))
    with transaction():
        token = renew_offer_token(offer)
    assert find_offer(token).id == offer.id
    with transaction():
        booking = accept_offer(offer.id)
    assert (booking.starts_at, booking.customer_id, booking.source) == (at("2026-05-12T10:00"), first.customer_id, "link")
    assert (offer.status, first.status) == ("accepted", "booked")
    with transaction():
        assert accept_offer(offer.id).id == booking.id


def test_on_expiry_the_next_is_asked_and_the_late_one_is_told(
    db: SQLAlchemy, salon: Salon, full: Booking, present: time_machine.Traveller
) -> None:
    first, second = join(salon, "Mira"), join(salon, "Otto")
    offer = free(full)
    present.shift(timedelta(minutes=31))
    with pytest.raises(OfferExpired), transaction():
        accept_offer(offer.id)
    with transaction():
        assert expire_offers() == 1
    db.session.expire_all()
    assert (offer.status, first.status, second.status) == ("expired", "waiting", "offered")
    present.shift(timedelta(minutes=31))
    with transaction():
        assert expire_offers() == 1
    # nobody is asked twice for the same time, so it is free again
    assert db.session.scalars(select(WaitlistOffer).where(WaitlistOffer.status == "offered")).all() == []
    with transaction():
        create_booking(salon.request("cut:anna"))


def test_declining_and_leaving_hand_the_time_on(db: SQLAlchemy, salon: Salon, full: Booking) -> None:
    first, second, third = join(salon, "Mira"), join(salon, "Otto"), join(salon, "Ute")
    offer = free(full)
    with transaction():
        following = decline_offer(offer.id)
    assert following.entry_id == second.id
    with transaction():
        withdraw_entry(second.id)
    assert (first.status, second.status, third.status) == ("waiting", "withdrawn", "offered")
    with pytest.raises(OfferExpired), transaction():
        accept_offer(following.id)
    assert set(db.session.scalars(select(Hold.status))) == {"released", "open"}


def test_only_what_suits_is_offered(salon: Salon, full: Booking) -> None:
    join(salon, "zu lang", service="colour")
    join(salon, "bei Ben", staff_id=salon.people["ben"])
    join(salon, "in Pankow", branch_id=salon.branches["pankow"])
    join(salon, "nachmittags", day_from=14 * 60)
    join(salon, "nächste Woche", window_from=at("2026-05-18T00:00"), window_until=at("2026-05-22T00:00"))
    assert free(full) is None
    morning = join(salon, "vormittags", day_until=12 * 60, branch_id=salon.branches["mitte"])
    with transaction():
        offer = offer_slot(full.branch_id, full.starts_at, full.ends_at)
    assert offer.entry_id == morning.id


@pytest.mark.parametrize(
    ("hours", "suits"),
    [
        ({"day_from": 10 * 60 + 30}, True),
        ({"day_from": 10 * 60 + 31}, False),
        ({"day_until": 10 * 60 + 31}, True),
        ({"day_until": 10 * 60 + 30}, False),
    ],
)
def test_the_hours_of_the_day_that_suit_are_kept_to_the_minute(
    db: SQLAlchemy, salon: Salon, full: Booking, hours: dict[str, int], suits: bool
) -> None:
    join(salon, "Mira", **hours)
    half_past_ten = select(Booking).where(Booking.staff_id == salon.people["anna"], Booking.starts_at == at("2026-05-12T10:30"))
    assert (free(db.session.scalars(half_past_ten).one()) is not None) == suits


def test_a_combined_visit_waits_too(db: SQLAlchemy, salon: Salon, full: Booking) -> None:
    with transaction():
        both = Service(slug="both", name="Waschen und Fönen", minutes=1, parts=[salon.services["wash"], salon.services["wash"]])
        db.session.add(both)
        db.session.get(Service, salon.services["wash"]).after_minutes = 0
    with transaction():
        window = {"window_from": at("2026-05-12T00:00"), "window_until": at("2026-05-13T00:00")}
        entry = join_waitlist(make_customer(salon), both.id, contact_phone=MIRA, **window)
    offer = free(full)
    assert offer.entry_id == entry.id
    with transaction():
        booking = accept_offer(offer.id)
    assert len(db.session.scalars(select(Booking).where(Booking.visit_id == booking.visit_id)).all()) == 2


def test_joining_again_changes_the_window(db: SQLAlchemy, salon: Salon) -> None:
    customer = make_customer(salon)
    with transaction():
        for day in (13, 15):
            entry = join_waitlist(
                customer, salon.services["cut"], window_from=at("2026-05-11T00:00"), window_until=at(f"2026-05-{day}T00:00")
            )
    assert db.session.scalars(select(WaitlistEntry)).all() == [entry]
    assert entry.window_until == at("2026-05-15T00:00")


def test_another_service_branch_or_time_after_an_offer_is_another_entry(db: SQLAlchemy, salon: Salon, full: Booking) -> None:
    customer, contact = make_customer(salon), {"contact_phone": MIRA}
    window = contact | {"window_from": at("2026-05-11T00:00"), "window_until": at("2026-05-16T00:00")}

    def join_again(service: str = "cut", **others: Any) -> str:
        with transaction():
            return join_waitlist(customer, salon.services[service], **(window | others)).id

    entries = [join_again(), join_again("colour"), *(join_again(branch_id=branch_id) for branch_id in salon.branches.values())]
    assert len(set(entries)) == 4
    assert [join_again(), join_again(branch_id=salon.branches["pankow"])] == [entries[0], entries[3]]
    offer = free(full)
    assert offer and offer.entry_id == entries[0]
    assert join_again() not in entries


def test_a_token_finds_its_own_offer_and_no_other(salon: Salon) -> None:
    offers = offer_two(salon)
    with transaction():
        tokens = [renew_offer_token(offer) for offer in offers]
    assert [find_offer(token) for token in tokens] == offers
    assert find_offer("a" * 43) is None
    with transaction():
        renew_offer_token(offers[0])
    assert find_offer(tokens[0]) is None


def test_leaving_touches_nobody_elses_offer(salon: Salon) -> None:
    mira, ole = offer_two(salon)
    with transaction():
        withdraw_entry(mira.entry_id)
    assert (mira.status, ole.status) == ("declined", "offered")


def test_whoever_left_or_has_booked_is_not_asked_again(salon: Salon, full: Booking) -> None:
    join(salon, "Mira")
    offer = free(full)
    assert offer
    with transaction():
        withdraw_entry(join(salon, "Otto").id)
        accept_offer(offer.id)
        assert offer_slot(salon.branches["mitte"], at("2026-05-12T14:00"), at("2026-05-12T14:30")) is None


def test_only_what_was_not_answered_in_time_expires(salon: Salon, present: time_machine.Traveller) -> None:
    first, second = offer_two(salon, minutes_between=20)
    present.shift(timedelta(minutes=35))
    with transaction():
        assert expire_offers() == 1
    assert (first.status, second.status) == ("expired", "offered")


def offer_two(salon: Salon, *, minutes_between: int = 0) -> list[WaitlistOffer]:
    """Anna's time to Mira and, later by so many minutes, Ben's to Ole."""
    offers = []
    for name, person in (("Mira", "anna"), ("Ole", "ben")):
        starts_at = at("2026-05-12T10:00")
        window = {"window_from": starts_at, "window_until": starts_at + timedelta(minutes=1)}
        with time_machine.travel(now() + timedelta(minutes=len(offers) * minutes_between), tick=True):
            join(salon, name, staff_id=salon.people[person], **window)
            with transaction():
                offers.append(offer_slot(salon.branches["mitte"], starts_at, starts_at + timedelta(minutes=30)))
    return offers


@pytest.mark.parametrize(
    ("branch", "starts", "is_asked"),
    [("mitte", "10:00", False), ("mitte", "10:30", True), ("mitte", "09:30", True), ("pankow", "10:00", True)],
)
def test_whoever_declined_a_time_is_asked_for_other_times_and_branches(
    salon: Salon, present: time_machine.Traveller, branch: str, starts: str, is_asked: bool
) -> None:
    entry = join(salon, "Mira")
    with transaction():
        offer = offer_slot(salon.branches["mitte"], at("2026-05-12T10:00"), at("2026-05-12T10:30"))
        assert offer and offer.entry_id == entry.id
        decline_offer(offer.id)
        starts_at = at(f"2026-05-12T{starts}")
        again = offer_slot(salon.branches[branch], starts_at, starts_at + timedelta(minutes=30))
    assert (again is not None) == is_asked


def test_what_makes_no_sense_is_refused(salon: Salon) -> None:
    with pytest.raises(InvalidInput):
        join(salon, "gestern", window_until=at("2026-05-01T00:00"))
    with pytest.raises(UnknownService), transaction():
        join_waitlist("x", "01J0000000000000000000TEST", window_from=at("2026-05-11T00:00"), window_until=at("2026-05-16T00:00"))


def test_an_entry_whose_window_is_over_waits_no_more(salon: Salon, present: time_machine.Traveller) -> None:
    entry, withdrawn, later = join(salon, "Mira"), join(salon, "Otto"), join(salon, "Ute", window_until=at("2026-05-22T00:00"))
    with transaction():
        withdraw_entry(withdrawn.id)
    present.move_to("2026-05-20T08:00:00+02:00")
    with transaction():
        assert close_past_entries() == 1
    assert (entry.status, withdrawn.status, later.status) == ("expired", "withdrawn", "waiting")


@pytest.mark.parametrize("how", ["suppressed", "rejected"])
def test_offer_that_goes_by_mail_in_the_end_does_not_ask_for_a_yes_by_text(
    app: Flask, salon: Salon, full: Booking, twilio: TwilioDouble, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    with MailDouble() as mail:
        for name, value in {"smtp_url": mail.url, "mail_from": "termine@salon.example", "twilio_sender": "+493023125198"}.items():
            monkeypatch.setattr(app.config["SETTINGS"], name, value)
        with transaction():
            customer = find_or_create("Mira Sommer", number=MIRA, email="mira@example.org").id
            window = {"window_from": at("2026-05-11T00:00"), "window_until": at("2026-05-16T00:00")}
            join_waitlist(customer, salon.services["cut"], **window)
        with transaction():
            cancel_booking(full.id, DESK)
            offer_slot(full.branch_id, full.starts_at, full.ends_at)
        offer_message = select(Notification).where(Notification.kind == "waitlist_offer").execution_options(populate_existing=True)
        row = the_db.session.scalars(offer_message).one()
        assert "Antworten Sie mit JA oder NEIN" in (row.body or "")
        if how == "suppressed":
            with transaction():
                suppress("sms", MIRA, "unreachable")
        else:
            twilio.refuse[MIRA] = 21614
        for _try in range(2):
            send_notification(row.id)
        (sent,) = mail.mails
    the_db.session.rollback()
    row = the_db.session.scalars(offer_message).one()
    assert (row.channel, row.status, twilio.messages) == ("email", "sent", [])
    text = sent.get_body(("plain",)).get_content()
    assert "JA oder NEIN" not in text and "/b/" in text
    token = text.split("/b/")[1].split()[0]
    with unscoped():
        assert find_offer(token) is not None


NOBODY, LANDLINE = {"contact_phone": None}, {"contact_phone": "+493023125190"}


def _tasks() -> list[StaffTask]:
    return list(the_db.session.scalars(select(StaffTask).where(StaffTask.kind == "call_waiting").order_by(StaffTask.id)))


@pytest.mark.parametrize("contact", [NOBODY, LANDLINE, {}])
def test_nothing_is_held_where_no_message_reaches_anybody_who_waits(
    app: Flask, salon: Salon, full: Booking, monkeypatch: pytest.MonkeyPatch, contact: dict[str, Any]
) -> None:
    if not contact:
        monkeypatch.setattr(app.config["SETTINGS"], "twilio_sender", "")
    first, second = join(salon, "Mira", **contact), join(salon, "Otto", **contact)
    assert free(full) is None
    with transaction():
        assert offer_slot(full.branch_id, full.starts_at, full.ends_at) is None
    assert the_db.session.scalars(select(Hold)).all() == [] and (first.status, second.status) == ("waiting", "waiting")
    (task,) = _tasks()
    assert task.title == "Anrufen: Mira, frei geworden: Di. 12. Mai um 10:00"
    assert (task.branch_id, task.customer_id, task.status) == (full.branch_id, first.customer_id, "open")
    assert "Die Zeit ist nicht reserviert." in (task.details or "")
    with transaction():
        create_booking(salon.request("cut:anna"))


def test_whoever_a_message_reaches_is_asked_before_those_that_must_be_phoned(salon: Salon, full: Booking) -> None:
    join(salon, "Mira", **LANDLINE)
    second = join(salon, "Otto")
    offer = free(full)
    assert offer and offer.entry_id == second.id and _tasks() == []
    with transaction():
        assert decline_offer(offer.id) is None
    assert [task.title.partition(",")[0] for task in _tasks()] == ["Anrufen: Mira"]


def test_an_offer_that_does_not_arrive_frees_its_time_and_asks_for_a_call(salon: Salon, full: Booking, account: TwilioDouble) -> None:
    entry = join(salon, "Mira")
    offer = free(full)
    assert offer
    account.refuse[MIRA] = 21614
    row = the_db.session.scalars(select(Notification).where(Notification.kind == "waitlist_offer")).one()
    send_notification(row.id)
    the_db.session.expire_all()
    assert (row.status, offer.status, entry.status) == ("dead", "expired", "waiting")
    assert the_db.session.scalars(select(Hold.status)).all() == ["expired"]
    assert [task.title.partition(",")[0] for task in _tasks()] == ["Anrufen: Mira"]


def test_a_task_to_phone_ends_with_its_entry_and_with_its_time(salon: Salon, full: Booking, present: time_machine.Traveller) -> None:
    entry = join(salon, "Mira", **LANDLINE)
    free(full)
    with transaction():
        assert close_settled() == 0
        withdraw_entry(entry.id)
        assert close_settled() == 1
    later = join(salon, "Otto", window_until=at("2026-05-22T00:00"), **LANDLINE)
    with transaction():
        offer_slot(full.branch_id, full.starts_at, full.ends_at)
    assert [task.status for task in _tasks()] == ["done", "open"]
    present.move_to("2026-05-12T10:00:00+02:00")
    with transaction():
        assert close_settled() == 1
    assert later.status == "waiting"
