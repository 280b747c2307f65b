"""Rules of messages to customers: reminders of the company and of each service, quiet hours and limits."""

import re
from datetime import datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import force_locale, gettext as _, lazy_gettext as _l
from flask_login import current_user

from app.core import settings
from app.core.clock import now
from app.core.errors import InvalidInput, NotFound
from app.core.ids import is_ulid
from app.core.transactions import transaction
from app.domain.accounts.permissions import can
from app.domain.bookings.message_time_format import format_when
from app.domain.bookings.reminders import find_due, subtract_span
from app.domain.notifications.message_limits import get_spent_tenth_cents
from app.domain.notifications.message_policies import (
    LIMITS,
    MAX_REMINDERS,
    MINUTES_LIMITS,
    MessageRules,
    ReminderRule,
    load_message_policies,
    save_message_rules,
    save_service_reminders,
)
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.quiet_hours import to_clock
from app.domain.notifications.sender_accounts import is_set_up
from app.domain.notifications.sms_segments import count_segments
from app.domain.services import catalogue
from app.models.message_policy import CAP_ACTIONS, QUIET_REMINDER_RULES
from app.web.branch_filter import list_branches
from app.web.fields import Cents, ChoiceField, Clock, Flag, IntegerField, ParserField, TextField
from app.web.formatting import clock, day_name
from app.web.forms import Form, Query, raise_invalid, to_errors
from app.web.guards import for_company

MAX_SERVICES = 200
SPANS = (30, 60, 120, 180, 240, 360, 720, 1440, 2880, 4320, 10_080, 20_160)
# lines of the form beyond those that are filled
MIN_LINES = 3
# of the token at the end of a link
TOKEN_LENGTH = 43
CENTS = re.compile(r"(\d{1,4})(?:[.,](\d))?", re.ASCII)
# what calls lead to, each on or off
CALL_RULES = {
    "missed_call_texts": _l("SMS an alle, die anrufen und niemanden erreichen"),
    "callback_texts": _l("SMS darüber, wann zurückgerufen wird"),
    "call_tasks": _l("Aufgabe zum Anrufen, wenn keine Nachricht einen Festnetzanschluss erreicht"),
}
EXAMPLE_CLOCK = time(10)

blueprint = Blueprint("message_rules", __name__)


def parse_tenth_cents(text: str) -> int:
    """`7,5` cents as 75; raises ValueError."""
    match = CENTS.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return int(match[1]) * 10 + int(match[2] or 0)


class ReminderForm(Form):
    """One line of reminders; without a time it is none."""

    minutes: Annotated[int, IntegerField(*MINUTES_LIMITS)] | None = None
    channel: Annotated[str, ChoiceField("sms", "email")] = "sms"


class MessageRulesForm(Form):
    quiet_from: Clock = time(21)
    quiet_until: Clock = time(8)
    quiet_reminders: Annotated[str, ChoiceField(*QUIET_REMINDER_RULES)] = "earlier"
    max_per_day: Annotated[int, IntegerField(*LIMITS["max_per_day"])] | None = None
    segment_price: Annotated[int, ParserField(parse_tenth_cents, 10)] | None = None
    monthly_cap: Cents | None = None
    cap_action: Annotated[str, ChoiceField(*CAP_ACTIONS)] = "email"
    missed_call_texts: Flag = False
    callback_texts: Flag = False
    call_tasks: Flag = False


class ServiceForm(Form):
    mode: Annotated[str, ChoiceField("company", "own")] = "company"


class ScopeQuery(Query):
    scope: Annotated[str, TextField(40)] = "company"


@blueprint.get("/settings/messages")
@for_company("services.read")
def index() -> str:
    service_id = _get_service_id()
    policies = load_message_policies()
    rules = policies.rules(service_id)
    values = _to_fields(rules) | {"mode": "own" if service_id and policies.has_own_reminders(service_id) else "company"}
    return _render_page(service_id, values, {})


@blueprint.post("/settings/messages")
@for_company("services.write")
def save() -> Any:
    service_id = _get_service_id()
    reminders, errors = _read_reminders()
    form, form_errors = (ServiceForm if service_id else MessageRulesForm).parse()
    try:
        raise_invalid(errors | form_errors)
        with transaction():
            if isinstance(form, ServiceForm) and service_id:
                save_service_reminders(service_id, reminders if form.mode == "own" else None)
            elif isinstance(form, MessageRulesForm):
                save_message_rules(_to_rules(form) | {"reminders": reminders})
    except InvalidInput as error:
        return _render_page(service_id, _get_typed(service_id), to_errors(error)), 422
    flash(_("Regeln gespeichert. Sie gelten auch für Termine, die schon gebucht sind."), "message")
    return redirect(url_for("message_rules.index", scope=service_id))


