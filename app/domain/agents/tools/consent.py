"""set_consent: records what the caller allows and declines, and serves on without what was declined."""

from typing import Any

from flask_babel import gettext as _
from pydantic import Field, field_validator

from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.agents.tools.context import Situation
from app.domain.agents.tools.messages import Callback, Transfer, request_callback, transfer_call
from app.domain.agents.tools.registry import Arguments, tool
from app.domain.agents.tools.result import Answer, done, refused
from app.domain.privacy.ai_notice import NOTICE, QUESTION, version_of
from app.domain.privacy.ai_notice_proof import keep_wordings
from app.domain.privacy.consent import WHATS, answers_of, note_answer, stands
from app.domain.privacy.consent_answers import YesNo
from app.events import CallUpdated
from app.models import CallConsent

YES = frozenset({"yes", "ja", "true", "y", "1", "allowed", "granted", "okay", "ok"})
NO = frozenset({"no", "nein", "false", "n", "0", "declined", "denied", "refused"})


class Consent(Arguments):
    recording: str | None = Field(None, description="yes or no, as the caller answered to being recorded.")
    transcript: str | None = Field(None, description="yes or no, as the caller answered to words being written down.")
    ai: str | None = Field(None, description="no where the caller does not want to talk with an AI; to ask for somebody is none.")

    @field_validator("recording", "transcript", "ai", mode="before")
    @classmethod
    def _as_word(cls, value: Any) -> Any:
        return ("yes" if value else "no") if isinstance(value, bool) else value


@tool("set_consent", Consent, effect=True)
def set_consent(situation: Situation, given: Consent) -> Answer:
    """Keeps what the caller allows or declines: recording, transcript, talking with an AI. Call it at once on every such yes or no."""
    said = {what: answer for what in WHATS if (answer := _answer(getattr(given, what)))}
    if not said:
        return refused("missing", _("Darf ich das Gespräch aufzeichnen und mitschreiben?"), fields=["recording"])
    call, known = situation.call, answers_of([situation.call.id])[situation.call.id]
    kept_words = call.keeps_words
    told = _told(situation)
    keep_wordings([told])
    for what, answer in said.items():
        if row := note_answer(call, known, what, answer, source="function", turn=None, wording=told):
            db.session.add(CallConsent(**row))
    db.session.flush()
    if call.keeps_words != kept_words:
        publish(CallUpdated(call.company_id, call.branch_id, call.id, situation.moment))
    if said.get("ai") == "no":
        return _hand_over(situation, stands(known))
    return done(_goes_on(said), **stands(known))


def _answer(word: str | None) -> YesNo | None:
    folded = (word or "").casefold().strip(" .!")
    return "yes" if folded in YES else "no" if folded in NO else None


def _told(situation: Situation) -> str:
    """The wording that this agent greets with."""
    language = situation.language
    asked = f"{NOTICE[language]} {QUESTION[language]}"
    return version_of(asked if situation.content.asks_to_record else NOTICE[language])


def _goes_on(said: dict[Any, YesNo]) -> str:
    if "no" not in said.values():
        return _("Danke. Was kann ich für Sie tun?")
    if said.get("recording") == "no" and said.get("transcript") != "yes":
        return _("Gut, ich zeichne nichts auf und schreibe nichts mit. Was kann ich für Sie tun?")
    if said.get("transcript") == "no":
        return _("Gut, ich schreibe nichts mit. Was kann ich für Sie tun?")
    return _("Gut, ich zeichne nichts auf. Was kann ich für Sie tun?")


def _hand_over(situation: Situation, standing: dict[Any, YesNo]) -> Answer:
    """To a person at once where one can be reached, else a callback; whoever would rather go on is not sent away."""
    person = transfer_call(situation, Transfer())
    if person.ok:
        return done(_("Gern, ich verbinde Sie mit einem Menschen."), **person.data, **standing)
    noted = request_callback(situation, Callback())
    if noted.ok:
        say = _("Gerade ist niemand frei. Es ruft Sie ein Mensch zurück. Wenn Sie möchten, helfe ich Ihnen auch gleich selbst.")
        return done(say, **noted.data, **standing)
    return done(_("Gerade ist niemand frei. Unter welcher Nummer darf ein Mensch Sie zurückrufen?"), **standing)
