"""Writes marketing messages as they leave, each with a new link to withdraw the consent, and says which are not wanted any more."""

from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import force_locale

from app.core import settings
from app.core.clock import now
from app.core.extensions import db
from app.domain.bookings.message_writer import get_name_value, get_scope, get_values, offer_new_date
from app.domain.marketing import visits
from app.domain.marketing.message_plans import find_visit, has_birthday, is_turned_away
from app.domain.marketing.rules import MarketingRules, load_marketing_rules
from app.domain.marketing.satisfaction import create_question
from app.domain.notifications.marketing_consents import create_withdrawal_link
from app.domain.notifications.message_templates import COMPANY_WIDE, render_message
from app.domain.notifications.sender_accounts import receives_replies
from app.models import Company, Customer, Notification


def write(row: Notification) -> tuple[str, str] | None:
    """Title and text, in the customer's language; None where it does not hold any more."""
    if is_outdated(row):
        return None
    company, customer, visit = db.session.get_one(Company, row.company_id), _get_customer(row), find_visit(row)
    link = f"{settings().public_base}/b/{create_withdrawal_link(row.channel, row.recipient)}"
    with force_locale(customer.language or company.language):
        values: dict[str, Any] = {"company": company.name}
        if visit is not None:
            values |= get_values(visit) | {"rebook": offer_new_date(visit.branch_id), "review": load_marketing_rules().review_url}
        values |= {"customer": get_name_value(customer.name), "link": link}
        template = row.kind
        if row.kind == "satisfaction" and visit is not None:
            values["rate"] = create_question(row, visit)
            template = "satisfaction_by_text" if row.channel == "sms" and receives_replies() else "satisfaction"
        return render_message(template, values, get_scope(visit) if visit else COMPANY_WIDE)


def is_outdated(row: Notification) -> bool:
    """Whether the rule is gone, the visit did not take place after all, the customer has come or will come, or is turned away."""
    customer = _get_customer(row)
    return is_turned_away(customer) or not _is_wanted(row, customer, load_marketing_rules())


def _is_wanted(row: Notification, customer: Customer, rules: MarketingRules) -> bool:
    if row.kind == "birthday":
        company = db.session.get_one(Company, row.company_id)
        return rules.has_birthdays and has_birthday(customer, now().astimezone(ZoneInfo(company.timezone)).date())
    visit = find_visit(row)
    if visit is None or visit.customer_id != customer.id or visit.status not in ("confirmed", "done"):
        return False
    if row.kind == "review_request":
        return rules.review_hours is not None
    if row.kind == "satisfaction":
        return rules.satisfaction_hours is not None
    service_id = visit.service_id if row.kind == "recall" else None
    is_on = visit.service_id in rules.recall_weeks if row.kind == "recall" else rules.win_back_weeks is not None
    last = visits.find_last(customer.id, service_id)
    return is_on and last is not None and last.id == visit.id and not visits.is_expected(customer.id, service_id)


def _get_customer(row: Notification) -> Customer:
    return db.session.get_one(Customer, row.customer_id)
