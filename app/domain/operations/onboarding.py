"""A business begins: its company with an assistant, branches with usual hours, numbers that the assistant answers."""

from dataclasses import dataclass
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from babel.core import get_global
from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from app.core.errors import Conflict, InvalidInput
from app.core.extensions import db
from app.core.tenancy import company_scope, unscoped
from app.domain.agents import versions
from app.domain.agents.config_schema import AgentVersionConfig
from app.domain.agents.provisioning.workflow import request_deployment
from app.domain.audit.log import record
from app.domain.companies import phone_numbers
from app.domain.companies.industries import INDUSTRIES, find_industry, get_industry
from app.domain.companies.slugs import build_slug, fold_name, iter_free_slugs
from app.domain.scheduling.holidays import GERMAN_STATES
from app.domain.scheduling.hours_editor import save_week
from app.domain.scheduling.opening_hours_text import parse_week
from app.domain.scheduling.time_spans import Spans
from app.models import Agent, Branch, Company, PhoneNumber

LANGUAGES = ("de", "en")
MAX_NAME = 160
CENTRAL_EUROPEAN = ("cet", "cest", "met", "mez", "mesz")


class CompanyExists(Conflict):
    """A company of this name exists already."""

    code = "company_exists"

    def __init__(self, slug: str) -> None:
        sentence = _("Eine Firma dieses Namens gibt es schon: %(slug)s.", slug=slug)
        super().__init__(sentence, fields={"name": sentence})
        self.slug = slug


class BranchExists(Conflict):
    """The company has a branch of this name already."""

    code = "branch_exists"

    def __init__(self, slug: str) -> None:
        sentence = _("Eine Filiale dieses Namens gibt es schon: %(slug)s.", slug=slug)
        super().__init__(sentence, fields={"name": sentence})
        self.slug = slug


@dataclass(frozen=True, slots=True)
class BranchDetails:
    """Address and opening hours of a branch; None: the company's value, or the industry's default."""

    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    state: str | None = None
    timezone: str | None = None
    # number to transfer callers to
    forward_number: str | None = None
    week: list[Spans] | None = None


def create_company(
    name: str, industry: str, *, timezone: str = "Europe/Berlin", state: str | None = None, language: str = "de", by: str | None = None,
    is_another: bool = False,
) -> tuple[Company, Agent]:  # fmt: skip
    """Create a company and its agent, with a published version. Raises InvalidInput with one sentence per field, CompanyExists.

    Call it inside unscoped(). The industry is given by key or name; the country follows from the time zone. `is_another`: allow a
    second company of the same name.
    """
    errors: dict[str, str] = {}
    name, known_industry = _check_name(name, errors), find_industry(industry)
    if known_industry is None:
        errors["industry"] = _("Diese Branche kennen wir nicht. Es gibt: %(known)s.", known=", ".join(INDUSTRIES))
    country = _get_country(timezone, errors)
    state = _parse_state(state, country, errors)
    if language not in LANGUAGES:
        errors["language"] = _("Die Assistentin spricht Deutsch (de) oder Englisch (en).")
    if errors or known_industry is None:
        raise _build_error(errors)
    values = {"name": name, "industry": known_industry.key, "timezone": timezone, "state": state, "country": country, "language": language}
    company = _with_free_slug(values, is_another=is_another)
    with company_scope(company.id):
        agent = versions.create_agent(AgentVersionConfig.model_fields["name"].default, language=language, by=by)
        versions.publish(agent.id, by=by)
        record("company_made", subject=f"company:{company.id}", data={"industry": known_industry.key}, company_id=company.id)
    return company, agent


def create_branch(company: Company, name: str, place: BranchDetails) -> Branch:
    """A branch that is open. Raises InvalidInput with one sentence per field, BranchExists."""
    # one after the other, so that no two get the same name
    db.session.execute(select(Company.id).where(Company.id == company.id).with_for_update())
    errors: dict[str, str] = {}
    name, timezone = _check_name(name, errors), place.timezone or company.timezone
    state = _parse_state(place.state, _get_country(timezone, errors), errors) or company.state
    forward_number = _parse_forward_number(place.forward_number, company.country, errors)
    if errors:
        raise _build_error(errors)
    with company_scope(company.id):
        slugs = {row.name.casefold(): row.slug for row in db.session.execute(select(Branch.name, Branch.slug))}
        if slug := slugs.get(name.casefold()):
            raise BranchExists(slug)
        branch = Branch(
            slug=next(iter_free_slugs(build_slug(name, otherwise="filiale"), set(slugs.values()))), name=name,
            timezone=timezone, state=state,
            street=place.street, postcode=place.postcode, city=place.city, forward_number=forward_number,
        )  # fmt: skip
        db.session.add(branch)
        db.session.flush()
        save_week(branch.id, None, get_default_week(company) if place.week is None else place.week)
        record("branch_made", subject=f"branch:{branch.id}")
    return branch


