"""Builds the model's prompt from the agent's configuration; dates and facts come from the tools."""

from functools import cache
from pathlib import Path
from string import Template

from app.domain.agents.config_schema import AgentVersionConfig
from app.domain.privacy.ai_notice import NOTICE

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
DIRECTORY = Path(__file__).parent / "prompts"
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

INACTIVE_AGENT = {
    "de": "Sie sind gerade ausgeschaltet. Jemand kann übernehmen: {{hand_over}}. Bei yes begrüßen Sie kurz, rufen transfer_call und stellen"
    " durch. Sonst sagen Sie, dass Sie heute nur eine Nachricht aufnehmen können, und nehmen sie mit take_message auf.",
    "en": "You are switched off just now. Somebody can take over: {{hand_over}}. If yes, greet briefly, call transfer_call and put the"
    " caller through. Otherwise say that today you can only take a message, and take it with take_message.",
}

CONSENT = {
    "de": """# Hinweis und Einwilligung
- Ihre ersten Worte sagen: „$notice“ Wurden Sie dabei unterbrochen, sagen Sie diesen Satz als Nächstes noch einmal.
  Wechseln Sie ins Englische, sagen Sie zuerst: „$other“ Fragt jemand, ob Sie ein Mensch sind, sagen Sie die Wahrheit.
- Sagt jemand nein zur Aufzeichnung, zum Mitschreiben oder zum Gespräch mit einer KI, rufen Sie sofort set_consent.
  Bitten Sie niemanden aufzulegen und fragen Sie nicht nach Gründen. Wer nicht mit einer KI sprechen will, den verbinden Sie,
  oder Sie bieten einen Rückruf an; wer trotzdem bleibt, wird bedient wie alle.
$question""",
    "en": """# Notice and consent
- Your first words say: “$notice” If you were interrupted there, say that sentence again as the next thing.
  When you change to German, first say: “$other” If somebody asks whether you are a human, tell the truth.
- If somebody says no to being recorded, to notes being taken or to talking with an AI, call set_consent at once.
  Never ask anybody to hang up, and do not ask for reasons. Whoever does not want an AI is put through,
  or offered a callback; whoever stays all the same is served like everybody else.
$question""",
}
RECORDING = {
    "de": "- Sie haben gefragt, ob Sie aufzeichnen dürfen: Die Antwort geben Sie mit set_consent weiter. Ohne ein Ja gilt Nein.",
    "en": "- You have asked whether you may record: pass the answer on with set_consent. Without a yes it counts as a no.",
}


def build_prompt(content: AgentVersionConfig, *, company: str) -> str:
    """Build the prompt in the agent's language; the inbound call fills `{{…}}`."""
    german = content.language == "de"
    frame = _load_frame(content.language).substitute(
        name=_sanitize(content.name),
        company=_sanitize(company),
        tone=TONES[content.tone, content.language],
        address=ADDRESS.get((content.address, content.language), ""),
    )
    parts = [frame, _build_consent_section(content, german=german)]
    mode = INACTIVE_AGENT[content.language] if content.is_inactive else MODES.get((content.mode, content.language))
    if mode:
        parts.append(("# Wann Sie abnehmen\n" if german else "# When you answer\n") + mode)
    may_not = MAY_NOT_DE if german else MAY_NOT_EN
    closed = [may_not[each] for each in sorted(may_not) if each not in content.discloses]
    rules = [*closed, *map(_sanitize, content.rules)]
    if rules:
        parts.append(("# Regeln dieses Betriebs\n" if german else "# Rules of this business\n") + "\n".join(f"- {rule}" for rule in rules))
    if content.allows("transfer_call"):
        parts.append(_build_transfer_section(german))
    return "\n\n".join(parts)


def _build_consent_section(content: AgentVersionConfig, *, german: bool) -> str:
    """Build the section on the notice, its repetition and the caller's refusal."""
    return Template(CONSENT["de" if german else "en"]).substitute(
        notice=NOTICE["de" if german else "en"], other=NOTICE["en" if german else "de"],
        question=(RECORDING["de" if german else "en"] if content.asks_to_record else ""),
    ).rstrip()  # fmt: skip


def _build_transfer_section(german: bool) -> str:
    if german:
        return (
            "# Verbinden\nWill jemand mit einem Menschen sprechen, rufen Sie transfer_call."
            " Nennt es eine Nummer, stellen Sie mit put_through durch."
        )
    return (
        "# Putting through\nIf somebody wants a person, call transfer_call. If it names a number, put the caller through with put_through."
    )


def _sanitize(text: str) -> str:
    """Remove template variables and heading marks from the business's words."""
    return " ".join(text.replace("{{", "(").replace("}}", ")").split()).lstrip("#- ")


@cache
def _load_frame(language: str) -> Template:
    return Template((DIRECTORY / f"{language}.txt").read_text().strip())
