"""Rules of messages: the platform's, the company's, and a service's own reminders."""

from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy

from app.core.errors import InvalidInput, NotFound
from app.core.ids import new_ulid
from app.core.transactions import run_in_transaction
from app.domain.notifications.message_policies import (
    MessageRules,
    ReminderRule,
    load_message_policies,
    save_message_rules,
    save_service_reminders,
)
from tests.factories.salon import Salon

DAY, HOURS, WEEK = ReminderRule(1440, "email"), ReminderRule(180, "sms"), ReminderRule(10_080, "email")


def test_without_rules_nobody_is_reminded(db: SQLAlchemy, salon: Salon) -> None:
    assert load_message_policies().rules(salon.services["cut"]) == MessageRules()
    assert MessageRules().reminders == ()


def test_a_service_has_reminders_of_its_own_or_none(db: SQLAlchemy, salon: Salon) -> None:
    cut, colour = salon.services["cut"], salon.services["colour"]
    run_in_transaction(lambda: save_message_rules({"reminders": (HOURS, DAY), "max_per_day": 3}))
    run_in_transaction(lambda: save_service_reminders(colour, (WEEK,)))
    run_in_transaction(lambda: save_service_reminders(cut, ()))
    policies = load_message_policies()
    assert policies.rules().reminders == (DAY, HOURS), "the earliest first"
    assert (policies.rules(colour).reminders, policies.rules(colour).max_per_day) == ((WEEK,), 3)
    assert (policies.rules(cut).reminders, policies.has_own_reminders(cut)) == ((), True)
    run_in_transaction(lambda: save_service_reminders(cut, None))
    assert load_message_policies().rules(cut).reminders == (DAY, HOURS)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reminders": (DAY, ReminderRule(1440, "sms"))}, "reminders"),
        ({"reminders": tuple(ReminderRule(60 * n, "sms") for n in range(1, 6))}, "reminders"),
        ({"reminders": (ReminderRule(5, "sms"),)}, "reminders"),
        ({"quiet_from": 1440}, "quiet_from"),
        ({"max_per_day": 0}, "max_per_day"),
        ({"cap_action": "pray"}, "cap_action"),
    ],
)
def test_rules_that_make_no_sense_are_refused(db: SQLAlchemy, salon: Salon, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        run_in_transaction(lambda: save_message_rules(values))
    assert list(refusal.value.data["fields"]) == [field]


def test_reminders_of_an_unknown_service_are_not_found(db: SQLAlchemy, salon: Salon) -> None:
    with pytest.raises(NotFound):
        run_in_transaction(lambda: save_service_reminders(new_ulid(), (DAY,)))
