"""Rules of messages to customers: reminders of the company and of each service, quiet hours and limits."""

from dataclasses import replace
from datetime import time
from typing import Annotated, Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import force_locale, gettext as _, lazy_gettext as _l
from flask_login import current_user

from app.core import settings
from app.core.errors import InvalidInput, NotFound
from app.core.ids import is_ulid
from app.core.transactions import transaction
from app.domain.accounts.permissions import can
from app.domain.bookings.message_time_format import format_when
from app.domain.bookings.reminder_forecast import ReminderForecast, forecast_reminders
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
from app.domain.notifications.sender_accounts import SENDERS, is_set_up
from app.domain.notifications.sms_segments import count_segments
from app.domain.services import catalogue
from app.models.message_policy import CAP_ACTIONS, QUIET_REMINDER_RULES
from app.web.branch_filter import list_branches
from app.web.fields import Cents, ChoiceField, Clock, DecimalField, Flag, IntegerField, TextField
from app.web.formatting import format_decimal_input
from app.web.forms import Form, Query, raise_invalid, to_errors
from app.web.guards import for_company
from app.web.settings.message_rules_view import describe_rules, format_span_before, get_example
from app.web.settings.reply_address_view import describe_reply_address

MAX_SERVICES = 200
SPANS = (30, 60, 120, 180, 240, 360, 720, 1440, 2880, 4320, 10_080, 20_160)
# lines of the form beyond those that are filled
MIN_LINES = 3
# of the token at the end of a link
TOKEN_LENGTH = 43
# what calls lead to, each on or off
CALL_RULES = {
    "missed_call_texts": _l("SMS an alle, die anrufen und niemanden erreichen"),
    "callback_texts": _l("SMS darüber, wann zurückgerufen wird"),
    "call_tasks": _l("Aufgabe zum Anrufen, wenn keine Nachricht einen Festnetzanschluss erreicht"),
}

blueprint = Blueprint("message_rules", __name__)


class ReminderForm(Form):
    """One line of reminders; without a time it is none."""

    minutes: Annotated[int, IntegerField(*MINUTES_LIMITS)] | None = None
    channel: Annotated[str, ChoiceField("sms", "email")] = "sms"


class MessageRulesForm(Form):
    quiet_from: Clock = time(21)
    quiet_until: Clock = time(8)
    quiet_reminders: Annotated[str, ChoiceField(*QUIET_REMINDER_RULES)] = "earlier"
    max_per_day: Annotated[int, IntegerField(*LIMITS["max_per_day"])] | None = None
    segment_price: Annotated[int, DecimalField(places=1, maximum=99_999)] | None = None
    monthly_cap: Cents | None = None
    cap_action: Annotated[str, ChoiceField(*CAP_ACTIONS)] = "email"
    missed_call_texts: Flag = False
    callback_texts: Flag = False
    call_tasks: Flag = False


class ServiceForm(Form):
    mode: Annotated[str, ChoiceField("company", "own")] = "company"


class ConfirmForm(Form):
    """Set where the page has told how many messages follow."""

    confirmed: Flag = False


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
    sentence = _("Regeln gespeichert. Sie gelten auch für Termine, die schon gebucht sind.")
    form, form_errors = (ServiceForm if service_id else MessageRulesForm).parse()
    try:
        raise_invalid(errors | form_errors)
        assert form is not None
        if (forecast := _forecast(form, service_id, reminders)).added and not ConfirmForm.read().confirmed:
            return _render_page(service_id, _get_typed(service_id), {}, forecast=forecast)
        with transaction():
            if isinstance(form, ServiceForm) and service_id:
                changed = form.mode == "company" and _are_changed(service_id, reminders)
                save_service_reminders(service_id, reminders if form.mode == "own" or changed else None)
                if changed:
                    sentence = _("Sie haben Erinnerungen geändert: Diese Leistung hat jetzt ihre eigenen.")
            elif isinstance(form, MessageRulesForm):
                save_message_rules(_to_rules(form) | {"reminders": reminders})
    except InvalidInput as error:
        return _render_page(service_id, _get_typed(service_id), to_errors(error)), 422
    flash(sentence, "message")
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
    rules: list[ReminderRule] = []
    errors: dict[str, str] = {}
    for line in range(MAX_REMINDERS):
        form, line_errors = ReminderForm.parse(f"reminder:{line}:")
        errors |= line_errors
        if form is not None and form.minutes is not None:
            rules.append(ReminderRule(form.minutes, form.channel))  # type: ignore[arg-type]
    return tuple(rules), errors


