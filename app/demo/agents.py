"""The agent versions of the demo companies: a first one and the published one."""

from datetime import datetime, timedelta

from app.demo.schema import DemoCompany
from app.domain.agents.config_schema import validate_config
from app.models import AgentVersion

RULES = {
    "hair_salon": (
        "Bei Farbe fragen, ob die Haare schon einmal gefärbt wurden.",
        "Kinder unter 12 Jahren bei Kinderschnitt eintragen.",
        "Wer mehr als 15 Minuten zu spät kommt, wird gebeten, neu zu buchen.",
    ),
    "medical_practice": (
        "Bei Brustschmerzen, Atemnot oder Lähmung sofort auf die 112 verweisen.",
        "Keine Auskunft über Befunde, auch nicht an Angehörige.",
        "Für ein Rezept einen Rückruf notieren, mit Name und Medikament.",
    ),
    "garage": (
        "Nach Kennzeichen und Modell fragen.",
        "Keinen Kostenvoranschlag am Telefon nennen.",
    ),
}  # fmt: skip


def build_agent_versions(agent_id: str, demo: DemoCompany, *, since: datetime) -> list[AgentVersion]:
    rules = RULES.get(demo.industry, ())
    first = validate_config({"name": demo.agent, "greeting": demo.greeting, "rules": rules[:1]})
    now = validate_config({"name": demo.agent, "greeting": demo.greeting, "rules": rules})
    later = since + timedelta(days=12, hours=3)
    return [
        AgentVersion(
            agent_id=agent_id, number=1, content=first.as_json(), revision=1, created_at=since, saved_at=since, published_at=since,
        ),
        AgentVersion(
            agent_id=agent_id, number=2, status="published", content=now.as_json(), revision=1, created_at=later, saved_at=later,
            published_at=later,
        ),
    ]  # fmt: skip
