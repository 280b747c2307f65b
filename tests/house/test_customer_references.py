"""Whatever references a customer has a line in the table of merges, so that a merge leaves nothing behind."""

from flask_sqlalchemy import SQLAlchemy

from app.domain.customers.merge_references import REFERENCES
from tests.factories.registry import models


def test_every_reference_to_a_customer_has_a_decision(db: SQLAlchemy) -> None:
    found = {
        f"{model.__tablename__}.{key.parent.name}"
        for model in models()
        for constraint in model.__table__.foreign_key_constraints
        for key in constraint.elements
        if key.target_fullname == "customers.id"
    }
    assert found == {reference.name for reference in REFERENCES}


def test_a_column_that_names_a_customer_is_a_reference() -> None:
    """A column without a foreign key would be left behind unseen."""
    decided = {reference.name for reference in REFERENCES}
    named = {
        f"{model.__tablename__}.{column.name}" for model in models() for column in model.__table__.columns if "customer_id" in column.name
    }
    assert named - decided == set()


def test_each_decision_names_columns_that_there_are() -> None:
    for reference in REFERENCES:
        for name in (reference.column, *reference.same, *filter(None, (reference.other, reference.since))):
            assert hasattr(reference.model, name), f"{reference.name}: {name}"
