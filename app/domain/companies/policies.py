"""The rules of booking, inherited from company to branch to service to person; the narrowest that speaks decides."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from flask_babel import format_decimal, gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.domain.audit.log import record
from app.models import Branch, Policy, Service, StaffMember
from app.models.policy import RULES


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for one booking; the defaults are the platform's."""

    grid_minutes: int = 15
    notice_minutes: int = 0
    horizon_days: int = 365
    cancel_minutes: int = 0
    move_minutes: int = 0
    open_bookings_per_customer: int = 0
    anonymous_callers: bool = True
    contact_required: bool = True
    callers_may_book: bool = True
    needs_confirmation: bool = False
    observes_holidays: bool = True
    hold_minutes: int = 5
    fee_cents: int = 0
    fee_within_minutes: int = 0
    notify_staff_changes: bool = True
    notify_self_service_changes: bool = True
    notify_program_changes: bool = True
    notify_calendar_changes: bool = False


class Policies:
    """All policies of the company at work."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._by_scope = {policy.scope: policy.rules() for policy in policies}

    def with_scope(self, scope: str, rules: dict[str, Any]) -> "Policies":
        """These policies with other rules of one scope; None among them is inherited."""
        changed = Policies(())
        changed._by_scope = self._by_scope | {scope: {name: value for name, value in rules.items() if value is not None}}
        return changed

    def list_scopes(self, rule: str | None = None) -> list[str]:
        """The scopes narrower than the company that set the rule, or any."""
        return [scope for scope, rules in self._by_scope.items() if scope != "company" and (rule in rules if rule else rules)]

    def rules(self, *, branch_id: str | None = None, service_id: str | None = None, staff_id: str | None = None) -> Rules:
        """The effective rules; the narrower scope wins."""
        values: dict[str, Any] = {}
        for scope in ("company", branch_id, service_id, staff_id):
            values |= self._by_scope.get(scope or "", {})
        return replace(Rules(), **values)

    def origin(self, rule: str, *, branch_id: str | None = None, service_id: str | None = None, staff_id: str | None = None) -> str:
        """The scope that sets a rule: staff, service, branch, company, or "default"."""
        scopes = {"staff": staff_id, "service": service_id, "branch": branch_id, "company": "company"}
        return next((name for name, scope in scopes.items() if scope and rule in self._by_scope.get(scope, {})), "default")


def load_policies() -> Policies:
    """One query."""
    return Policies(db.session.scalars(select(Policy)))


def describe_rules(rules: Rules, *, messages: bool = True) -> list[str]:
    """Describe each rule that is set in a sentence, in the reader's language; without `messages` where none leaves."""
    sentences = [
        _("Termine beginnen alle %(minutes)s Minuten.", minutes=rules.grid_minutes),
        _("Gebucht wird spätestens %(time)s vorher.", time=format_span(rules.notice_minutes)) if rules.notice_minutes else None,
        _("Gebucht wird bis zu %(days)s Tage im Voraus.", days=rules.horizon_days),
        _("Absagen geht bis %(time)s vorher.", time=format_span(rules.cancel_minutes)) if rules.cancel_minutes else None,
        _("Verschieben geht bis %(time)s vorher.", time=format_span(rules.move_minutes)) if rules.move_minutes else None,
        _("Wer schon %(count)s offene Termine hat, bucht keinen weiteren.", count=rules.open_bookings_per_customer)
        if rules.open_bookings_per_customer
        else None,
        None if rules.anonymous_callers else _("Wer seine Rufnummer unterdrückt, kann nicht buchen."),
        None if rules.contact_required else _("Wer anruft, bucht auch ohne Rufnummer und ohne E-Mail-Adresse."),
        None if rules.callers_may_book else _("Diese Termine vergibt nur der Empfang."),
        _("Neue Termine werden erst vom Betrieb bestätigt.") if rules.needs_confirmation else None,
        _("An Feiertagen ist geschlossen.") if rules.observes_holidays else _("An Feiertagen ist wie sonst geöffnet."),
        _(
            "Wer später als %(time)s vorher absagt oder nicht kommt, zahlt %(amount)s Euro.",
            time=format_span(rules.fee_within_minutes),
            amount=format_decimal(rules.fee_cents / 100, "0.00"),
        )
        if rules.fee_cents
        else None,
        *(_describe_notifications(rules) if messages else []),
    ]
    return [sentence for sentence in sentences if sentence]