def update_branch(company: Company, branch: Branch, place: BranchDetails, *, name: str | None = None) -> Branch:
    """Update the given values; None leaves a value unchanged. Raises InvalidInput with one sentence per field, BranchExists."""
    # one after the other, so that no two get the same name
    db.session.execute(select(Company.id).where(Company.id == company.id).with_for_update())
    errors: dict[str, str] = {}
    values: dict[str, str | None] = {key: getattr(place, key) for key in ("street", "postcode", "city", "timezone")}
    country = _get_country(place.timezone or branch.timezone, errors)
    values["name"] = None if name is None else _check_name(name, errors)
    values["state"] = _parse_state(place.state, country, errors)
    values["forward_number"] = _parse_forward_number(place.forward_number, company.country, errors)
    if errors:
        raise _build_error(errors)
    with company_scope(company.id):
        others = select(Branch.slug, Branch.name).where(Branch.id != branch.id)
        names = {row.name.casefold(): row.slug for row in db.session.execute(others)}
        if slug := names.get((values["name"] or "").casefold()):
            raise BranchExists(slug)
        for key, value in values.items():
            if value is not None:
                setattr(branch, key, value)
        db.session.flush()
        if place.week is not None:
            save_week(branch.id, None, place.week)
        record("branch_saved", subject=f"branch:{branch.id}")
    return branch


def get_default_week(company: Company) -> list[Spans]:
    """Get the default opening hours of the industry."""
    return parse_week(get_industry(company.industry).hours)


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


def _check_name(name: str, errors: dict[str, str]) -> str:
    name = " ".join(name.split())
    if not name:
        errors["name"] = _("Der Name fehlt.")
    elif len(name) > MAX_NAME or not name.isprintable():
        errors["name"] = _("Ein Name hat höchstens %(most)s Zeichen.", most=MAX_NAME)
    return name


def _get_country(timezone: str, errors: dict[str, str]) -> str:
    """The country of the time zone: it decides number parsing and public holidays."""
    territories = get_global("zone_territories")
    try:
        ZoneInfo(timezone)
        return territories[timezone]
    except (KeyError, ValueError, OSError):
        cities = {territory.rpartition("/")[2].casefold(): territory for territory in territories}
        city = timezone.rpartition("/")[2].casefold().replace(" ", "_")
        near = (get_close_matches(city, cities, n=1) if city not in CENTRAL_EUROPEAN else None) or ["berlin"]
        errors["timezone"] = _("Diese Zeitzone gibt es nicht. Gemeint ist vielleicht %(zone)s.", zone=cities[near[0]])
        return "DE"


def _parse_state(text: str | None, country: str, errors: dict[str, str]) -> str | None:
    """Two letters, also for a name: BE for Berlin."""
    text = (text or "").strip()
    if not text:
        return None
    named = {name.casefold(): key for key, name in GERMAN_STATES.items()}
    state = named.get(text.casefold(), text.upper())
    if country != "DE":
        errors["state"] = _("Ein Bundesland gibt es hier nur für Deutschland.")
    elif state not in GERMAN_STATES:
        errors["state"] = _("Dieses Bundesland gibt es nicht. Es gibt: %(known)s.", known=", ".join(sorted(GERMAN_STATES)))
    return state


def _parse_forward_number(text: str | None, country: str, errors: dict[str, str]) -> str | None:
    if not text or not text.strip():
        return None
    try:
        e164 = phone_numbers.parse_number(text, country)
    except InvalidInput as error:
        errors["forward_number"] = str(error.message)
        return None
    with unscoped():
        if db.session.scalar(select(exists().where(PhoneNumber.e164 == e164))):
            errors["forward_number"] = _("Unter dieser Nummer meldet sich die Assistentin selbst. Gemeint ist die eines Menschen.")
    return e164


def _build_error(errors: dict[str, str]) -> InvalidInput:
    return InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=errors)
