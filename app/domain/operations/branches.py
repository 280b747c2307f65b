"""The branches of a company: created with the usual hours of its industry, changed, and described."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import Conflict
from app.core.extensions import db
from app.core.tenancy import company_scope
from app.domain.audit.log import record
from app.domain.companies.industries import get_industry
from app.domain.companies.slugs import build_slug, iter_free_slugs
from app.domain.operations.business_fields import build_error, get_country, parse_forward_number, parse_name, parse_state
from app.domain.scheduling.hours_editor import save_week
from app.domain.scheduling.opening_hours_text import parse_week
from app.domain.scheduling.time_spans import Spans
from app.models import Branch, Company


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


def create_branch(company: Company, name: str, place: BranchDetails) -> Branch:
    """A branch that is open. Raises InvalidInput with one sentence per field, BranchExists."""
    # one after the other, so that no two get the same name
    db.session.execute(select(Company.id).where(Company.id == company.id).with_for_update())
    errors: dict[str, str] = {}
    name, timezone = parse_name(name, errors), place.timezone or company.timezone
    state = parse_state(place.state, get_country(timezone, errors), errors) or company.state
    forward_number = parse_forward_number(place.forward_number, company.country, errors)
    if errors:
        raise build_error(errors)
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
    """Update the given values; None leaves a value unchanged, an empty text clears it. Raises InvalidInput, BranchExists.

    A new state or city decides anew which holidays of some municipalities apply.
    """
    # one after the other, so that no two get the same name
    db.session.execute(select(Company.id).where(Company.id == company.id).with_for_update())
    errors: dict[str, str] = {}
    values: dict[str, str | None] = {key: getattr(place, key) for key in ("street", "postcode", "city", "timezone")}
    country = get_country(place.timezone or branch.timezone, errors)
    values["name"] = None if name is None else parse_name(name, errors)
    values["state"] = parse_state(place.state, country, errors) or place.state
    values["forward_number"] = parse_forward_number(place.forward_number, company.country, errors) or place.forward_number
    if errors:
        raise build_error(errors)
    with company_scope(company.id):
        others = select(Branch.slug, Branch.name).where(Branch.id != branch.id)
        names = {row.name.casefold(): row.slug for row in db.session.execute(others)}
        if slug := names.get((values["name"] or "").casefold()):
            raise BranchExists(slug)
        region = (branch.state, branch.city)
        for key, value in values.items():
            if value is not None:
                setattr(branch, key, value or None)
        if (branch.state, branch.city) != region:
            branch.local_holidays = None
        db.session.flush()
        if place.week is not None:
            save_week(branch.id, None, place.week)
        record("branch_saved", subject=f"branch:{branch.id}")
    return branch


def get_default_week(company: Company) -> list[Spans]:
    """Get the default opening hours of the industry."""
    return parse_week(get_industry(company.industry).hours)
