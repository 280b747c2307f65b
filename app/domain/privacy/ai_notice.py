"""The AI notice: its wording per language, and the recording question (EU AI Act, article 50)."""

import hashlib
from typing import Literal

from app.domain.language.parsed_time import Language

Address = Literal["formal", "informal"]
# A sentence of its own, the same for every business, independent of greeting, names and settings.
NOTICE: dict[Language, str] = {"de": "Ich bin eine KI, kein Mensch.", "en": "I am an AI, not a human."}
NOTE_TAKING: dict[tuple[Language, Address], str] = {
    ("de", "formal"): "Ich schreibe mit, solange Sie nichts dagegen haben.",
    ("de", "informal"): "Ich schreibe mit, solange du nichts dagegen hast.",
    ("en", "formal"): "I take notes unless you would rather I did not.",
    ("en", "informal"): "I take notes unless you would rather I did not.",
}
# § 201 StGB: a recording needs an explicit yes
QUESTION: dict[Language, str] = {
    "de": "Darf ich das Gespräch aufzeichnen und mitschreiben?",
    "en": "May I record this call and take notes?",
}
VERSION_LENGTH = 16


def hash_wording(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:VERSION_LENGTH]


WORDINGS: dict[str, tuple[Language, str]] = {hash_wording(text): (language, text) for language, text in NOTICE.items()}