def _get_service_id() -> str | None:
    """Get the service whose reminders are edited; None: the company's. Raises NotFound."""
    scope = ScopeQuery.read_known().scope
    if scope == "company":
        return None
    if not is_ulid(scope) or scope not in {service.id for service in catalogue.list_services(limit=MAX_SERVICES)}:
        raise NotFound(_("Das gibt es hier nicht."))
    return scope


def _read_reminders() -> tuple[tuple[ReminderRule, ...], dict[str, str]]:
    rules, errors = [], {}
    for line in range(MAX_REMINDERS):
        form, line_errors = ReminderForm.parse(f"reminder:{line}:")
        errors |= line_errors
        if form is not None and form.minutes is not None:
            rules.append(ReminderRule(form.minutes, form.channel))  # type: ignore[arg-type]
    return tuple(rules), errors


def _to_rules(form: MessageRulesForm) -> dict[str, Any]:
    return {
        "quiet_from": form.quiet_from.hour * 60 + form.quiet_from.minute,
        "quiet_until": form.quiet_until.hour * 60 + form.quiet_until.minute,
        "quiet_reminders": form.quiet_reminders,
        "max_per_day": form.max_per_day,
        "segment_tenth_cents": form.segment_price,
        "monthly_cap_cents": form.monthly_cap,
        "cap_action": form.cap_action,
        **{name: getattr(form, name) for name in CALL_RULES},
    }


def _to_fields(rules: MessageRules) -> dict[str, Any]:
    lines = {f"reminder:{line}:minutes": str(rule.minutes) for line, rule in enumerate(rules.reminders)}
    channels = {f"reminder:{line}:channel": rule.channel for line, rule in enumerate(rules.reminders)}
    return lines | channels | {
        "quiet_from": f"{to_clock(rules.quiet_from):%H:%M}",
        "quiet_until": f"{to_clock(rules.quiet_until):%H:%M}",
        "quiet_reminders": rules.quiet_reminders,
        "max_per_day": str(rules.max_per_day),
        "segment_price": f"{rules.segment_tenth_cents / 10:.1f}".replace(".", ","),
        "monthly_cap": f"{rules.monthly_cap_cents / 100:.2f}".replace(".", ",") if rules.monthly_cap_cents else "",
        "cap_action": rules.cap_action,
        **{name: "1" if getattr(rules, name) else "" for name in CALL_RULES},
    }  # fmt: skip


def _get_typed(service_id: str | None) -> dict[str, Any]:
    lines = {
        f"reminder:{line}:{name}": text
        for line in range(MAX_REMINDERS)
        for name, text in ReminderForm.typed(f"reminder:{line}:").items()
    }  # fmt: skip
    return lines | (ServiceForm if service_id else MessageRulesForm).typed()


def _render_page(service_id: str | None, values: dict[str, Any], errors: dict[str, str]) -> str:
    rules = load_message_policies().rules(service_id)
    filled = sum(1 for line in range(MAX_REMINDERS) if values.get(f"reminder:{line}:minutes"))
    return render_template(
        "settings/message_rules.html",
        call_rules=CALL_RULES,
        scope=service_id or "company",
        scopes=[("company", _("Ganzer Betrieb")), (_("Leistungen"), _list_services())],
        is_company=service_id is None,
        values=values,
        lines=range(min(MAX_REMINDERS, max(MIN_LINES, filled + 1))),
        spans=_list_spans(values),
        errors=errors,
        sentences=describe_rules(rules),
        missing=[channel for channel in ("sms", "email") if not is_set_up(channel)],
        budget=_describe_budget(rules),
        sample=_build_sample(rules),
        may_write=can(current_user, "services.write"),
    )


def _list_services() -> list[tuple[str, str]]:
    return [(service.id, service.name) for service in catalogue.list_services(limit=MAX_SERVICES)]


def _list_spans(values: dict[str, Any]) -> list[tuple[str, str]]:
    own = {int(text) for name, text in values.items() if name.endswith(":minutes") and str(text).isdecimal()}
    return [("", _("keine")), *((str(minutes), format_span_before(minutes)) for minutes in sorted({*SPANS, *own}))]


