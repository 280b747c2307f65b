"""Rules are inherited, the narrowest speaks last, and each can be told in words."""

from flask import Flask
from flask_babel import force_locale
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.companies.policies import RULE_NAMES, Rules, describe_rules, format_span, load_policies
from app.models import Policy
from app.models.policy import RULES
from tests.factories.salon import make_salon


def test_company_branch_service_person_in_that_order(db: SQLAlchemy) -> None:
    salon = make_salon(notice_minutes=60, cancel_minutes=1440, fee_cents=1000)
    branch, service, person = salon.branches["mitte"], salon.services["cut"], salon.people["anna"]
    with company_scope(salon.company_id):
        with transaction():
            db.session.add(Policy(scope=branch, branch_id=branch, notice_minutes=120, cancel_minutes=720))
            db.session.add(Policy(scope=service, service_id=service, notice_minutes=30))
            db.session.add(Policy(scope=person, staff_id=person, notice_minutes=0))
        policies = load_policies()
    rules = policies.rules(branch_id=branch, service_id=service)
    assert (rules.notice_minutes, rules.cancel_minutes, rules.fee_cents, rules.grid_minutes) == (30, 720, 1000, 15)
    assert policies.rules(branch_id=branch, service_id=service, staff_id=person).notice_minutes == 0
    assert policies.rules(branch_id=salon.branches["pankow"]).notice_minutes == 60
    where = {"branch_id": branch, "service_id": service, "staff_id": person}
    assert [policies.origin(rule, **where) for rule in ("notice_minutes", "cancel_minutes", "fee_cents", "grid_minutes")] == [
        "staff", "branch", "company", "default",
    ]  # fmt: skip


def test_every_rule_of_the_table_is_one_of_the_rules() -> None:
    assert set(RULE_NAMES) == set(RULES)


def test_rules_can_be_read_out(app: Flask) -> None:
    rules = Rules(notice_minutes=90, cancel_minutes=1440, fee_cents=1050, fee_within_minutes=2880, anonymous_callers=False)
    with app.test_request_context():
        with force_locale("de"):
            said = describe_rules(rules)
            assert "Gebucht wird spätestens 90 Minuten vorher." in said
            assert "Absagen geht bis 1 Tag vorher." in said
            assert "Wer später als 2 Tage vorher absagt oder nicht kommt, zahlt 10,50 Euro." in said
            assert "Wer seine Rufnummer unterdrückt, kann nicht buchen." in said
            assert format_span(60) == "1 Stunde"
        with force_locale("en"):
            assert not set(describe_rules(rules)) & set(said)
    assert len(describe_rules(Rules())) < len(said)
