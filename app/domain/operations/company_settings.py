"""A company changes what it says of itself: name, language, time zone, federal state, industry and legal data."""

from dataclasses import dataclass

from flask_babel import gettext as _

from app.core.extensions import db
from app.core.locale import LANGUAGES
from app.domain.agents.activation_switch import redeploy_agents
from app.domain.audit.log import record
from app.domain.companies.industries import INDUSTRIES
from app.domain.companies.legal_notice import LegalNotice, save_legal_notice
from app.domain.operations.business_fields import build_error, get_country, parse_name, parse_state
from app.models import Company


@dataclass(frozen=True, slots=True)
class CompanyDetails:
    """What callers hear and what new branches start with."""

    name: str
    industry: str
    language: str
    timezone: str
    state: str | None


def update_company(company: Company, details: CompanyDetails, notice: LegalNotice) -> tuple[str, ...]:
    """Save both; the company's slug stays. Returns the deployments of agents that greet with the name. Raises InvalidInput."""
    errors: dict[str, str] = {}
    name, country = parse_name(details.name, errors), get_country(details.timezone, errors)
    state = parse_state(details.state, country, errors)
    for field, value, known in (("industry", details.industry, INDUSTRIES), ("language", details.language, LANGUAGES)):
        if value not in known:
            errors[field] = _("Bitte wählen.")
    if errors:
        raise build_error(errors)
    is_renamed = company.name != name
    company.name, company.industry, company.language = name, details.industry, details.language
    company.timezone, company.country, company.state = details.timezone, country, state
    save_legal_notice(company, notice)
    db.session.flush()
    record("company_saved", subject=f"company:{company.id}")
    return redeploy_agents() if is_renamed else ()
