"""Plans marketing messages by the company's rules: once for each visit, year or pause, and only to who has consented."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, not_, select
from sqlalchemy.orm import undefer

from app.core.clock import now
from app.core.extensions import db
from app.core.phone import may_receive_sms
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.bookings.message_writer import list_visit
from app.domain.customers.blocked_callers import find_blocked
from app.domain.marketing import visits
from app.domain.marketing.rules import MarketingRules, load_marketing_rules
from app.domain.notifications.marketing_consents import list_consented, list_customers_with_consent
from app.domain.notifications.notification_queue import PlannedMessage, plan_notification
from app.domain.notifications.sender_accounts import is_set_up
from app.domain.notifications.suppressions import find_suppressed
from app.models import Booking, Company, Customer, Notification
from app.providers.messaging.base import Channel

# What became due longer ago is let go: a rule that is switched on does not write to everybody of the past years.
WINDOW = timedelta(days=7)
GREETING_CLOCK = time(10)
# between two questions of one kind to one person, who may come every week
PAUSES = {"review_request": timedelta(days=180), "satisfaction": timedelta(days=30)}
# without effect: such a message goes where there is consent, and nowhere else
CHANNEL: Channel = "sms"
# messages planned in one transaction, and values of one query
BATCH_SIZE = 50
MAX_KEYS = 500
Plan = tuple[str, PlannedMessage]


def plan_messages(company_id: str) -> list[str]:
    """Plan what is due by now, in transactions of BATCH_SIZE; gives the ids of the messages. Inside the company's scope.

    Idempotent, so it may run as often as it likes.
    """
    plans = run_read_only(lambda: _list_due_plans(company_id))
    batches = [plans[start : start + BATCH_SIZE] for start in range(0, len(plans), BATCH_SIZE)]
    return [row_id for batch in batches for row_id in run_in_transaction(lambda: _plan(batch))]  # noqa: B023 (run at once)


def _list_due_plans(company_id: str) -> list[Plan]:
    rules = load_marketing_rules()
    consented = set(list_customers_with_consent()) if rules.has_any else set()
    return list(_list_plans(rules, consented, db.session.get_one(Company, company_id)))


def _plan(plans: Sequence[Plan]) -> list[str]:
    """Plan these for whoever may be written to."""
    customers = {customer_id: db.session.get_one(Customer, customer_id) for customer_id, _plan in plans}
    recipients = {customer_id: find_marketing_recipient(customer) for customer_id, customer in customers.items()}
    return [
        plan_notification(plan, recipient, customer_id=customer_id).id
        for customer_id, plan in plans
        if (recipient := recipients[customer_id]) is not None
    ]


def find_marketing_recipient(customer: Customer) -> tuple[Channel, str] | None:
    """Find where the customer has agreed to be written to, the channel that they prefer first; None also for who is turned away."""
    consented = [(way, to) for way, to in list_consented(customer) if way == "email" or may_receive_sms(to)]
    if not consented or is_turned_away(customer):
        return None
    suppressed = find_suppressed(to for _way, to in consented)
    open_ways = [recipient for recipient in consented if recipient not in suppressed and is_set_up(recipient[0])]
    return min(open_ways, key=lambda recipient: customer.preferred_channel not in (None, recipient[0]), default=None)


def is_turned_away(customer: Customer) -> bool:
    """Whether calls from a number of the customer are blocked."""
    return bool(find_blocked([identifier.value for identifier in customer.identifiers if identifier.kind == "phone"]))


def _list_plans(rules: MarketingRules, consented: set[str], company: Company) -> Iterator[Plan]:
    if not consented:
        return
    if rules.review_hours:
        yield from _list_visit_questions("review_request", timedelta(hours=rules.review_hours), consented)
    if rules.satisfaction_hours:
        yield from _list_visit_questions("satisfaction", timedelta(hours=rules.satisfaction_hours), consented)
    if rules.has_birthdays:
        yield from _list_greetings(consented, company)
    if rules.win_back_weeks:
        yield from _list_invitations("win_back", timedelta(weeks=rules.win_back_weeks), consented)
    for service_id, weeks in rules.recall_weeks.items():
        yield from _list_invitations("recall", timedelta(weeks=weeks), consented, service_id)


def _find_planned(keys: Iterable[str]) -> set[str]:
    """Find those of these keys whose message is planned, sent or ended for good, so that nothing more has to be asked for it."""
    wanted = sorted(set(keys))
    was_withdrawn = and_(Notification.status == "expired", Notification.reason == "overtaken", Notification.first_sent_at.is_(None))
    planned: set[str] = set()
    for start in range(0, len(wanted), MAX_KEYS):
        known = select(Notification.idempotency_key).where(Notification.idempotency_key.in_(wanted[start : start + MAX_KEYS]))
        planned |= set(db.session.scalars(known.where(not_(was_withdrawn))))
    return planned


def _list_visit_questions(kind: str, delay: timedelta, consented: set[str]) -> Iterator[Plan]:
    """One a visit, after its last part; who was asked lately is not asked again."""
    ended = [booking for booking in visits.list_ended(now() - delay - WINDOW, now()) if booking.customer_id in consented]
    planned = _find_planned(f"{kind}:{booking.occupant}" for booking in ended)
    for booking in ended:
        key = f"{kind}:{booking.occupant}"
        if key in planned or booking.customer_id is None:
            continue
        last = list_visit(booking)[-1]
        if last.ends_at <= now() and not _was_asked_lately(kind, booking.customer_id, key):
            yield booking.customer_id, _build_plan(kind, booking, key, last.ends_at + delay)


def _was_asked_lately(kind: str, customer_id: str, key: str) -> bool:
    asked = select(Notification.id).where(
        Notification.kind == kind, Notification.customer_id == customer_id, Notification.idempotency_key != key,
        Notification.status.in_(("pending", "sent")), Notification.created_at > now() - PAUSES[kind],
    )  # fmt: skip
    return db.session.scalar(asked.limit(1)) is not None


def _list_greetings(consented: set[str], company: Company) -> Iterator[Plan]:
    today = now().astimezone(ZoneInfo(company.timezone)).date()
    due_at, until = (
        datetime.combine(day, clock, ZoneInfo(company.timezone)).astimezone(UTC)
        for day, clock in ((today, GREETING_CLOCK), (today + timedelta(days=1), time()))
    )
    keys = {customer_id: f"birthday:{customer_id}:{today.year}" for customer_id in _list_born(consented, today)}
    planned = _find_planned(keys.values())
    for customer_id, key in keys.items():
        if key not in planned:
            yield customer_id, PlannedMessage("birthday", f"customer:{customer_id}", key, max(now(), due_at), until, CHANNEL)


def _list_born(customer_ids: set[str], day: date) -> list[str]:
    """List those of these customers whose birthday it is; dates of birth are encrypted, so they are read one by one."""
    ordered, born = sorted(customer_ids), []
    for start in range(0, len(ordered), MAX_KEYS):
        known = select(Customer).where(Customer.id.in_(ordered[start : start + MAX_KEYS]), Customer.birth_index.is_not(None))
        customers = db.session.scalars(known.options(undefer(Customer.birth_date)).order_by(Customer.id))
        born += [customer.id for customer in customers if has_birthday(customer, day)]
    return born


def has_birthday(customer: Customer, day: date) -> bool:
    """Whether it is the customer's birthday; who was born on 29 February has it on 1 March in other years."""
    if not customer.birth_index or not customer.birth_date:
        return False
    born = date.fromisoformat(customer.birth_date)
    try:
        return born.replace(year=day.year) == day
    except ValueError:
        return day == date(day.year, 3, 1)


def _list_invitations(kind: str, pause: timedelta, consented: set[str], service_id: str | None = None) -> Iterator[Plan]:
    """One a pause: its key is the visit after which it began."""
    lapsed = [
        booking for booking in visits.list_last(now() - pause - WINDOW, now() - pause, service_id) if booking.customer_id in consented
    ]
    planned = _find_planned(f"{kind}:{booking.id}" for booking in lapsed)
    for last in lapsed:
        key = f"{kind}:{last.id}"
        if key not in planned and last.customer_id and not visits.is_expected(last.customer_id, service_id):
            yield last.customer_id, _build_plan(kind, last, key, last.ends_at + pause)


def _build_plan(kind: str, visit: Booking, key: str, due_at: datetime) -> PlannedMessage:
    return PlannedMessage(kind, f"visit:{visit.id}", key, max(now(), due_at), due_at + WINDOW, CHANNEL, visit.branch_id)


def find_visit(row: Notification) -> Booking | None:
    """Find the visit that the message is about."""
    kind, _colon, booking_id = row.subject.partition(":")
    return db.session.get(Booking, booking_id) if kind == "visit" else None
