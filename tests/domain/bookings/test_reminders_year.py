"""A year of messages, judged by an oracle that knows only bookings, calls and rules; `benchmarks.messages_year` does it with 5,000."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from tests.factories.salon import Salon
from tests.support.message_year import Year, judge, simulate

BOOKINGS, CALLERS = 150, 80


@pytest.mark.exhaustive
def test_each_message_of_a_year_is_sent_once_in_order_and_while_it_holds(
    app: Flask, db: SQLAlchemy, salon: Salon, present: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "twilio_account_sid": "AC1", "twilio_auth_token": "t", "twilio_sender": "Lindgren", "smtp_url": "smtp://mail.example",
        "mail_from": "termine@salon.example",
    }.items():  # fmt: skip
        monkeypatch.setattr(app.config["SETTINGS"], name, value)
    year = simulate(salon, present, bookings=BOOKINGS, seed=7, callers=CALLERS)
    assert judge(year) == []
    assert_that_faults_are_seen(year)
    assert_that_faults_with_callers_are_seen(year)
    reminders = [body for _when, _to, body in year.carrier.taken if "steht an" in body]
    assert len(year.stories) > 0.7 * BOOKINGS and len(reminders) > len(year.stories) and year.deaths > 0


def assert_that_faults_are_seen(year: Year) -> None:
    """The oracle finds what is missing, doubled, late, in the night, and about another time."""
    taken = year.carrier.taken
    place = next(place for place, (_when, _to, body) in enumerate(taken) if "steht an" in body)
    when, to, body = taken[place]
    night = when.replace(hour=23)
    for faulty in (
        taken[:place] + taken[place + 1 :],
        [*taken, (when + timedelta(minutes=1), to, body)],
        [*taken[:place], (night, to, body), *taken[place + 1 :]],
        [*taken[:place], (when, to, body.replace(" um ", " um 0")), *taken[place + 1 :]],
    ):
        assert judge(replace(year, carrier=replace(year.carrier, taken=faulty))) != []


def assert_that_faults_with_callers_are_seen(year: Year) -> None:
    """The oracle finds a caller who is not told, told twice or told though served, and a callback not promised or at another time."""
    taken = year.carrier.taken
    lone = {story.number for story in year.call_stories if len(story.calls) == 1 and not story.calls[0][1]}
    missed = next(place for place, (_when, to, body) in enumerate(taken) if to in lone and "angerufen" in body)
    waiting = {story.number for story in year.call_stories if len(story.promises) == 1}
    promised = next(place for place, (_when, to, body) in enumerate(taken) if to in waiting and "Wir rufen" in body)
    when, to, body = taken[promised]
    served = next(story for story in year.call_stories if story.calls[-1][1])
    for faulty in (
        taken[:missed] + taken[missed + 1 :],
        [*taken, (taken[missed][0] + timedelta(minutes=5), *taken[missed][1:])],
        [*taken, (served.calls[-1][0] + timedelta(minutes=5), served.number, taken[missed][2])],
        taken[:promised] + taken[promised + 1 :],
        [*taken[:promised], (when, to, body.replace(" um ", " um 0")), *taken[promised + 1 :]],
    ):
        assert judge(replace(year, carrier=replace(year.carrier, taken=faulty))) != []
