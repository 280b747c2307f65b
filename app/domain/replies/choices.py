"""What a message chooses or wishes: one of several times or appointments, and the day and time that it names."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.core.clock import now
from app.core.extensions import db
from app.domain.language.parsed_time import TimeExpression
from app.domain.language.parser import parse_time_expression
from app.domain.replies.actions import ReplyTurn
from app.domain.replies.answers import find_customer, find_language
from app.domain.replies.free_times import TimePreference
from app.domain.replies.intent import read_marks
from app.domain.replies.reply_text import normalize_reply
from app.models import Booking, Customer

LATER, EARLIER = {"spaeter", "later", "spada", "spaedda"}, {"frueher", "earlier", "sooner"}


def find_chosen(turn: ReplyTurn, booking: Booking, times: list[datetime]) -> datetime | None:
    """The time that was chosen by its number, or named so that it is this one and no other."""
    intent = turn.intent
    if intent.kind == "number" and intent.number is not None:
        return times[intent.number - 1] if 0 < intent.number <= len(times) else None
    if intent.kind == "confirm" and len(times) == 1 and not intent.names_time:
        return times[0]
    if intent.kind in ("confirm", "move") and intent.names_time and "?" not in turn.message.body:
        expression = _parse(turn, booking.timezone)
        named = [start for start in times if _names(expression, start.astimezone(ZoneInfo(booking.timezone)))]
        return named[0] if len(named) == 1 else None
    return None


def find_named(turn: ReplyTurn, bookings: list[Booking]) -> Booking | None:
    """The appointment that was chosen by its number, by its day, or by the person's name."""
    number = turn.intent.number
    if turn.intent.kind == "number" and number is not None:
        return bookings[number - 1] if 0 < number <= len(bookings) else None
    words = set(normalize_reply(turn.message.body).split())
    named = [booking for booking in bookings if turn.intent.names_time and is_at(turn, booking)]
    named = named or [booking for booking in bookings if _get_first_name(booking) in words]
    return named[0] if len(named) == 1 else None


def find_ordinal(turn: ReplyTurn, bookings: list[Booking]) -> Booking | None:
    """The appointment that is named by its place beside another wish: "den ersten muss ich absagen"."""
    numbers = read_marks(turn.message.body).numbers
    return bookings[numbers[0] - 1] if len(set(numbers)) == 1 and 0 < numbers[0] <= len(bookings) else None


def _get_first_name(booking: Booking) -> str:
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    return normalize_reply((customer.name or "").split(" ")[0]) if customer and customer.name else "-"


def read_wish(turn: ReplyTurn, booking: Booking) -> TimePreference:
    if turn.intent.names_time:
        return TimePreference(_parse(turn, booking.timezone))
    words = set(normalize_reply(turn.message.body).split())
    return TimePreference(direction=1 if LATER & words else -1 if EARLIER & words else 0)


def is_at(turn: ReplyTurn, booking: Booking) -> bool:
    """Whether the day and the time that the message names are those of the appointment."""
    return _names(_parse(turn, booking.timezone), booking.starts_at.astimezone(ZoneInfo(booking.timezone)))


def _names(expression: TimeExpression, local: datetime) -> bool:
    if not (expression.names_a_day or expression.names_a_time):
        return False
    first, last = expression.days(first=local.date(), last=local.date())
    low, high = expression.minutes()
    return first <= local.date() <= last and low <= local.hour * 60 + local.minute < high


def _parse(turn: ReplyTurn, timezone: str) -> TimeExpression:
    language = find_language(turn.message, find_customer(turn.message))
    return parse_time_expression(turn.message.body, now(), timezone, "en" if language == "en" else "de")
