"""The page of message rules: reminders of the company and of a service, quiet hours, limits, and what they mean in words."""

import functools
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from werkzeug.test import TestResponse

from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction
from app.domain.bookings.create import create_booking
from app.domain.notifications.message_policies import MessageRules, ReminderRule, load_message_policies
from app.models import Company
from tests.factories.salon import PRESENT, Salon, make_salon
from tests.support.users import make_user, signed_in, token_of

PAGE = "/settings/messages"
RULES = {"reminder:0:minutes": "2880", "reminder:0:channel": "email", "reminder:1:minutes": "180", "reminder:1:channel": "sms"}


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel(PRESENT, tick=True):
        yield make_salon()


@pytest.fixture
def owner(app: Flask, db: SQLAlchemy, salon: Salon) -> FlaskClient:
    return signed_in(app, make_user(db.session.get_one(Company, salon.company_id)))


def post(browser: FlaskClient, **fields: Any) -> TestResponse:
    return browser.post(PAGE, data={"csrf_token": token_of(browser), **fields})


def rules_of(salon: Salon, service_id: str | None = None) -> MessageRules:
    with company_scope(salon.company_id):
        return load_message_policies().rules(service_id)


def test_while_nothing_goes_out_the_list_of_messages_says_so(
    app: Flask, owner: FlaskClient, salon: Salon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read() -> tuple[str, list[str]]:
        listed = re.search(r'<h2 class="ap-h2">(Was wann hinaus[^<]*)</h2></div>\s*<ul[^>]*>(.*?)</ul>', owner.get(PAGE).text, re.S)
        assert listed is not None
        return listed[1], re.findall(r"#i-([a-z-]+)", listed[2])

    heading, icons = read()
    assert heading == "Was wann hinausginge" and "check" not in icons and icons[0] == "triangle-alert"
    for name, value in {"smtp_url": "smtp://127.0.0.1:1", "mail_from": "termine@salon.example"}.items():
        monkeypatch.setattr(app.config["SETTINGS"], name, value)
    heading, icons = read()
    # no reminder is planned, and texts after calls need an account for texts
    assert heading == "Was wann hinausgeht" and icons.count("ban") == 3 and icons.count("check") == len(icons) - 3


def test_rules_of_the_company_are_saved_and_said_in_words(owner: FlaskClient, salon: Salon) -> None:
    assert "An Termine wird nicht erinnert." in owner.get(PAGE).text
    limits = {"quiet_from": "20:00", "quiet_until": "09:00", "max_per_day": "4", "segment_price": "8,5", "monthly_cap": "50"}
    assert post(owner, **RULES, **limits, cap_action="reminders").status_code == 302
    rules = rules_of(salon)
    assert rules.reminders == (ReminderRule(2880, "email"), ReminderRule(180, "sms"))
    assert (rules.quiet_from, rules.quiet_until, rules.max_per_day, rules.segment_tenth_cents) == (1200, 540, 4, 85)
    assert (rules.monthly_cap_cents, rules.cap_action) == (5000, "reminders")
    page = owner.get(PAGE).text
    assert "Zum Beispiel ein Termin am Mo 11.05. um 10:00 Uhr:" in page
    assert "E-Mail am Sa 09.05. um 10:00 Uhr." in page
    assert "SMS am So 10.05. um 19:45 Uhr, weil um 07:00 Uhr Ruhezeit ist." in page
    assert "Weder SMS noch E-Mail ist eingerichtet" in page
    assert "Salon Lindgren: Ihr Termin steht an, Haarschnitt am Mo. 11. Mai um 10:00" in page and "2 SMS-Teile, 0,17 €" in page


def test_a_service_gets_its_own_or_none(owner: FlaskClient, salon: Salon) -> None:
    post(owner, **RULES)
    cut = salon.services["cut"]
    assert post(owner, scope=cut, mode="own", **{"reminder:0:minutes": "60"}).status_code == 302
    assert rules_of(salon, cut).reminders == (ReminderRule(60, "sms"),)
    assert post(owner, scope=cut, mode="own").status_code == 302
    assert rules_of(salon, cut).reminders == ()
    assert post(owner, scope=cut, mode="company").status_code == 302
    assert len(rules_of(salon, cut).reminders) == 2


def test_changed_reminders_of_a_service_are_never_lost(owner: FlaskClient, salon: Salon) -> None:
    """Without scripts the fields stay open under "wie im ganzen Betrieb"; with them, a browser sends none."""
    post(owner, **RULES)
    yoga = salon.services["yoga"]
    post(owner, scope=yoga, mode="company", **RULES)
    post(owner, **RULES | {"reminder:0:minutes": "1440"})
    assert rules_of(salon, yoga).reminders[0] == ReminderRule(1440, "email"), "what the page showed is no change"
    changed = post(owner, scope=yoga, mode="company", **RULES | {"reminder:0:minutes": "10080"})
    assert "hat jetzt ihre eigenen" in owner.get(changed.location).text
    assert ReminderRule(10_080, "email") in rules_of(salon, yoga).reminders
    assert rules_of(salon).reminders[0] == ReminderRule(1440, "email")
    own = {"reminder:0:minutes": "10080", "reminder:0:channel": "email", "reminder:1:minutes": "180", "reminder:1:channel": "sms"}
    post(owner, scope=yoga, mode="company", **own)
    assert rules_of(salon, yoga).reminders == rules_of(salon).reminders, "back to the company's with the fields untouched"


def test_the_sample_of_a_service_names_it(owner: FlaskClient, salon: Salon) -> None:
    page = owner.get(PAGE, query_string={"scope": salon.services["yoga"]}).text
    sample = page.partition("So klingt eine Erinnerung")[2]
    assert "Ihr Termin steht an, Yoga" in sample, sample[:400]


def test_nonsense_is_refused_beside_the_field(owner: FlaskClient, salon: Salon) -> None:
    twice = post(owner, **{"reminder:0:minutes": "60", "reminder:1:minutes": "60"})
    assert (twice.status_code, "Zwei Erinnerungen zur selben Zeit" in twice.text) == (422, True)
    for field, text in (("segment_price", "inf"), ("max_per_day", "0"), ("reminder:0:minutes", "1"), ("quiet_from", "25:00")):
        assert post(owner, **{field: text}).status_code == 422, field
    assert owner.get(PAGE, query_string={"scope": "01HZZZZZZZZZZZZZZZZZZZZZZZ"}).status_code == 404


@pytest.mark.parametrize(("role", "writes"), [("manager", 302), ("front_desk", 403), ("read_only", 403)])
def test_who_may_change_them(app: Flask, db: SQLAlchemy, salon: Salon, role: str, writes: int) -> None:
    browser = signed_in(app, make_user(db.session.get_one(Company, salon.company_id), role))
    assert browser.get(PAGE).status_code == 200
    assert post(browser, **RULES).status_code == writes


def test_before_reminders_are_planned_their_number_and_cost_are_told(
    app: Flask, owner: FlaskClient, salon: Salon, monkeypatch: pytest.MonkeyPatch
) -> None:
    with company_scope(salon.company_id):
        for starts in ("2026-05-12T10:00", "2026-05-12T11:00", "2026-05-12T12:00"):
            run_in_transaction(functools.partial(create_booking, salon.request(starts=starts)))
    assert post(owner, **RULES).status_code == 302, "without a channel nothing is planned"
    assert post(owner).status_code == 302
    for name, value in {"account_sid": "AC1", "auth_token": "t", "sender": "Lindgren"}.items():
        monkeypatch.setattr(app.config["SETTINGS"], f"twilio_{name}", value)
    asked = post(owner, **RULES)
    assert asked.status_code == 200
    text = " ".join(asked.text.split())
    assert "Noch nicht gespeichert: Für gebuchte Termine werden damit bis zu 6 Erinnerungen geplant." in text
    assert "Davon sind 6 SMS, zusammen etwa" in text and 'name="confirmed" value="1"' in text
    assert rules_of(salon).reminders == ()
    assert post(owner, **RULES, confirmed="1").status_code == 302
    assert len(rules_of(salon).reminders) == 2
    assert post(owner).status_code == 302, "fewer reminders are saved at once"
