"""Questions that are declined and not searched for: for what others have told, and for medical advice."""

import re

from flask_babel import gettext as _

from app.domain.agents.tools.context import ToolContext, ToolResult, reject
from app.domain.language.vocabulary import fold

HEALTH_INDUSTRIES = frozenset({"medical_practice", "dental_practice", "physiotherapy", "psychotherapy", "vet"})
_TELL = r"(?:nenn\w*|zeig\w*|sag\w*|gib|geben|verrat\w*|auflist\w*|liste|lies|vorlesen|tell|give|show|read|list|print|dump)"
_OF_OTHERS = (
    r"(?:(?:andere[nr]?|aller|alle|allen) (?:kund\w*|patient\w*|leute)|kundendaten|patientendaten|kundenliste"
    r"|termine mit (?:den )?namen|namen und (?:telefon)?nummern|telefonnummern"
    r"|(?:other|all|your)(?: the)? (?:customers?|clients?|patients?)|customer (?:data|list)|names and (?:phone )?numbers|phone numbers)"
)
OTHERS = re.compile(rf"\b{_TELL}\b.*\b{_OF_OTHERS}\b")
OWN = re.compile(r"\b(?:eure|ihre|deine) (?:telefon)?nummern?\b|\byour (?:phone )?numbers?\b")
_MAY_I = (
    r"\b(?:soll|sollte|darf|kann|muss) (?:ich|er|sie|man|mein\w*)\b"
    r"|\b(?:should|can|may|must|shall) (?:i|he|she|my)\b|\bdo i (?:have|need) to\b"
)
_MEDICINE = (
    r"tablette\w*|pille\w*|medikament\w*|ibu\w*|paracetamol|aspirin|antibiotik\w*|tropfen|salbe|dosis|insulin|blutverduenner|marcumar"
    r"|tablets?|pills?|medicines?|medication|ibuprofen|antibiotics?|painkillers?|dose|blood thinners?"
)
_TAKE = (
    r"\w*nehmen|nehm|nimmt|absetzen|weglassen|verdoppeln|geben|schlucken|spritzen|auftragen"
    r"|take|taking|stop|skip|double|give|swallow|put on|use"
)
ADVICE = re.compile(rf"(?=.*(?:{_MAY_I}))(?=.*\b(?:{_MEDICINE})\b)(?=.*\b(?:{_TAKE})\b)")


def decline_question(context: ToolContext, question: str) -> ToolResult | None:
    """Decline what is not told to anybody, or not by the phone; None for every other question."""
    folded = fold(question)
    if OTHERS.search(folded) and not OWN.search(folded):
        return reject("not_allowed", _("Angaben zu anderen gebe ich nicht heraus. Kann ich sonst etwas für Sie tun?"), sources=[])
    if context.company.industry in HEALTH_INDUSTRIES and ADVICE.search(folded):
        return reject("not_known", _("Das sollte Ihnen jemand mit ärztlichem Wissen sagen. Soll ich einen Rückruf notieren?"), sources=[])
    return None
