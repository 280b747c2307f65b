"""set_consent: records what the caller allows and declines, and serves on without what was declined."""

from typing import Any

from flask_babel import gettext as _
from pydantic import Field, field_validator

from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.agents.tools.context import ToolContext, ToolResult, reject, succeed
from app.domain.agents.tools.handoff import RequestCallbackArgs, TransferCallArgs, request_callback, transfer_call
from app.domain.agents.tools.registry import ToolArgs, tool
from app.domain.privacy.ai_notice import NOTICE, QUESTION, hash_wording
from app.domain.privacy.ai_notice_proof import store_wordings
from app.domain.privacy.consent import CONSENT_KINDS, get_effective_consent, list_answers, record_answer
from app.domain.privacy.consent_answers import find_plain_answer
from app.domain.privacy.refusal_vocabulary import ConsentKind, YesNo
from app.events import CallUpdated
from app.models import CallConsent

YES_VALUES = frozenset({"yes", "ja", "true", "y", "1", "allowed", "granted", "okay", "ok"})
# the question that the words answer
CONSENT_QUESTIONS: dict[ConsentKind, str] = {
    "recording": "Darf ich das Gespräch aufzeichnen?",
    "transcript": "Darf ich das Gespräch mitschreiben?",
    "ai": "Möchten Sie mit einem KI-Assistenten sprechen?",
}
NO_VALUES = frozenset({"no", "nein", "false", "n", "0", "declined", "denied", "refused"})


class SetConsentArgs(ToolArgs):
    reads_answers = True
    recording: str | None = Field(None, description="yes or no, as the caller answered to being recorded.")
    transcript: str | None = Field(None, description="yes or no, as the caller answered to words being written down.")
    ai: str | None = Field(None, description="no where the caller does not want to talk with an AI; to ask for somebody is none.")

    @field_validator("recording", "transcript", "ai", mode="before")
    @classmethod
    def _as_word(cls, value: Any) -> Any:
        return ("yes" if value else "no") if isinstance(value, bool) else value


@tool("set_consent", SetConsentArgs, has_effect=True, runs_in_emergency=True)
def set_consent(context: ToolContext, args: SetConsentArgs) -> ToolResult:
    """Keeps what the caller allows or declines: recording, transcript, talking with an AI. Call it at once on every such yes or no."""
    answers = {what: answer for what in CONSENT_KINDS if (answer := _parse_answer(what, getattr(args, what)))}
    if not answers:
        return reject("missing", _("Darf ich das Gespräch aufzeichnen und mitschreiben?"), fields=["recording"])
    call, known = context.call, list_answers([context.call.id])[context.call.id]
    kept_words = call.keeps_words
    told = _get_notice_version(context)
    store_wordings([told])
    for what, answer in answers.items():
        if row := record_answer(call, known, what, answer, source="function", turn=None, wording=told):
            db.session.add(CallConsent(**row))
    db.session.flush()
    if call.keeps_words != kept_words:
        publish(CallUpdated(call.company_id, call.branch_id, call.id, context.now))
    if answers.get("ai") == "no":
        return _transfer_to_person(context, get_effective_consent(known))
    return succeed(_say_consequence(answers), **get_effective_consent(known))


def _parse_answer(what: ConsentKind, words: str | None) -> YesNo | None:
    """Parse a yes or no: one word of the model's, or the caller's own words as an answer to the question for it."""
    folded = (words or "").casefold().strip(" .!")
    if folded in YES_VALUES or folded in NO_VALUES:
        return "yes" if folded in YES_VALUES else "no"
    return find_plain_answer(what, CONSENT_QUESTIONS[what], folded) if folded else None


def _get_notice_version(context: ToolContext) -> str:
    """Get the version of the notice this agent greets with."""
    language = context.language
    notice = f"{NOTICE[language]} {QUESTION[language]}"
    return hash_wording(notice if context.config.asks_to_record else NOTICE[language])


def _say_consequence(answers: dict[Any, YesNo]) -> str:
    if "no" not in answers.values():
        return _("Danke. Was kann ich für Sie tun?")
    if answers.get("recording") == "no" and answers.get("transcript") != "yes":
        return _("Gut, ich zeichne nichts auf und schreibe nichts mit. Was kann ich für Sie tun?")
    if answers.get("transcript") == "no":
        return _("Gut, ich schreibe nichts mit. Was kann ich für Sie tun?")
    return _("Gut, ich zeichne nichts auf. Was kann ich für Sie tun?")


def _transfer_to_person(context: ToolContext, consent: dict[Any, YesNo]) -> ToolResult:
    """Transfer to a person, else note a callback; the caller may also go on with the agent."""
    person = transfer_call(context, TransferCallArgs())
    if person.ok:
        return succeed(_("Gern, ich verbinde Sie mit einem Menschen."), **person.data, **consent)
    noted = request_callback(context, RequestCallbackArgs())
    if noted.ok:
        say = _("Gerade ist niemand frei. Es ruft Sie ein Mensch zurück. Wenn Sie möchten, helfe ich Ihnen auch gleich selbst.")
        return succeed(say, **noted.data, **consent)
    return succeed(_("Gerade ist niemand frei. Unter welcher Nummer darf ein Mensch Sie zurückrufen?"), **consent)
