"""Every model's factory, for the tests that walk them all."""

from factory.base import FactoryMetaClass

from app.core.extensions import db
from tests.factories import agents, calendar, calls, companies, external_calendars, staff_notices


def factories() -> dict[type, FactoryMetaClass]:
    found = {}
    for module in (companies, agents, calls, calendar, external_calendars, staff_notices):
        for thing in vars(module).values():
            if isinstance(thing, FactoryMetaClass) and not thing._meta.abstract:
                found[thing._meta.model] = thing
    return found


def models() -> list[type]:
    return sorted((mapper.class_ for mapper in db.Model.registry.mappers), key=lambda model: model.__name__)
