"""Which marketing messages a company sends, and when; each kind is off until it is set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.domain.audit.log import record
from app.models import MarketingRule, Service

REVIEW_HOURS = SATISFACTION_HOURS = (1, 336)
WEEKS = (1, 260)
MAX_URL_LENGTH = 500


@dataclass(frozen=True, slots=True)
class MarketingRules:
    """None: off. A review request and the question how it was go out so many hours after a visit, an invitation so many weeks after
    the last one, a recall so many weeks after the last visit for a service, by its id.
    """

    review_hours: int | None = None
    review_url: str | None = None
    satisfaction_hours: int | None = None
    has_birthdays: bool = False
    win_back_weeks: int | None = None
    recall_weeks: Mapping[str, int] = field(default_factory=dict)

    @property
    def has_any(self) -> bool:
        return bool(self.review_hours or self.satisfaction_hours or self.has_birthdays or self.win_back_weeks or self.recall_weeks)


def load_marketing_rules() -> MarketingRules:
    """One query."""
    rows = db.session.scalars(select(MarketingRule)).all()
    by_kind = {row.kind: row for row in rows if row.service_id is None}
    review, satisfaction, win_back = (by_kind.get(kind) for kind in ("review_request", "satisfaction", "win_back"))
    return MarketingRules(
        review_hours=review.delay if review else None,
        review_url=review.url if review else None,
        satisfaction_hours=satisfaction.delay if satisfaction else None,
        has_birthdays="birthday" in by_kind,
        win_back_weeks=win_back.delay if win_back else None,
        recall_weeks={row.service_id: row.delay for row in rows if row.kind == "recall" and row.service_id},
    )


def save_marketing_rules(rules: MarketingRules) -> None:
    """Replace the company's rules. Raises InvalidInput with one message per field."""
    if wrong := _find_errors(rules):
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)
    db.session.execute(delete(MarketingRule))
    if rules.review_hours:
        db.session.add(MarketingRule(kind="review_request", delay=rules.review_hours, url=rules.review_url))
    if rules.satisfaction_hours:
        db.session.add(MarketingRule(kind="satisfaction", delay=rules.satisfaction_hours))
    if rules.has_birthdays:
        db.session.add(MarketingRule(kind="birthday", delay=0))
    if rules.win_back_weeks:
        db.session.add(MarketingRule(kind="win_back", delay=rules.win_back_weeks))
    known = set(db.session.scalars(select(Service.id)))
    db.session.add_all(
        MarketingRule(kind="recall", scope=service_id, service_id=service_id, delay=weeks)
        for service_id, weeks in rules.recall_weeks.items()
        if service_id in known
    )
    db.session.flush()
    record("marketing_rules_saved")


def list_companies() -> list[str]:
    """List the companies that send any; inside unscoped()."""
    return sorted(set(db.session.scalars(select(MarketingRule.company_id))))


def _find_errors(rules: MarketingRules) -> dict[str, str]:
    wrong: dict[str, str] = {}
    spans = {
        "review_hours": (rules.review_hours, REVIEW_HOURS),
        "satisfaction_hours": (rules.satisfaction_hours, SATISFACTION_HOURS),
        "win_back_weeks": (rules.win_back_weeks, WEEKS),
        **{f"recall:{service_id}:weeks": (weeks, WEEKS) for service_id, weeks in rules.recall_weeks.items()},
    }
    for name, (value, (least, most)) in spans.items():
        if value is not None and not least <= value <= most:
            wrong[name] = _("Erlaubt ist %(least)s bis %(most)s.", least=least, most=most)
    if rules.review_hours and not _is_web_address(rules.review_url or ""):
        wrong["review_url"] = _("Bitte die Adresse Ihrer Bewertungsseite angeben; sie beginnt mit https://.")
    return wrong


def _is_web_address(url: str) -> bool:
    try:
        address = urlsplit(url)
        is_whole = address.scheme == "https" and "." in (address.hostname or "") and address.username is None
    except ValueError:
        return False
    return is_whole and len(url) <= MAX_URL_LENGTH and not any(character.isspace() for character in url)