def _describe_notifications(rules: Rules) -> list[str | None]:
    return [
        _("Verschieben Sie oder sagen Sie ab, geht eine Nachricht hinaus.")
        if rules.notify_staff_changes
        else _("Verschieben Sie oder sagen Sie ab, geht keine Nachricht hinaus."),
        _("Wer selbst verschiebt oder absagt, bekommt das bestätigt.") if rules.notify_self_service_changes else None,
        None if rules.notify_program_changes else _("Was ein Programm über die API bucht oder ändert, teilen wir nicht mit."),
        _("Auch was im verbundenen Kalender geändert wird, teilen wir mit.") if rules.notify_calendar_changes else None,
    ]


UNITS = {"days": 1440, "hours": 60, "minutes": 1}


def split_span(minutes: int) -> tuple[int, str]:
    """90 minutes as (90, "minutes"), 1440 as (1, "days"): the largest unit that fits evenly; nothing is in hours."""
    unit = next(name for name, length in UNITS.items() if minutes % length == 0) if minutes else "hours"
    return minutes // UNITS[unit], unit


def format_span(minutes: int) -> str:
    """90 minutes as "90 Minuten", 1440 as "1 Tag": the largest unit that fits evenly."""
    count, unit = split_span(minutes) if minutes else (0, "minutes")
    if unit == "days":
        return _("1 Tag") if count == 1 else _("%(count)s Tage", count=count)
    if unit == "hours":
        return _("1 Stunde") if count == 1 else _("%(count)s Stunden", count=count)
    return _("%(count)s Minuten", count=count)


RULE_NAMES = tuple(field.name for field in fields(Rules))


LIMITS = {
    "grid_minutes": (5, 60), "notice_minutes": (0, 43_200), "horizon_days": (1, 730), "cancel_minutes": (0, 43_200),
    "move_minutes": (0, 43_200), "open_bookings_per_customer": (0, 50), "hold_minutes": (1, 60), "fee_cents": (0, 100_000),
    "fee_within_minutes": (0, 43_200),
}  # fmt: skip
SCOPES = {"branch": Branch, "service": Service, "staff": StaffMember}


def find_policy(kind: str, row_id: str | None) -> Policy | None:
    scope = row_id if kind in SCOPES else "company"
    return db.session.scalars(select(Policy).where(Policy.scope == scope)).first()


def check_scope(kind: str, row_id: str | None) -> None:
    """Raise NotFound for a branch, service or person that does not belong to the company."""
    model: Any = SCOPES.get(kind)
    if kind != "company" and (model is None or not row_id or not row_id.isascii() or db.session.get(model, row_id) is None):
        raise NotFound(_("Das gibt es hier nicht."))


def save_policy(kind: str, row_id: str | None, rules: dict[str, Any]) -> Policy | None:
    """Save a policy, or delete it if all rules are None (inherited). Raises InvalidInput with one message per field."""
    check_scope(kind, row_id)
    wrong = {}
    for name, (least, most) in LIMITS.items():
        if (value := rules.get(name)) is not None and not least <= value <= most:
            wrong[name] = _("Erlaubt ist %(least)s bis %(most)s.", least=least, most=most)
    if wrong:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)
    policy = find_policy(kind, row_id)
    if not any(rules.get(name) is not None for name in RULES):
        if policy is not None:
            db.session.delete(policy)
        return None
    if policy is None:
        policy = Policy(scope=row_id if kind in SCOPES else "company", **({f"{kind}_id": row_id} if kind in SCOPES else {}))
        db.session.add(policy)
    for name in RULES:
        setattr(policy, name, rules.get(name))
    db.session.flush()
    record("policy_saved", subject=f"policy:{policy.scope}")
    return policy
