"""The calendar file of a mail, read by a calendar library: entered, changed by a move, taken out by a cancellation."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from flask_sqlalchemy import SQLAlchemy
from icalendar import Calendar
from sqlalchemy import select

from app.core.transactions import run_in_transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.bookings.message_writer import get_name_value, get_series_values, get_values, lay_out
from app.domain.bookings.recurrence import create_series
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.customers.contacts import find_or_create
from app.domain.notifications.message_templates import TEMPLATES
from app.domain.notifications.template_changes import save_template
from app.domain.notifications.template_versions import TemplateKey, TemplateScope
from app.jobs.notifications import send_notification
from app.models import Booking, Company, Customer, Notification, Service
from tests.doubles.messaging import MailDouble
from tests.factories.salon import Salon, at
from tests.support.users import make_user

LINK = Actor("caller", "link")


@pytest.fixture
def mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailDouble]:
    with MailDouble() as double:
        monkeypatch.setattr(app.config["SETTINGS"], "smtp_url", double.url)
        monkeypatch.setattr(app.config["SETTINGS"], "mail_from", "Salon Lindgren <termine@salon.example>")
        yield double


def book(salon: Salon, *parts: str) -> Booking:
    customer = run_in_transaction(lambda: find_or_create("Mira Sommer", email="mira@example.org").id)
    return run_in_transaction(lambda: create_booking(salon.request(*parts, customer_id=customer)))


def deliver(db: SQLAlchemy) -> None:
    db.session.rollback()
    for row_id in db.session.scalars(select(Notification.id).where(Notification.status == "pending")).all():
        send_notification(row_id)


def entry_of(mail: EmailMessage) -> tuple[str, Any]:
    """The method that the mail program sees, and the entry."""
    (part,) = mail.iter_attachments()
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    assert part.get_content_type() == "text/calendar" and part["Content-Type"].params["method"] == str(calendar["METHOD"])
    return str(calendar["METHOD"]), event


def test_the_confirmation_of_a_series_names_all_its_dates(db: SQLAlchemy, salon: Salon, mail: MailDouble) -> None:
    customer_id = run_in_transaction(lambda: find_or_create("Mira Sommer", email="mira@example.org").id)
    request = salon.request(customer_id=customer_id)
    run_in_transaction(lambda: create_series(request, every_weeks=1, times=3))
    deliver(db)
    (sent,) = mail.mails
    assert str(sent["Subject"]) == "Ihre 3 Termine ab Di. 12. Mai"
    body = " ".join(sent.get_body(("plain",)).get_content().split())  # type: ignore[union-attr]
    assert "ist 3 Mal gebucht: Di. 12. Mai um 10:00, Di. 19. Mai um 10:00, Di. 26. Mai um 10:00. Ändern oder absagen:" in body
    (part,) = sent.iter_attachments()
    calendar = Calendar.from_ical(part.get_content())
    assert str(calendar["METHOD"]) == "PUBLISH"
    starts = [event.decoded("DTSTART") for event in calendar.walk("VEVENT")]
    assert starts == [at("2026-05-12T10:00"), at("2026-05-19T10:00"), at("2026-05-26T10:00")]
    assert len({str(event["UID"]) for event in calendar.walk("VEVENT")}) == 3


def test_of_a_long_series_ten_dates_are_named(app: Flask, salon: Salon) -> None:
    visits = [Booking(starts_at=at("2026-05-12T10:00") + timedelta(weeks=number), timezone="Europe/Berlin") for number in range(12)]
    with force_locale("de"):
        assert str(get_series_values(visits)["dates"]).endswith("Di. 14. Juli um 10:00 und 2 weitere")
        assert str(get_series_values(visits[:11])["dates"]).endswith("Di. 14. Juli um 10:00 und 1 weiterer")
        assert str(get_series_values(visits[:10])["dates"]).endswith("Di. 7. Juli um 10:00, Di. 14. Juli um 10:00")
    with force_locale("en"):
        assert str(get_series_values(visits)["dates"]).endswith("Tue 14 Jul at 10:00 and 2 more")


@pytest.mark.parametrize("name", ["Salon Lindgren", "Frisör Müßig & Söhne", 'Kruse, "Haare" <x@y.example>'])
def test_a_mail_comes_under_the_name_of_the_business(
    app: Flask, db: SQLAlchemy, salon: Salon, mail: MailDouble, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "mail_from", "AskProAI <termine@askproai.example>")
    run_in_transaction(lambda: setattr(db.session.get_one(Company, salon.company_id), "name", name))
    book(salon)
    deliver(db)
    (sent,) = mail.mails
    (sender,) = sent["From"].addresses
    assert (sender.addr_spec, sender.display_name) == ("termine@askproai.example", name)


def test_one_entry_is_entered_moved_and_taken_out(db: SQLAlchemy, salon: Salon, mail: MailDouble) -> None:
    booking = book(salon)
    deliver(db)
    run_in_transaction(lambda: reschedule_booking(booking.id, LINK, starts_at=at("2026-05-13T11:00")))
    deliver(db)
    run_in_transaction(lambda: cancel_booking(booking.id, LINK))
    deliver(db)
    entries = [entry_of(each) for each in mail.mails]
    assert [method for method, _event in entries] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [int(event["SEQUENCE"]) for _method, event in entries] == [1, 2, 3]
    assert [event.decoded("DTSTART") for _method, event in entries] == [
        at("2026-05-12T10:00"), at("2026-05-13T11:00"), at("2026-05-13T11:00")
    ]  # fmt: skip
    assert {str(event["UID"]) for _method, event in entries} == {f"{booking.id}@askproai"}
    assert [str(event["STATUS"]) for _method, event in entries] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_the_entry_is_from_the_business_for_the_customer_who_need_not_answer(db: SQLAlchemy, salon: Salon, mail: MailDouble) -> None:
    book(salon, "cut:anna", "colour:anna")
    deliver(db)
    _method, event = entry_of(mail.mails[0])
    assert (str(event["ORGANIZER"]), event["ORGANIZER"].params["CN"]) == ("mailto:termine@salon.example", "Salon Lindgren")
    assert str(event["ATTENDEE"]) == "mailto:mira@example.org"
    assert dict(event["ATTENDEE"].params) == {"PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    assert (event.decoded("DTEND") - event.decoded("DTSTART")).seconds == 120 * 60, "the whole visit"
    assert str(event["SUMMARY"]) == "Haarschnitt, Salon Lindgren" and str(event["LOCATION"]) == "Berlin-Mitte"


def parts_of(mail: EmailMessage) -> tuple[str, str]:
    """The text and the HTML part."""
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None and html is not None
    return text.get_content(), html.get_content()


def test_a_mail_has_a_text_and_the_same_in_html_with_facts_and_a_button(db: SQLAlchemy, salon: Salon, mail: MailDouble) -> None:
    book(salon, "cut:anna", "colour:anna")
    deliver(db)
    text, html = parts_of(mail.mails[0])
    link = re.search(r"https?://\S+", text)
    assert link and f'<a class="m-button" href="{link[0]}">Ändern oder absagen</a>' in html
    assert '<th scope="row">Leistung</th><td>Haarschnitt, Balayage</td>' in html and "<td>Di. 12. Mai um 10:00</td>" in html
    assert "<td>Berlin-Mitte</td>" in html and "<td>Anna Lindgren</td>" in html and '<html lang="de">' in html
    assert [part.get_content_type() for part in mail.mails[0].iter_parts()] == ["multipart/alternative", "text/calendar"]


def test_a_cancelled_appointment_has_no_facts_and_a_name_is_no_markup(db: SQLAlchemy, salon: Salon, mail: MailDouble) -> None:
    booking = book(salon)
    db.session.get_one(Service, booking.service_id).name = "<b>Schnitt</b> & mehr"
    db.session.commit()
    deliver(db)
    run_in_transaction(lambda: cancel_booking(booking.id, LINK))
    deliver(db)
    booked, cancelled = (parts_of(each)[1] for each in mail.mails)
    assert "&lt;b&gt;Schnitt&lt;/b&gt; &amp; mehr" in booked and "<b>" not in booked
    assert "m-facts" in booked.partition("<body")[2] and "m-facts" not in cancelled.partition("<body")[2]


def test_html_is_in_the_customers_language(db: SQLAlchemy, salon: Salon, mail: MailDouble) -> None:
    booking = book(salon)
    db.session.rollback()
    run_in_transaction(lambda: setattr(db.session.get_one(Customer, booking.customer_id), "language", "en"))
    run_in_transaction(lambda: reschedule_booking(booking.id, LINK, starts_at=at("2026-05-13T11:00")))
    deliver(db)
    html = parts_of(mail.mails[-1])[1]
    assert '<html lang="en">' in html and '<th scope="row">When</th>' in html and ">Change or cancel</a>" in html


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Mira Sommer", "Mira Sommer"), ("Dr. Zoë O’Neill-Łukasz", "Dr. Zoë O’Neill-Łukasz"), ("", None), (None, None),
        ("evil.com", None), ("Sie gewinnen http://x.example", None), ("{link}", None), ("Anna <b>", None), ("a" * 90, None),
    ],
)  # fmt: skip
def test_a_name_that_might_be_a_link_is_left_out(name: str | None, value: str | None) -> None:
    assert get_name_value(name) == value


def test_a_name_goes_to_the_persons_own_address_only(db: SQLAlchemy, salon: Salon) -> None:
    booking = book(salon)
    assert get_values(booking)["customer"] == "Mira Sommer"
    booking.contact_email = "mira@example.org"
    assert get_values(booking)["customer"] == "Mira Sommer"
    booking.contact_email = "somebody@example.org"
    assert get_values(booking)["customer"] is None


def test_every_variable_of_a_template_about_bookings_has_a_value(db: SQLAlchemy, salon: Salon) -> None:
    given = get_values(book(salon)).keys() | {"link", "count", "dates", "instead", "rebook"}
    kinds = ("booking_link", "booking_confirmed", "booking_moved", "booking_cancelled", "booking_reminder")
    assert {name for template in TEMPLATES.values() if template.kind in kinds for name in template.variables} == given


def test_html_to_the_team_is_in_the_language_of_its_reader(db: SQLAlchemy, salon: Salon) -> None:
    user = make_user(db.session.get_one(Company, salon.company_id))
    user.language = "en"
    db.session.commit()
    row = Notification(
        company_id=salon.company_id, kind="staff_notice", subject="notice:1", recipient=user.email, title="News", body="Hello"
    )
    assert '<html lang="en">' in lay_out(row)
    row.recipient = "nobody@example.org"
    assert '<html lang="de">' in lay_out(row)


def test_messages_about_a_booking_take_the_text_of_its_service_and_branch(db: SQLAlchemy, salon: Salon, mail: MailDouble) -> None:
    scope = TemplateScope(salon.branches["mitte"], salon.services["cut"])
    for name in ("booked", "moved"):
        key = TemplateKey(name, "de", scope)
        text = f"{name}: {{Name}}, {{Tag}}, {{Uhrzeit}} Uhr, {{Adresse}}. {{Link}}"
        run_in_transaction(lambda key=key, text=text: save_template(key, "Salon", text, based_on=0, author_id="user-1"))
    booking = book(salon, "cut:anna")
    deliver(db)
    run_in_transaction(lambda: reschedule_booking(booking.id, LINK, starts_at=at("2026-05-13T11:00")))
    deliver(db)
    book(salon, "wash:anna")
    deliver(db)
    booked, moved, other = (parts_of(each)[0] for each in mail.mails)
    assert booked.startswith("booked: Mira Sommer, Di. 12. Mai, 10:00 Uhr, Berlin-Mitte. http")
    assert moved.startswith("moved: Mira Sommer, Mi. 13. Mai, 11:00 Uhr, Berlin-Mitte. http")
    assert other.startswith("Salon Lindgren: Waschen"), "another service has ours"
