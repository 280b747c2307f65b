"""A business begins: its company with an assistant, branches with usual hours, numbers that the assistant answers."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core.errors import Conflict
from app.core.extensions import db
from app.core.locale import LANGUAGES
from app.core.tenancy import company_scope
from app.domain.agents import versions
from app.domain.agents.config_schema import AgentVersionConfig
from app.domain.agents.provisioning.workflow import request_deployment
from app.domain.audit.log import record
from app.domain.companies import phone_numbers
from app.domain.companies.industries import INDUSTRIES, find_industry
from app.domain.companies.slugs import build_slug, fold_name, iter_free_slugs
from app.domain.operations.business_fields import build_error, get_country, parse_name, parse_state
from app.models import Agent, Company, PhoneNumber


class CompanyExists(Conflict):
    """A company of this name exists already."""

    code = "company_exists"

    def __init__(self, slug: str) -> None:
        sentence = _("Eine Firma dieses Namens gibt es schon: %(slug)s.", slug=slug)
        super().__init__(sentence, fields={"name": sentence})
        self.slug = slug


def create_company(
    name: str, industry: str, *, timezone: str = "Europe/Berlin", state: str | None = None, language: str = "de", by: str | None = None,
    is_another: bool = False,
) -> tuple[Company, Agent]:  # fmt: skip
    """Create a company and its agent, with a published version. Raises InvalidInput with one sentence per field, CompanyExists.

    Call it inside unscoped(). The industry is given by key or name; the country follows from the time zone. `is_another`: allow a
    second company of the same name.
    """
    errors: dict[str, str] = {}
    name, known_industry = parse_name(name, errors), find_industry(industry)
    if known_industry is None:
        errors["industry"] = _("Diese Branche kennen wir nicht. Es gibt: %(known)s.", known=", ".join(INDUSTRIES))
    country = get_country(timezone, errors)
    state = parse_state(state, country, errors)
    if language not in LANGUAGES:
        errors["language"] = _("Die Assistentin spricht Deutsch (de) oder Englisch (en).")
    if errors or known_industry is None:
        raise build_error(errors)
    values = {"name": name, "industry": known_industry.key, "timezone": timezone, "state": state, "country": country, "language": language}
    company = _with_free_slug(values, is_another=is_another)
    with company_scope(company.id):
        agent = versions.create_agent(AgentVersionConfig.model_fields["name"].default, language=language, by=by)
        versions.publish(agent.id, by=by)
        record("company_made", subject=f"company:{company.id}", data={"industry": known_industry.key}, company_id=company.id)
    return company, agent


def add_number(company: Company, branch_id: str, raw: str, *, label: str | None = None) -> tuple[PhoneNumber, tuple[str, ...]]:
    """The number belongs to the branch, and the company's assistant answers it; the deployments to be written.

    Again changes nothing, at another branch it is moved there. Raises InvalidInput, NotFound, NumberTaken.
    """
    with company_scope(company.id):
        statement = select(PhoneNumber).where(PhoneNumber.e164 == phone_numbers.parse_number(raw, company.country), PhoneNumber.is_active)
        number = db.session.scalars(statement.where(PhoneNumber.branch_id == branch_id, PhoneNumber.agent_id.is_not(None))).first()
        if number is not None:
            return number, ()
        number = phone_numbers.assign_number(raw, company_id=company.id, branch_id=branch_id, label=label)
        record("number_added", subject=number.id, data={"branch": branch_id})
        return number, redeploy_agents(number)


def move_number(number_id: str, branch_id: str) -> tuple[PhoneNumber, tuple[str, ...]]:
    """Move a number to another branch of the current company; returns the deployments to write. Raises NotFound."""
    number, branch = phone_numbers.get_number(number_id), phone_numbers.get_branch(branch_id)
    if number.branch_id == branch.id:
        return number, ()
    number.branch_id = branch.id
    phone_numbers.publish_changed(number)
    record("number_moved", subject=number.id, data={"branch": branch.id})
    return number, redeploy_agents(number)


def redeploy_agents(number: PhoneNumber) -> tuple[str, ...]:
    """Request a deployment of the agent of this number; return the deployment ids."""
    db.session.flush()
    if number.agent_id is None or versions.find_published(number.agent_id) is None:
        return ()
    return (request_deployment(number.agent_id).id,)


def _with_free_slug(values: dict[str, str | None], *, is_another: bool) -> Company:
    """Of several of one name at the same moment the first one is made; where others are meant, each gets the next slug."""
    name = values["name"] or ""
    if not is_another:
        rows = db.session.execute(select(Company.name, Company.slug).order_by(Company.id.desc()))
        names = {fold_name(row.name): row.slug for row in rows}
        if existing := names.get(fold_name(name)):
            raise CompanyExists(existing)
    slug = build_slug(name, otherwise="betrieb")
    taken = set(db.session.scalars(select(Company.slug).where(Company.slug.startswith(slug, autoescape=True))))
    for free in iter_free_slugs(slug, taken):
        company = Company(slug=free, **values)
        try:
            with db.session.begin_nested():
                db.session.add(company)
                db.session.flush()
        except IntegrityError:
            if not is_another:
                raise CompanyExists(free) from None
            continue
        return company
    raise AssertionError("unreachable")
