"""The greeting of every call: the business's words, the AI notice and the question about recording."""

import re
import unicodedata

from flask_babel import force_locale, get_locale, gettext as _

from app.domain.agents.config_schema import AgentVersionConfig
from app.domain.language.parsed_time import Language
from app.domain.privacy.ai_notice import NOTE_TAKING, NOTICE, QUESTION, Address

SENTENCE_ENDINGS = (".", "!", "?", "…")
# a question that ends the greeting comes after the notice, so that the answer does not interrupt the notice
LAST_QUESTION = re.compile(
    r"(?P<before>.*[.!…])\s+(?P<question>(?:Wie|Was|Womit|Wobei|Worum|Wen|Wann|Kann|Können|Darf|Dürfen|Möchten|Möchtest|"
    r"How|What|May|Can|Who|Would|Could)\b[^.!?…]*\?)"
)
# ", {branch}" and " in {branch}"
BRANCH_WITH_LINK = re.compile(r"(?:\s*[,–-])?\s*(?:\b(?:in|at|aus|from|Filiale|Standort|branch)\s+)*\{branch\}", re.IGNORECASE)


def build_greeting(content: AgentVersionConfig, *, company: str, branch: str, name: str | None = None, introduces: bool = True) -> str:
    """Build the greeting in the catalogue's language; `introduces` adds the agent's name."""
    greeting = _sanitize(_fill_branch(content.greeting, company=company, branch=branch)) or _build_default(
        _sanitize(company), _sanitize(content.name) if introduces else ""
    )
    caller = _sanitize(name or "")
    hello = _("Guten Tag, %(name)s.", name=caller) if caller else ""
    notice = add_notice(greeting, _get_language(), address=content.address, asks=content.asks_to_record)
    return f"{hello} {notice}" if hello else notice


def add_notice(greeting: str, language: Language, *, address: Address = "formal", asks: bool = False) -> str:
    """Add the notice as a sentence of its own, before a question that ends the greeting."""
    match = LAST_QUESTION.fullmatch(_end_sentence(greeting))
    before, question = (match["before"], match["question"]) if match else (_end_sentence(greeting), "")
    notes, permission = ("", QUESTION[language]) if asks else (NOTE_TAKING[language, address], "")
    return " ".join(filter(None, (before, NOTICE[language], notes, question, permission)))


def build_greeting_in_own_language(content: AgentVersionConfig, *, company: str, branch: str) -> str:
    """Build the greeting in the agent's own language."""
    with force_locale(content.language):
        return build_greeting(content, company=company, branch=branch)


def _fill_branch(greeting: str, *, company: str, branch: str) -> str:
    """Fill in the branch; where the company stands for it (an agent of several branches) and is named already, it is left out."""
    if branch == company and company.casefold() in greeting.casefold():
        greeting = BRANCH_WITH_LINK.sub("", greeting)
    return greeting.replace("{branch}", branch)


def _build_default(company: str, name: str) -> str:
    if company and name:
        return _("%(company)s, guten Tag, hier ist %(name)s.", company=company, name=name)
    return _("%(company)s, guten Tag.", company=company) if company else _("Guten Tag.")


def _end_sentence(text: str) -> str:
    """End the sentence, so that the notice is one of its own."""
    return text if not text or text.endswith(SENTENCE_ENDINGS) else f"{text}."


def _sanitize(text: str) -> str:
    """Remove control characters, template variables and speech markup from names and greetings."""
    spoken = "".join(each for each in text if not unicodedata.category(each).startswith("C") or each.isspace())
    for mark, instead in (("{{", "("), ("}}", ")"), ("{", "("), ("}", ")"), ("<", " "), (">", " ")):
        spoken = spoken.replace(mark, instead)
    return " ".join(spoken.split())


def _get_language() -> Language:
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "de"
