"""list_services: what is offered."""

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.answers import Answer, done
from app.domain.agents.offers import fitting_services, service_data
from app.domain.agents.situation import Situation
from app.domain.agents.toolbox import Arguments, tool
from app.domain.language.saying import all_of

MOST_SAID = 5


class Query(Arguments):
    query: str | None = Field(None, description="Only what fits these words.")


@tool("list_services", Query)
def list_services(situation: Situation, given: Query) -> Answer:
    """Lists what the business offers."""
    services = fitting_services(situation, given.query)
    if not services:
        return done(_("Dazu finde ich nichts in unserem Angebot."), services=[])
    names = [service.name for service in services]
    if len(names) > MOST_SAID:
        say = _("Wir bieten unter anderem %(names)s an.", names=all_of(names[:MOST_SAID], situation.language))
    else:
        say = _("Wir bieten %(names)s an.", names=all_of(names, situation.language))
    return done(say, services=[service_data(situation, service) for service in services])
