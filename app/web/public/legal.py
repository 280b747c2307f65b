"""Imprint and privacy notice of the platform and of each business, and the businesses' logos."""

from dataclasses import dataclass

from flask import Blueprint, Flask, Response, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from app.core import settings
from app.core.assets import IMMUTABLE
from app.core.errors import NotFound
from app.core.extensions import db
from app.core.route_guards import enter_for_request
from app.core.tenancy import company_scope
from app.domain.companies.legal_notice import LegalNotice, get_legal_notice
from app.domain.companies.logo import find_logo
from app.models import Company
from app.web.guards import public
from app.web.public.self_service import SelfServiceQuery, remember_language

blueprint = Blueprint("legal", __name__)


@dataclass(frozen=True, slots=True)
class BusinessLinks:
    """What a public page shows of its business besides the name; None where there is nothing to show."""

    imprint: str | None = None
    privacy: str | None = None
    logo: str | None = None
    width: int = 0
    height: int = 0


def register(app: Flask) -> None:
    """Provide templates with `business_links`."""
    app.jinja_env.globals["business_links"] = find_business_links


def find_business_links(company: Company) -> BusinessLinks:
    """Find the addresses of the company's legal pages, once its data is complete, and of its logo."""
    logo, has_notice = find_logo(), get_legal_notice(company).is_complete
    return BusinessLinks(
        imprint=url_for("legal.company_imprint", company_slug=company.slug) if has_notice else None,
        privacy=url_for("legal.company_privacy", company_slug=company.slug) if has_notice else None,
        logo=url_for("legal.logo", company_slug=company.slug, digest=logo.digest) if logo else None,
        width=logo.width if logo else 0,
        height=logo.height if logo else 0,
    )


@blueprint.get("/imprint")
@public("who operates this site is for everybody")
def imprint() -> BaseResponse | str:
    return _render_platform("public/imprint.html")


@blueprint.get("/privacy")
@public("how data is treated here is for everybody")
def privacy() -> BaseResponse | str:
    return _render_platform("public/privacy.html")


@blueprint.get("/imprint/<company_slug>")
@public("who a business is, is for everybody")
def company_imprint(company_slug: str) -> BaseResponse | str:
    return _render_company("public/company_imprint.html", company_slug)


@blueprint.get("/privacy/<company_slug>")
@public("how a business treats data is for everybody")
def company_privacy(company_slug: str) -> BaseResponse | str:
    return _render_company("public/company_privacy.html", company_slug)


@blueprint.get("/logos/<company_slug>/<digest>")
@public("a logo is for everybody")
def logo(company_slug: str, digest: str) -> Response:
    """The picture with the type that was found in it, never one that somebody named; another logo has another address."""
    _enter_company(company_slug)
    picture = find_logo()
    if picture is None or picture.digest != digest:
        raise NotFound(_("Das gibt es hier nicht."))
    response = Response(picture.content, content_type=picture.content_type)
    response.headers["Cache-Control"] = IMMUTABLE
    response.headers["Content-Disposition"] = "inline"
    return response


def _render_platform(template: str) -> BaseResponse | str:
    if language := SelfServiceQuery.read_known().lang:
        return remember_language(redirect(request.path), language)
    return render_template(template, notice=_get_operator())


def _get_operator() -> LegalNotice:
    """Who operates this installation, as the environment says."""
    given = settings()
    return LegalNotice(
        legal_name=given.operator_name,
        representative=given.operator_representative,
        street=given.operator_address,
        email=given.operator_email,
        phone=given.operator_phone,
        registration=given.operator_register,
        vat_id=given.operator_vat_id,
    )


def _render_company(template: str, company_slug: str) -> BaseResponse | str:
    """Callers see the page once the data is complete; the company's own people are told what is missing."""
    if language := SelfServiceQuery.read_known().lang:
        return remember_language(redirect(request.path), language)
    company = _enter_company(company_slug)
    notice, is_own = get_legal_notice(company), current_user.is_authenticated and current_user.company_id == company.id
    if not notice.is_complete and not is_own:
        raise NotFound(_("Das gibt es hier nicht."))
    return render_template(template, company=company, notice=notice)


def _enter_company(company_slug: str) -> Company:
    """Enter the scope of the active company of this name. Raises NotFound."""
    statement = select(Company).where(Company.slug == company_slug, Company.is_active)
    company = db.session.scalars(statement).first() if company_slug.isascii() else None
    if company is None:
        raise NotFound(_("Das gibt es hier nicht."))
    g.company, g.timezone = company, company.timezone
    enter_for_request(company_scope(company.id))
    return company
