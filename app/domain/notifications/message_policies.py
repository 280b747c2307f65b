"""The rules of messages to customers: quiet hours, limits and reminders of the company, and a service's own reminders."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import select, union

from app.core.errors import InvalidInput, NotFound
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.tenancy import current_company_id
from app.domain.audit.log import record
from app.domain.notifications.quiet_hours import QuietHours
from app.events import MessagePolicyChanged
from app.models import MessagePolicy, MessageTemplateVersion, Service
from app.models.message_policy import CAP_ACTIONS, QUIET_REMINDER_RULES
from app.providers.messaging.base import Channel

MAX_REMINDERS = 4
MINUTES_LIMITS = (15, 43_200)
LIMITS = {
    "quiet_from": (0, 1439), "quiet_until": (0, 1439), "max_per_day": (1, 100), "segment_tenth_cents": (0, 10_000),
    "monthly_cap_cents": (0, 10_000_000),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReminderRule:
    """A reminder so many minutes before the start, over the given channel, or over the other one where that reaches nobody."""

    minutes: int
    channel: Channel

    def to_json(self) -> dict[str, Any]:
        return {"minutes": self.minutes, "channel": self.channel}


@dataclass(frozen=True, slots=True)
class MessageRules:
    """The rules for the messages of a booking; the defaults are the platform's. Times are minutes of the day, money as named."""

    reminders: tuple[ReminderRule, ...] = ()
    quiet_from: int = 21 * 60
    quiet_until: int = 8 * 60
    quiet_reminders: Literal["earlier", "drop"] = "earlier"
    max_per_day: int = 10
    segment_tenth_cents: int = 75
    monthly_cap_cents: int = 0
    cap_action: Literal["email", "reminders", "none"] = "email"
    missed_call_texts: bool = True
    callback_texts: bool = True
    call_tasks: bool = False

    def get_quiet_hours(self, timezone: str) -> QuietHours:
        return QuietHours(self.quiet_from, self.quiet_until, timezone)


class MessagePolicies:
    """All message policies of the company at work."""

    def __init__(self, policies: Iterable[MessagePolicy]) -> None:
        self._by_scope = {policy.scope: _to_values(policy) for policy in policies}

    def rules(self, service_id: str | None = None) -> MessageRules:
        """The effective rules; the service's own reminders replace the company's."""
        return replace(MessageRules(), **(self._by_scope.get("company", {}) | self._by_scope.get(service_id or "", {})))

    def has_own_reminders(self, service_id: str) -> bool:
        return service_id in self._by_scope


def load_message_policies() -> MessagePolicies:
    """One query."""
    return MessagePolicies(db.session.scalars(select(MessagePolicy)))


def list_planning_companies() -> list[str]:
    """List the companies with rules or texts of their own, without which nothing is planned with a booking; inside unscoped()."""
    owners = union(select(MessagePolicy.company_id), select(MessageTemplateVersion.company_id))
    return sorted(db.session.scalars(owners))


def save_message_rules(values: dict[str, Any]) -> None:
    """Save the company's rules; one that is missing or None is the platform's. Raises InvalidInput with one message per field."""
    wrong = _find_range_errors(values) | _find_reminder_errors(values.get("reminders") or ())
    for name, choices in (("quiet_reminders", QUIET_REMINDER_RULES), ("cap_action", CAP_ACTIONS)):
        if values.get(name) is not None and values[name] not in choices:
            wrong[name] = _("Bitte wählen.")
    if wrong:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)
    policy = _get_or_create("company", None)
    for field in fields(MessageRules):
        value = values.get(field.name)
        setattr(policy, field.name, _to_json(value) if field.name == "reminders" and value is not None else value)
    db.session.flush()
    _record_change("company")


def save_service_reminders(service_id: str, reminders: tuple[ReminderRule, ...] | None) -> None:
    """Save a service's own reminders, none for an empty tuple; None: as the company. Raises NotFound or InvalidInput."""
    if db.session.scalars(select(Service).where(Service.id == service_id)).first() is None:
        raise NotFound(_("Das gibt es hier nicht."))
    if wrong := _find_reminder_errors(reminders or ()):
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)
    if reminders is None:
        if policy := _find(service_id):
            db.session.delete(policy)
    else:
        _get_or_create(service_id, service_id).reminders = _to_json(reminders)
    db.session.flush()
    _record_change(service_id)


def _record_change(scope: str) -> None:
    record("message_policy_saved", subject=f"message_policy:{scope}")
    if company_id := current_company_id():
        publish(MessagePolicyChanged(company_id))


def _find_range_errors(values: dict[str, Any]) -> dict[str, str]:
    return {
        name: _("Erlaubt ist %(least)s bis %(most)s.", least=least, most=most)
        for name, (least, most) in LIMITS.items()
        if values.get(name) is not None and not least <= values[name] <= most
    }


def _find_reminder_errors(reminders: Iterable[ReminderRule]) -> dict[str, str]:
    rules = tuple(reminders)
    least, most = MINUTES_LIMITS
    if len(rules) > MAX_REMINDERS:
        return {"reminders": _("Mehr als %(count)s Erinnerungen an einen Termin sind zu viele.", count=MAX_REMINDERS)}
    if len({rule.minutes for rule in rules}) < len(rules):
        return {"reminders": _("Zwei Erinnerungen zur selben Zeit wären eine zu viel.")}
    if any(not least <= rule.minutes <= most for rule in rules):
        return {"reminders": _("Erinnert wird 15 Minuten bis 30 Tage vorher.")}
    return {}


def _find(scope: str) -> MessagePolicy | None:
    return db.session.scalars(select(MessagePolicy).where(MessagePolicy.scope == scope)).first()


def _get_or_create(scope: str, service_id: str | None) -> MessagePolicy:
    policy = _find(scope)
    if policy is None:
        policy = MessagePolicy(scope=scope, service_id=service_id)
        db.session.add(policy)
    return policy


def _to_json(reminders: Iterable[ReminderRule]) -> list[dict[str, Any]]:
    """The earliest first."""
    return [rule.to_json() for rule in sorted(reminders, key=lambda rule: -rule.minutes)]


def _to_values(policy: MessagePolicy) -> dict[str, Any]:
    values = {field.name: value for field in fields(MessageRules) if (value := getattr(policy, field.name)) is not None}
    if "reminders" in values:
        values["reminders"] = tuple(ReminderRule(**rule) for rule in values["reminders"])
    return values
