"""What the page of message rules says of them in words, by the example of an appointment in a week."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import g
from flask_babel import gettext as _

from app.core.clock import now
from app.domain.bookings.reminders import find_due, subtract_span
from app.domain.notifications.message_policies import MessageRules, ReminderRule
from app.domain.notifications.quiet_hours import to_clock
from app.domain.notifications.sender_accounts import SENDERS
from app.providers.messaging.base import Channel
from app.web.formatting import clock, day_name

EXAMPLE_CLOCK = time(10)


def format_span_before(minutes: int) -> str:
    """`2 Tage vorher`, `3 Stunden vorher`"""
    if minutes % 1440 == 0:
        days = minutes // 1440
        return _("1 Tag vorher") if days == 1 else _("%(count)s Tage vorher", count=days)
    if minutes % 60 == 0:
        hours = minutes // 60
        return _("1 Stunde vorher") if hours == 1 else _("%(count)s Stunden vorher", count=hours)
    return _("%(count)s Minuten vorher", count=minutes)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What the rules say of one kind of message; `is_active`: it happens as things are, and not only once a channel is set up."""

    text: str
    is_active: bool = True


def describe_rules(rules: MessageRules, missing: Collection[Channel] = ()) -> list[RuleLine]:
    """Say what is sent when, by the example of an appointment in a week, and what holds it back; `missing` channels send nothing."""
    starts_at, is_sending = get_example(), len(missing) < len(SENDERS)
    sentences = [_describe_reminder(rule, rules, starts_at) for rule in rules.reminders]
    intro = _("Zum Beispiel ein Termin am %(day)s um %(time)s Uhr:", day=day_name(_to_local(starts_at).date()), time=clock(starts_at))
    general = [
        _("Wer auf dem einen Weg nicht zu erreichen ist, bekommt die Nachricht auf dem anderen."),
        _describe_quiet_hours(rules),
        _("An dieselbe Adresse gehen höchstens %(count)s Nachrichten in 24 Stunden; Absagen immer.", count=rules.max_per_day),
    ]
    reminders = [RuleLine(text, is_sending) for text in (intro, *sentences)] if sentences else []
    way, *limits = [RuleLine(text, is_sending) for text in general]
    return [
        *(reminders or [RuleLine(_("An Termine wird nicht erinnert."), is_active=False)]),
        way,
        *_list_call_rules(rules, missing),
        *limits,
    ]


def _describe_reminder(rule: ReminderRule, rules: MessageRules, starts_at: datetime) -> str:
    quiet = rules.get_quiet_hours(g.company.timezone)
    due_at = find_due(rule, starts_at, g.company.timezone, quiet=quiet, quiet_rule=rules.quiet_reminders)
    raw = subtract_span(starts_at, rule.minutes, g.company.timezone)
    if due_at is None:
        return _("Um %(time)s Uhr ist Ruhezeit, diese Erinnerung entfällt.", time=clock(raw))
    values = {"day": day_name(_to_local(due_at).date()), "time": clock(due_at)}
    sentence = _("SMS am %(day)s um %(time)s Uhr", **values) if rule.channel == "sms" else _("E-Mail am %(day)s um %(time)s Uhr", **values)
    return f"{sentence}." if due_at == raw else _("%(what)s, weil um %(time)s Uhr Ruhezeit ist.", what=sentence, time=clock(raw))


def _list_call_rules(rules: MessageRules, missing: Collection[Channel]) -> list[RuleLine]:
    sentences = {
        "missed_call_texts": _(
            "Wer anruft und niemanden erreicht, bekommt eine SMS, höchstens eine am Tag, und nur auf eine Mobilnummer, die zu sehen war."
            " Bricht ein Gespräch ab, in dem eine Zeit reserviert war, bleibt sie zehn Minuten stehen, und ein Link bucht sie."
        ),
        "callback_texts": _("Wem Ihr Assistent einen Rückruf zusagt, dem schreiben wir nach dem Gespräch per SMS, wann er kommt."),
        "call_tasks": _("Wen auf dem Festnetz keine Nachricht erreicht, den ruft das Team an: Dafür entsteht eine Aufgabe."),
    }
    return [
        RuleLine(sentence, is_active=name == "call_tasks" or "sms" not in missing)
        for name, sentence in sentences.items()
        if getattr(rules, name)
    ]


def _describe_quiet_hours(rules: MessageRules) -> str:
    if rules.quiet_from == rules.quiet_until:
        return _("Nachrichten gehen zu jeder Uhrzeit hinaus.")
    return _(
        "Von %(start)s bis %(end)s Uhr ist Ruhe, nach der Uhr des Landes, aus dem die Rufnummer kommt. "
        "Wer gerade selbst bucht oder ändert, bekommt seine Nachricht sofort.",
        start=f"{to_clock(rules.quiet_from):%H:%M}", end=f"{to_clock(rules.quiet_until):%H:%M}",
    )  # fmt: skip


def get_example() -> datetime:
    """A week from today, in the morning."""
    day = _to_local(now()).date() + timedelta(days=7)
    return datetime.combine(day, EXAMPLE_CLOCK, ZoneInfo(g.company.timezone))


def _to_local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(g.company.timezone))
