"""Answers the inbound webhook: branch, time and caller, from our own data only."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import force_locale, gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.phone import ParsedPhoneNumber, normalise
from app.domain.agents.config_schema import DEFAULT_AGENT_CONFIG, get_effective_config
from app.domain.agents.greeting import build_greeting
from app.domain.agents.opening_hours_lookup import DayHours, get_branch_day
from app.domain.agents.tools.context import CALL_RECORDS
from app.domain.companies.number_lookup import NumberMatch
from app.domain.customers.caller_assurance import IdentifiedCaller, find_customers_by_number
from app.domain.customers.name_matching import find_first_name
from app.domain.language.parsed_time import Language
from app.domain.language.spoken_format import say_day, say_hours, say_moment
from app.models import BlockedCaller, Company

YES_NO = {True: "yes", False: "no"}


@dataclass(frozen=True, slots=True)
class InboundCallResponse:
    """`begin_message` replaces the provider's greeting; `variables` fill the agent's prompt,
    `metadata` comes back with every event of the call.
    """

    rejected: bool = False
    begin_message: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)


def handle_inbound(match: NumberMatch, caller_raw: str | None) -> InboundCallResponse:
    """Build the response to an inbound call. Must run inside the called company's scope; reads only."""
    number = normalise(caller_raw or "", source="e164", region=match.region)
    if number.e164 and _is_blocked(number.e164):
        return InboundCallResponse(rejected=True)
    called = _CalledBranch(match)
    caller = _identify_caller(called.company, number)
    language = called.language_for(caller)
    with force_locale(language):
        variables = _build_variables(called, caller, language)
        return InboundCallResponse(
            begin_message=variables["greeting"],
            variables=variables,
            metadata={"reference": new_ulid(), "branch": match.branch_id, "language": language},
        )


class _CalledBranch:
    """Load the called branch, its company and its agent in one query."""

    def __init__(self, match: NumberMatch) -> None:
        parameters = {"company": match.company_id, "branch": match.branch_id, "agent": match.agent_id}
        self.company, self.branch, self.agent, version = db.session.execute(CALL_RECORDS, parameters).one()
        self.content = get_effective_config(self.agent, version, branch=self.branch) if self.agent else DEFAULT_AGENT_CONFIG
        self.moment = now()
        self.local = self.moment.astimezone(ZoneInfo(self.branch.timezone))

    def language_for(self, caller: IdentifiedCaller) -> Language:
        wishes = (caller.customer and caller.customer.language, self.agent and self.agent.language, self.company.language)
        return next(("en" if wish.startswith("en") else "de" for wish in wishes if wish and wish[:2] in ("de", "en")), "de")


def _is_blocked(e164: str) -> bool:
    return db.session.scalar(select(BlockedCaller.id).where(BlockedCaller.number == e164)) is not None


def _identify_caller(company: Company, number: ParsedPhoneNumber) -> IdentifiedCaller:
    customers = find_customers_by_number(company.id, number.identity)
    return IdentifiedCaller(
        "number" if customers else "none", customers[0] if len(customers) == 1 else None, tuple(customers),
        is_withheld=number.kind == "withheld", company_rights=company.caller_rights,
    )  # fmt: skip


def _build_variables(called: _CalledBranch, caller: IdentifiedCaller, language: Language) -> dict[str, str]:
    today = called.local.date()
    hours, is_open, opens_at = get_branch_day(called.branch, called.moment)
    # of a record only the first name is disclosed before verification, where the company allows it
    name = find_first_name(caller.customer.name) if caller.customer and _greets_by_name(called) else None
    variables = {
        "company": called.company.name,
        "branch": called.branch.name,
        "assistant": called.content.name if called.agent else "",
        "language": language,
        "today": f"{say_day(today, language, case='the')} {today.year}",
        "now": called.local.strftime("%H:%M"),
        "open_now": YES_NO[is_open],
        "hours_today": _say_opening_hours(hours, language),
        "next_opening": _say_time(opens_at, called, language),
        "caller_known": YES_NO[caller.is_known],
        "caller_certainty": caller.certainty,
        "caller_withheld": YES_NO[caller.is_withheld],
        "caller_name": name or "",
        "caller_first_name": name or "",
        "several_people": YES_NO[caller.is_ambiguous_caller],
        # kept for agents published before it was removed
        "next_booking": "",
        "greeting": build_greeting(
            called.content, company=called.company.name, branch=called.branch.name, name=name, introduces=called.agent is not None
        ),
        "hand_over": YES_NO[_should_forward(called, is_open)],
    }
    return {key: str(value) for key, value in variables.items()}


def _greets_by_name(called: _CalledBranch) -> bool:
    """Check whether the company allows greeting by name."""
    return called.content.can_disclose("caller_name") and (called.company.caller_rights or {}).get("greet_by_name") is not False


def _should_forward(called: _CalledBranch, is_open: bool) -> bool:
    """Check whether to forward at once: the agent is inactive, or serves only after hours and the branch is open."""
    now_is_the_time = called.content.is_inactive or (called.content.mode == "after_hours" and is_open)
    return now_is_the_time and bool(called.content.forward_number or called.branch.forward_number)


def _say_opening_hours(hours: DayHours, language: Language) -> str:
    return say_hours(hours.clock_spans, language) if hours.spans else _("geschlossen")


def _say_time(at: datetime | None, called: _CalledBranch, language: Language) -> str:
    if at is None:
        return ""
    return say_moment(at.astimezone(ZoneInfo(called.branch.timezone)), language, today=called.local.date())
