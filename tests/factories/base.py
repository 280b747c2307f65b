"""What the factories share: rows are flushed into the session of the test, inside the company at work."""

from typing import Any

import factory
from factory.alchemy import SQLAlchemyModelFactory

from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.tenancy import current_company_id


class RowFactory(SQLAlchemyModelFactory):
    class Meta:
        abstract = True
        sqlalchemy_session_factory = lambda: db.session  # noqa: E731
        sqlalchemy_session_persistence = "flush"


class CompanyOwnedFactory(RowFactory):
    """Needs a company at work: `with company_scope(company.id): CallFactory()`."""

    class Meta:
        abstract = True

    company_id = factory.LazyFunction(current_company_id)


class UlidFactory(CompanyOwnedFactory):
    class Meta:
        abstract = True

    id = factory.LazyFunction(new_ulid)


def ref(name: str, column: str = "id") -> Any:
    """The id of a new row of that factory, named by its place: `ref("people.CustomerFactory")`."""
    module, _, factory_name = name.partition(".")
    made = factory.SubFactory(f"tests.factories.{module}.{factory_name}")
    return factory.LazyAttribute(lambda _row: getattr(made.get_factory()(), column))
