"""The instructions that the model gets, written from the plain-language fields; spoken dates and facts come from our functions."""

from functools import cache
from pathlib import Path
from string import Template

from app.domain.agents.content import Content

TONES = {
    ("warm", "de"): "Sie sind freundlich und zugewandt.",
    ("warm", "en"): "You are friendly and warm.",
    ("matter_of_fact", "de"): "Sie sind höflich und sachlich, ohne Floskeln.",
    ("matter_of_fact", "en"): "You are polite and matter-of-fact.",
    ("lively", "de"): "Sie sind munter und unkompliziert.",
    ("lively", "en"): "You are lively and easy-going.",
}
ADDRESS = {
    ("formal", "de"): "Sie sprechen Anrufende mit „Sie“ an.",
    ("informal", "de"): "Sie sprechen Anrufende mit „du“ an, auch wo eine Funktion „Sie“ vorschlägt.",
}
PLACE = Path(__file__).parent / "prompts"
MAY_NOT_DE = {
    "prices": "Preise nennen Sie nicht.",
    "appointments": "Über Termine anderer und eigene Termine geben Sie keine Auskunft.",
    "caller_name": "Sie sprechen Anrufende nicht von sich aus mit Namen an.",
    "staff_names": "Sie zählen nicht auf, wer im Team arbeitet.",
}
MAY_NOT_EN = {
    "prices": "You do not tell prices.",
    "appointments": "You do not tell what appointments somebody has.",
    "caller_name": "You do not address callers by name of your own accord.",
    "staff_names": "You do not list who works here.",
}
MODES = {
    ("after_hours", "de"): "Gerade ist jemand da: {{hand_over}}. Bei yes begrüßen Sie kurz, rufen transfer_call und stellen durch.",
    ("after_hours", "en"): "Somebody is there now: {{hand_over}}. If yes, greet briefly, call transfer_call and put the caller through.",
    ("overflow", "de"): "Sie springen ein, wenn alle Leitungen besetzt sind. Sagen Sie das, wenn jemand danach fragt.",
    ("overflow", "en"): "You step in when all lines are busy. Say so if somebody asks.",
}  # fmt: skip

RESTING = {
    "de": "Sie sind gerade ausgeschaltet. Jemand kann übernehmen: {{hand_over}}. Bei yes begrüßen Sie kurz, rufen transfer_call und stellen"
    " durch. Sonst sagen Sie, dass Sie heute nur eine Nachricht aufnehmen können, und nehmen sie mit take_message auf.",
    "en": "You are switched off just now. Somebody can take over: {{hand_over}}. If yes, greet briefly, call transfer_call and put the"
    " caller through. Otherwise say that today you can only take a message, and take it with take_message.",
}


def write_prompt(content: Content, *, company: str) -> str:
    """The whole prompt, in the agent's language; `{{…}}` are filled by the ringing phone for each call."""
    german = content.language == "de"
    frame = _frame(content.language).substitute(
        name=_said(content.name),
        company=_said(company),
        tone=TONES[content.tone, content.language],
        address=ADDRESS.get((content.address, content.language), ""),
    )
    parts = [frame]
    mode = RESTING[content.language] if content.rests else MODES.get((content.mode, content.language))
    if mode:
        parts.append(("# Wann Sie abnehmen\n" if german else "# When you answer\n") + mode)
    may_not = MAY_NOT_DE if german else MAY_NOT_EN
    closed = [may_not[each] for each in sorted(may_not) if each not in content.discloses]
    rules = [*closed, *map(_said, content.rules)]
    if rules:
        parts.append(("# Regeln dieses Betriebs\n" if german else "# Rules of this business\n") + "\n".join(f"- {rule}" for rule in rules))
    if content.allows("transfer_call"):
        parts.append(_transfer(german))
    return "\n\n".join(parts)


def _transfer(german: bool) -> str:
    if german:
        return (
            "# Verbinden\nWill jemand mit einem Menschen sprechen, rufen Sie transfer_call."
            " Nennt es eine Nummer, stellen Sie mit put_through durch."
        )
    return (
        "# Putting through\nIf somebody wants a person, call transfer_call. If it names a number, put the caller through with put_through."
    )


def _said(text: str) -> str:
    """Words of the business stay words: they open no gap for a variable of theirs and begin no heading."""
    return " ".join(text.replace("{{", "(").replace("}}", ")").split()).lstrip("#- ")


@cache
def _frame(language: str) -> Template:
    return Template((PLACE / f"{language}.txt").read_text().strip())
