"""Every model has a factory, and each one makes a row on its own."""

from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from tests.factories.companies import CompanyFactory
from tests.factories.registry import factories, models


def test_every_model_has_a_factory() -> None:
    assert [model.__name__ for model in models() if model not in factories()] == []


def test_each_factory_makes_a_row_with_all_that_it_stands_on(db: SQLAlchemy) -> None:
    company = CompanyFactory()
    with company_scope(company.id):
        for factory in factories().values():
            assert factory() in db.session
