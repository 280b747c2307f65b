"""How urgent a task is by the words in it: what may be an emergency stands above what is due sooner."""

from collections.abc import Iterable

from app.core.extensions import db
from app.core.tenancy import current_company_id
from app.domain.emergencies.recognition import resembles_emergency
from app.models import Company

# below the alarm's own task, above everything that is only due
RESEMBLES_EMERGENCY = 50


def rate_urgency(texts: Iterable[str | None]) -> int:
    """The priority that these words of a caller or writer give a task of the current company."""
    company = db.session.get(Company, current_company_id())
    words = ". ".join(line for text in texts if text for line in text.splitlines())
    return RESEMBLES_EMERGENCY if company and words and resembles_emergency(words, company.industry) else 0
