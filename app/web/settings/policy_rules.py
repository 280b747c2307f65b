"""The booking rules as sentences with gaps: what stands in each gap, in units that people use, and what it is inherited from."""

from dataclasses import dataclass
from typing import Any, Literal

from flask_babel import gettext as _, lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.domain.companies.policies import LIMITS, UNITS, Policies, Rules, format_span, split_span
from app.web.formatting import format_decimal_input

# span: a number with a unit, kept in minutes
Kind = Literal["span", "number", "money", "choice"]
UNIT_NAMES = {"minutes": _l("Minuten"), "hours": _l("Stunden"), "days": _l("Tage")}


@dataclass(frozen=True, slots=True)
class RuleSentence:
    """`sentence` has its gap at "…"."""

    name: str
    kind: Kind
    label: LazyString
    sentence: LazyString | str = "…"
    help: LazyString | str = ""


UNTIL_LAST = _l("Danach nur noch am Telefon. 0 heißt: bis zuletzt.")
GROUPS: tuple[tuple[LazyString, tuple[RuleSentence, ...]], ...] = (
    (
        _l("Wann gebucht werden kann"),
        (
            RuleSentence("notice_minutes", "span", _l("Vorlauf"), _l("spätestens … vorher"), _l("0 heißt: bis zuletzt.")),
            RuleSentence("horizon_days", "number", _l("Tage im Voraus"), _l("bis zu … Tage im Voraus")),
            RuleSentence("grid_minutes", "number", _l("Takt"), _l("ein Termin beginnt alle … Minuten")),
            RuleSentence("hold_minutes", "number", _l("Platz halten"), _l("… Minuten lang, solange sich jemand entscheidet")),
        ),
    ),
    (
        _l("Absagen und Verschieben"),
        (
            RuleSentence("cancel_minutes", "span", _l("Absagen"), _l("bis … vorher"), UNTIL_LAST),
            RuleSentence("move_minutes", "span", _l("Verschieben"), _l("bis … vorher"), UNTIL_LAST),
            RuleSentence(
                "fee_cents", "money", _l("Gebühr"), _l("… Euro, wenn jemand zu spät absagt oder nicht kommt"), _l("0 heißt: keine.")
            ),
            RuleSentence("fee_within_minutes", "span", _l("Zu spät heißt"), _l("später als … vorher")),
        ),
    ),
    (
        _l("Wer buchen darf"),
        (
            RuleSentence("callers_may_book", "choice", _l("Anrufer dürfen selbst buchen")),
            RuleSentence("anonymous_callers", "choice", _l("Auch mit unterdrückter Nummer")),
            RuleSentence("contact_required", "choice", _l("Nur mit Rufnummer oder E-Mail")),
            RuleSentence(
                "open_bookings_per_customer", "number", _l("Offene Termine je Person"), _l("höchstens …"), _l("0 heißt: beliebig viele.")
            ),
            RuleSentence("needs_confirmation", "choice", _l("Betrieb bestätigt jeden Termin")),
            RuleSentence("observes_holidays", "choice", _l("An Feiertagen geschlossen")),
        ),
    ),
    (
        _l("Nachricht an die Kundschaft"),
        (
            RuleSentence("notify_staff_changes", "choice", _l("Wenn wir einen Termin ändern")),
            RuleSentence("notify_self_service_changes", "choice", _l("Wenn sie ihn selbst ändern")),
            RuleSentence("notify_program_changes", "choice", _l("Wenn ein Programm bucht")),
            RuleSentence("notify_calendar_changes", "choice", _l("Wenn ein Kalender ihn ändert")),
        ),
    ),
)  # fmt: skip
SENTENCES = {rule.name: rule for _group, rules in GROUPS for rule in rules}
SPANS = tuple(name for name, rule in SENTENCES.items() if rule.kind == "span")


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule on the page: its sentence around the gap, what was typed or applies, and where it comes from."""

    rule: RuleSentence
    before: str
    after: str
    value: str
    unit: str
    is_inherited: bool
    # what applies without a rule of its own, in words
    inherited: str
    # how many narrower scopes set it otherwise
    deviations: int


def build_rows(typed: dict[str, str], inherited: Rules, policies: Policies | None) -> list[tuple[str, list[RuleRow]]]:
    """Build the rows by group; `typed` lacks the rules that are inherited, `policies` are counted where the company's are shown."""
    return [(str(group), [_build_row(rule, typed, inherited, policies) for rule in rules]) for group, rules in GROUPS]


def to_typed(rules: dict[str, Any]) -> dict[str, str]:
    """What stands in the gaps for these rules: numbers in their units, yes and no as 1 and 0."""
    typed: dict[str, str] = {}
    for name, value in rules.items():
        kind = SENTENCES[name].kind
        if kind == "span":
            count, typed[f"{name}_unit"] = split_span(value)
            typed[name] = str(count)
        elif kind == "money":
            typed[name] = format_decimal_input(value, places=2, is_short=True)
        else:
            typed[name] = str(int(value))
    return typed


def describe_limit(name: str) -> str:
    """The sentence at a span that is too long."""
    return _("Höchstens %(time)s.", time=format_span(LIMITS[name][1]))


def to_minutes(count: int, unit: str) -> int:
    return count * UNITS[unit]


def _build_row(rule: RuleSentence, typed: dict[str, str], inherited: Rules, policies: Policies | None) -> RuleRow:
    value = getattr(inherited, rule.name)
    filled = to_typed({rule.name: value}) | typed
    before, _gap, after = str(rule.sentence).partition("…")
    return RuleRow(
        rule, before.strip(), after.strip(), filled[rule.name], filled.get(f"{rule.name}_unit", ""), rule.name not in typed,
        _describe(rule, value), len(policies.list_scopes(rule.name)) if policies else 0,
    )  # fmt: skip


def _describe(rule: RuleSentence, value: Any) -> str:
    if rule.kind == "choice":
        return _("ja") if value else _("nein")
    text = format_span(value) if rule.kind == "span" else to_typed({rule.name: value})[rule.name]
    return str(rule.sentence).replace("…", text)
