"""Businesses of the demo town with their branches, services, people and hours, and without a single call."""

from datetime import timedelta

from app.core.clock import now
from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.demo.catalogue_seeder import insert_catalogue
from app.demo.companies import LINDGREN
from app.demo.schema import DemoCompany
from app.models import Company


def make_demo_salon() -> Company:
    """Salon Lindgren."""
    return make_demo_company(LINDGREN)


def make_demo_company(demo: DemoCompany) -> Company:
    """Committed; what the simulator's callers ask for can be booked there."""
    company = Company(id=new_ulid(), slug=demo.slug, name=demo.name, industry=demo.industry)
    with company_scope(company.id), transaction():
        db.session.add(company)
        db.session.flush()
        insert_catalogue(company, demo, since=now() - timedelta(days=90))
    return company