def _forecast(form: MessageRulesForm | ServiceForm, service_id: str | None, reminders: tuple[ReminderRule, ...]) -> ReminderForecast:
    """What the filled-in reminders would plan for the appointments that are booked already."""
    rules = load_message_policies().rules()
    if isinstance(form, MessageRulesForm):
        values = {name: value for name, value in _to_rules(form).items() if value is not None}
        return forecast_reminders(replace(rules, **values, reminders=reminders), None)
    if form.mode == "company" and not _are_changed(service_id or "", reminders):
        reminders = rules.reminders
    return forecast_reminders(replace(rules, reminders=reminders), service_id)


def _are_changed(service_id: str, reminders: tuple[ReminderRule, ...]) -> bool:
    """Say whether the form came with other reminders than the page showed; with scripts it sends none under "wie im ganzen Betrieb"."""
    shown = load_message_policies().rules(service_id).reminders
    return bool(ReminderForm.typed("reminder:0:")["channel"]) and set(reminders) != set(shown)


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
        "segment_price": format_decimal_input(rules.segment_tenth_cents, places=1),
        "monthly_cap": format_decimal_input(rules.monthly_cap_cents, places=2) if rules.monthly_cap_cents else "",
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


def _render_page(
    service_id: str | None, values: dict[str, Any], errors: dict[str, str], *, forecast: ReminderForecast | None = None
) -> str:
    rules = load_message_policies().rules(service_id)
    sample = _build_sample(rules, service_id)
    missing = [channel for channel in SENDERS if not is_set_up(channel)]
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
        sentences=describe_rules(rules, missing),
        missing=missing,
        where_answers_go=describe_reply_address(),
        budget=_describe_budget(rules),
        sample=sample,
        forecast=forecast,
        forecast_cents=forecast.sms * sample["cost"] if forecast else 0,
        may_write=can(current_user, "services.write"),
    )


def _list_services() -> list[tuple[str, str]]:
    return [(service.id, service.name) for service in catalogue.list_services(limit=MAX_SERVICES)]


def _list_spans(values: dict[str, Any]) -> list[tuple[str, str]]:
    own = {int(text) for name, text in values.items() if name.endswith(":minutes") and str(text).isdecimal()}
    return [("", _("keine")), *((str(minutes), format_span_before(minutes)) for minutes in sorted({*SPANS, *own}))]


def _describe_budget(rules: MessageRules) -> dict[str, Any]:
    """What this month's text messages have cost; `state` says whether the cap is near or reached."""
    spent, cap = get_spent_tenth_cents(g.company.id) / 10, rules.monthly_cap_cents
    return {"spent": spent, "cap": cap, "state": "" if not cap or spent < 0.8 * cap else "reached" if spent >= cap else "near"}


def _build_sample(rules: MessageRules, service_id: str | None) -> dict[str, Any]:
    """The text of a reminder as it would leave, with its parts and what they cost; its link has the length of a real one."""
    branches, services = list_branches(), _list_services()
    service_name = dict(services).get(service_id or "") or (services[0][1] if services else _("Termin"))
    values = {
        "company": g.company.name,
        "what": service_name,
        "where": branches[0][1] if branches else g.company.name,
        "link": f"{settings().public_base}/b/{'x' * TOKEN_LENGTH}",
    }
    with force_locale(g.company.language):
        _title, text = render_message("reminder", values | {"when": format_when(get_example(), g.company.timezone)})
    segments = count_segments(text)
    return {"text": text.replace("x" * TOKEN_LENGTH, "…"), "segments": segments, "cost": segments * rules.segment_tenth_cents / 10}