def format_span_before(minutes: int) -> str:
    """`2 Tage vorher`, `3 Stunden vorher`"""
    if minutes % 1440 == 0:
        days = minutes // 1440
        return _("1 Tag vorher") if days == 1 else _("%(count)s Tage vorher", count=days)
    if minutes % 60 == 0:
        hours = minutes // 60
        return _("1 Stunde vorher") if hours == 1 else _("%(count)s Stunden vorher", count=hours)
    return _("%(count)s Minuten vorher", count=minutes)


def describe_rules(rules: MessageRules) -> list[str]:
    """Say what is sent when, by the example of an appointment in a week, and what holds it back."""
    starts_at = _get_example()
    sentences = [_describe_reminder(rule, rules, starts_at) for rule in rules.reminders]
    intro = _("Zum Beispiel ein Termin am %(day)s um %(time)s Uhr:", day=day_name(_to_local(starts_at).date()), time=clock(starts_at))
    return [
        *([intro, *sentences] if sentences else [_("An Termine wird nicht erinnert.")]),
        _("Wer auf dem einen Weg nicht zu erreichen ist, bekommt die Nachricht auf dem anderen."),
        *_describe_call_rules(rules),
        _describe_quiet_hours(rules),
        _("An dieselbe Adresse gehen höchstens %(count)s Nachrichten in 24 Stunden; Absagen immer.", count=rules.max_per_day),
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


def _describe_call_rules(rules: MessageRules) -> list[str]:
    sentences = {
        "missed_call_texts": _(
            "Wer anruft und niemanden erreicht, bekommt eine SMS, höchstens eine am Tag, und nur auf eine Mobilnummer, die zu sehen war."
            " Bricht ein Gespräch ab, in dem eine Zeit reserviert war, bleibt sie zehn Minuten stehen, und ein Link bucht sie."
        ),
        "callback_texts": _("Wem Ihr Assistent einen Rückruf zusagt, dem schreiben wir nach dem Gespräch per SMS, wann er kommt."),
        "call_tasks": _("Wen auf dem Festnetz keine Nachricht erreicht, den ruft das Team an: Dafür entsteht eine Aufgabe."),
    }
    return [sentence for name, sentence in sentences.items() if getattr(rules, name)]


def _describe_quiet_hours(rules: MessageRules) -> str:
    if rules.quiet_from == rules.quiet_until:
        return _("Nachrichten gehen zu jeder Uhrzeit hinaus.")
    return _(
        "Von %(start)s bis %(end)s Uhr ist Ruhe, nach der Uhr des Landes, aus dem die Rufnummer kommt. "
        "Wer gerade selbst bucht oder ändert, bekommt seine Nachricht sofort.",
        start=f"{to_clock(rules.quiet_from):%H:%M}", end=f"{to_clock(rules.quiet_until):%H:%M}",
    )  # fmt: skip


def _describe_budget(rules: MessageRules) -> dict[str, Any]:
    """What this month's text messages have cost; `state` says whether the cap is near or reached."""
    spent, cap = get_spent_tenth_cents(g.company.id) / 10, rules.monthly_cap_cents
    return {"spent": spent, "cap": cap, "state": "" if not cap or spent < 0.8 * cap else "reached" if spent >= cap else "near"}


def _build_sample(rules: MessageRules) -> dict[str, Any]:
    """The text of a reminder as it would leave, with its parts and what they cost; its link has the length of a real one."""
    branches, services = list_branches(), _list_services()
    values = {
        "company": g.company.name,
        "what": services[0][1] if services else _("Termin"),
        "where": branches[0][1] if branches else g.company.name,
        "link": f"{settings().public_base}/b/{'x' * TOKEN_LENGTH}",
    }
    with force_locale(g.company.language):
        _title, text = render_message("reminder", values | {"when": format_when(_get_example(), g.company.timezone)})
    segments = count_segments(text)
    return {"text": text.replace("x" * TOKEN_LENGTH, "…"), "segments": segments, "cost": segments * rules.segment_tenth_cents / 10}


def _get_example() -> datetime:
    """A week from today, in the morning."""
    day = _to_local(now()).date() + timedelta(days=7)
    return datetime.combine(day, EXAMPLE_CLOCK, ZoneInfo(g.company.timezone))


def _to_local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(g.company.timezone))
