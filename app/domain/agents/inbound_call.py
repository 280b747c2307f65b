"""What the agent is told while the phone still rings: where, when, and who calls, from our own data only."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import force_locale, gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.phone import Number, normalise
from app.domain.agents.config import NOBODY, content_in_force
from app.domain.agents.greeting import opening_words
from app.domain.agents.opening_hours import Hours, branch_day
from app.domain.agents.tools.context import CALL_RECORDS
from app.domain.companies.number_lookup import Match
from app.domain.customers.caller_assurance import IdentifiedCaller, find_customers_by_number
from app.domain.customers.name_matching import find_first_name
from app.domain.language.spoken_format import say_day, say_hours, say_moment
from app.domain.language.time_expression import Language
from app.models import BlockedCaller, Company

YES_NO = {True: "yes", False: "no"}


@dataclass(frozen=True, slots=True)
class Welcome:
    """`begin_message` is what is said first, whatever stands at the provider; `variables` are texts for the agent's words,
    `metadata` comes back with every event of the call.
    """

    rejected: bool = False
    begin_message: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)


def welcome(match: Match, caller_raw: str | None) -> Welcome:
    """To be called inside the scope of the company that is called; reads, writes nothing."""
    number = normalise(caller_raw or "", source="e164", region=match.region)
    if number.e164 and _is_blocked(number.e164):
        return Welcome(rejected=True)
    place = _Place(match)
    caller = _caller(place.company, number)
    language = place.language_for(caller)
    with force_locale(language):
        variables = _variables(place, caller, language)
        return Welcome(
            begin_message=variables["greeting"],
            variables=variables,
            metadata={"reference": new_ulid(), "branch": match.branch_id, "language": language},
        )


class _Place:
    """The branch that is called, its company and its agent, in one query."""

    def __init__(self, match: Match) -> None:
        wanted = {"company": match.company_id, "branch": match.branch_id, "agent": match.agent_id}
        self.company, self.branch, self.agent, version = db.session.execute(CALL_RECORDS, wanted).one()
        self.content = content_in_force(self.agent, version, branch=self.branch) if self.agent else NOBODY
        self.moment = now()
        self.local = self.moment.astimezone(ZoneInfo(self.branch.zone))

    def language_for(self, caller: IdentifiedCaller) -> Language:
        wishes = (caller.customer and caller.customer.language, self.agent and self.agent.language, self.company.language)
        return next(("en" if wish.startswith("en") else "de" for wish in wishes if wish and wish[:2] in ("de", "en")), "de")


def _is_blocked(e164: str) -> bool:
    return db.session.scalar(select(BlockedCaller.id).where(BlockedCaller.number == e164)) is not None


def _caller(company: Company, number: Number) -> IdentifiedCaller:
    known = find_customers_by_number(company.id, number.identity)
    return IdentifiedCaller(
        "number" if known else "none", known[0] if len(known) == 1 else None, tuple(known), is_withheld=number.kind == "withheld",
        company_rights=company.caller_rights,
    )  # fmt: skip


def _variables(place: _Place, caller: IdentifiedCaller, language: Language) -> dict[str, str]:
    today = place.local.date()
    hours, is_open, opens_at = branch_day(place.branch, place.moment)
    # what nobody has said yet is not said first: of a record no more than the first name, where the company allows it
    name = find_first_name(caller.customer.name) if caller.customer and _greets(place) else None
    told = {
        "company": place.company.name,
        "branch": place.branch.name,
        "assistant": place.content.name if place.agent else "",
        "language": language,
        "today": f"{say_day(today, language, case='the')} {today.year}",
        "now": place.local.strftime("%H:%M"),
        "open_now": YES_NO[is_open],
        "hours_today": _said(hours, language),
        "next_opening": _moment(opens_at, place, language),
        "caller_known": YES_NO[caller.is_known],
        "caller_certainty": caller.certainty,
        "caller_withheld": YES_NO[caller.is_withheld],
        "caller_name": name or "",
        "caller_first_name": name or "",
        "several_people": YES_NO[caller.is_ambiguous_caller],
        # agents that were published earlier still name it
        "next_booking": "",
        "greeting": opening_words(
            place.content, company=place.company.name, branch=place.branch.name, name=name, introduces=place.agent is not None
        ),
        "hand_over": YES_NO[_hands_over(place, is_open)],
    }
    return {key: str(value) for key, value in told.items()}


def _greets(place: _Place) -> bool:
    """By name, unless the company does not want that."""
    return place.content.tells("caller_name") and (place.company.caller_rights or {}).get("greet_by_name") is not False


def _hands_over(place: _Place, is_open: bool) -> bool:
    """Whether the caller is put through at once: while she is switched off, and while the branch is open if she is there for the rest."""
    now_is_the_time = place.content.rests or (place.content.mode == "after_hours" and is_open)
    return now_is_the_time and bool(place.content.forward_to or place.branch.forward_to)


def _said(hours: Hours, language: Language) -> str:
    return say_hours(hours.clock_spans, language) if hours.spans else _("geschlossen")


def _moment(moment: datetime | None, place: _Place, language: Language) -> str:
    if moment is None:
        return ""
    return say_moment(moment.astimezone(ZoneInfo(place.branch.zone)), language, today=place.local.date())
