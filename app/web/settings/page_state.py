"""What is set on each page of the settings, in a few words."""

from collections.abc import Callable, Iterable

from flask import g
from flask_babel import get_locale, gettext as _, ngettext
from sqlalchemy import ColumnElement, func, select

from app.core.extensions import db
from app.core.phone import display
from app.domain.companies.connections import PROVIDERS, find_active
from app.domain.companies.legal_notice import get_legal_notice
from app.domain.companies.policies import format_span, load_policies
from app.domain.marketing.rules import load_marketing_rules
from app.domain.notifications.message_policies import load_message_policies
from app.models import (
    BlockedCaller,
    CalendarFeed,
    Invitation,
    MessageTemplateVersion,
    OnCallShift,
    PhoneNumber,
    Policy,
    Resource,
    Service,
    StaffMember,
    User,
    WorkingHours,
)
from app.web.branch_filter import list_branches
from app.web.settings.connection_labels import NAMES

# so many names stand in a line; of more the number is said
MAX_NAMES = 3


def describe_state(endpoint: str) -> str:
    """Describe what is set on the page."""
    return STATES[endpoint]()


def _describe_company() -> str:
    has_notice = get_legal_notice(g.company).is_complete
    return g.company.name if has_notice else _("%(name)s, Impressum fehlt noch", name=g.company.name)


def _describe_branches() -> str:
    return _join(name for _branch_id, name in list_branches()) or _("noch keine")


def _describe_services() -> str:
    count = _count(Service.id, Service.is_active)
    return ngettext("eine Leistung", "%(num)s Leistungen", count) if count else _("noch keine Leistung")


def _describe_staff() -> str:
    return _join(db.session.scalars(select(StaffMember.name).where(StaffMember.is_active).order_by(StaffMember.name))) or _("noch niemand")


def _describe_people() -> str:
    invited = _count(Invitation.id)
    people = _count(User.id, User.company_id == g.company.id, User.is_active)
    parts = (
        ngettext("eine Person", "%(num)s Personen", people),
        ngettext("eine Einladung offen", "%(num)s Einladungen offen", invited) if invited else "",
    )
    return ", ".join(filter(None, parts))


def _describe_resources() -> str:
    return _join(db.session.scalars(select(Resource.name).where(Resource.is_active).order_by(Resource.name))) or _("keine")


def _describe_hours() -> str:
    """As "Mo–Sa, 2 Filialen": the days on which any branch is open."""
    open_days = select(WorkingHours.weekday).where(
        WorkingHours.staff_id.is_(None), WorkingHours.weekday.is_not(None), WorkingHours.valid_from.is_(None),
        WorkingHours.branch_id.in_([branch_id for branch_id, _name in list_branches()]),
    )  # fmt: skip
    days = format_weekdays({weekday for weekday in db.session.scalars(open_days) if weekday is not None})
    branches = len(list_branches())
    return ", ".join(filter(None, (days, ngettext("eine Filiale", "%(num)s Filialen", branches) if branches > 1 else ""))) or _(
        "noch keine"
    )


def _describe_policies() -> str:
    rules, others = load_policies().rules(), _count(Policy.id, Policy.scope != "company")
    until = _("Absagen bis %(time)s vorher", time=format_span(rules.cancel_minutes)) if rules.cancel_minutes else _("Absagen jederzeit")
    return ", ".join(filter(None, (until, ngettext("eine Abweichung", "%(num)s Abweichungen", others) if others else "")))


def _describe_on_call() -> str:
    branch_ids = [branch_id for branch_id, _name in list_branches()]
    names = select(OnCallShift.name).where(OnCallShift.branch_id.in_(branch_ids)).distinct().order_by(OnCallShift.name)
    return _join(db.session.scalars(names)) or _("niemand im Dienst")


def _describe_messages() -> str:
    count = len(load_message_policies().rules().reminders)
    return ngettext("eine Erinnerung", "%(num)s Erinnerungen", count) if count else _("keine Erinnerung")


def _describe_templates() -> str:
    count = _count(MessageTemplateVersion.id, MessageTemplateVersion.is_current, MessageTemplateVersion.body.is_not(None))
    return ngettext("ein eigener Text", "%(num)s eigene Texte", count) if count else _("Standardtexte")


def _describe_marketing() -> str:
    return _("an") if load_marketing_rules().has_any else _("aus")


def _describe_numbers() -> str:
    numbers = select(PhoneNumber.e164).where(PhoneNumber.is_active).order_by(PhoneNumber.e164)
    blocked = _count(BlockedCaller.id)
    parts = (
        _join(map(display, db.session.scalars(numbers))) or _("noch keine"),
        ngettext("eine blockiert", "%(num)s blockiert", blocked) if blocked else "",
    )
    return ", ".join(filter(None, parts))


def _describe_connections() -> str:
    return _join(str(NAMES[provider]) for provider in PROVIDERS if find_active(provider)) or _("keine eigenen")


def _describe_feeds() -> str:
    count = _count(CalendarFeed.token_hash, CalendarFeed.revoked_at.is_(None))
    return ngettext("ein Abo", "%(num)s Abos", count) if count else _("keine")


STATES: dict[str, Callable[[], str]] = {
    "company.index": _describe_company,
    "branches.index": _describe_branches,
    "services.index": _describe_services,
    "staff.index": _describe_staff,
    "people.index": _describe_people,
    "resources.index": _describe_resources,
    "hours.index": _describe_hours,
    "policies.index": _describe_policies,
    "on_call.index": _describe_on_call,
    "message_rules.index": _describe_messages,
    "message_templates.index": _describe_templates,
    "reply_addresses.index": lambda: g.company.reply_email or _("an den Absender"),
    "marketing_rules.index": _describe_marketing,
    "line.index": _describe_numbers,
    "connections.index": _describe_connections,
    "subscriptions.index": _describe_feeds,
}


def format_weekdays(weekdays: Iterable[int]) -> str:
    """Name the days, 0 is Monday: "Mo–Sa", "Di, Do–Fr"."""
    names, days = get_locale().days["stand-alone"]["abbreviated"], sorted(weekdays)
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    first_and_last = [(names[run[0]].rstrip("."), names[run[-1]].rstrip(".")) for run in runs]
    return ", ".join(first if first == last else f"{first}–{last}" for first, last in first_and_last)


def _count(column: ColumnElement[object], *conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count(column)).where(*conditions)) or 0


def _join(names: Iterable[str]) -> str:
    rows = list(names)
    shown = ", ".join(rows[:MAX_NAMES])
    return _("%(names)s und %(n)s weitere", names=shown, n=len(rows) - MAX_NAMES) if len(rows) > MAX_NAMES else shown
