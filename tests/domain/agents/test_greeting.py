"""The first words: whatever a business calls itself or greets with, the notice is a sentence of its own in them."""

import json
import random
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from app.domain.agents.config_schema import DEFAULT_AGENT_CONFIG, AgentVersionConfig, get_effective_config, load_config, validate_config
from app.domain.agents.greeting import build_greeting, build_greeting_in_own_language
from app.domain.agents.prompt import build_prompt
from app.domain.privacy.ai_notice import NOTICE
from app.domain.privacy.ai_notice_detection import TimedUtterance, find_notice
from app.models import Agent, AgentVersion

CASES = Path(__file__).parent.parent / "privacy" / "cases"
COMPANIES = (
    "Automatikgetriebe Schulz", "Digital Dental", "KI-Friseur Berlin", "AI Beauty", "Assistenzhunde Meyer", "Künstliche Nägel", "",
    "{{greeting}}", "Meier & Söhne <b>GmbH</b>", "Praxis Dr. Wie", "Kfz {branch}", "Ich bin", "Salon „Schön“", "O'Hara's", "a" * 160,
    "Ünal\u202e\u200b", "}} Haar", "100 % Haar",
)  # fmt: skip
GREETINGS = (
    "", "Hallo aus {branch}.", "Hallo", "Hier ist Lena, die digitale Assistentin. Was kann ich für Sie tun?", "Ihr Automat",
    "Sie sprechen mit einer KI", "{{company}}, guten Tag", "Guten Tag {", "Hi }} there", "<speak>Hallo</speak>", "<!-- ", "Moin, Moin!",
    "x" * 400, "Was liegt an?", "Praxis Dr. Morgenstern, wie kann ich helfen?", "I am not an AI.", "Ich bin keine KI, ich bin",
)  # fmt: skip
NAMES = ("Lena", "KI", "{{name}}", "<b>Lena", "Ich bin keine KI, sondern Lena")


def _every_opening() -> list[tuple[AgentVersionConfig, str, str]]:
    """Over 200 of them, drawn alike each time."""
    every = list(product(GREETINGS, COMPANIES, NAMES, ("de", "en"), ("formal", "informal"), ("basics", "everything")))
    drawn = random.Random(8).sample(every, 400)
    return [
        (AgentVersionConfig(greeting=greeting, name=name, language=language, address=address, recording=recording), company, language)
        for greeting, company, name, language, address, recording in drawn
    ]


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Any:
    with app.app_context():
        yield


@pytest.mark.parametrize(
    "greeting, begins",
    [
        ("Salon Lindgren, {branch}, hier ist Lena.", "Salon Lindgren, hier ist Lena."),
        ("Moin, Salon Lindgren in {branch}, hier ist Lena.", "Moin, Salon Lindgren, hier ist Lena."),
        ("Salon Lindgren at {branch}, this is Lena.", "Salon Lindgren, this is Lena."),
        ("Hallo aus {branch}.", "Hallo aus Salon Lindgren."),
    ],
)
def test_a_company_that_stands_for_its_branches_is_named_once(greeting: str, begins: str) -> None:
    content = AgentVersionConfig(greeting=greeting)
    assert build_greeting(content, company="Salon Lindgren", branch="Salon Lindgren").startswith(begins)
    assert "Mitte" in build_greeting(content, company="Salon Lindgren", branch="Mitte")


def test_no_greeting_and_no_name_loses_the_notice() -> None:
    openings = _every_opening()
    assert len(openings) >= 200
    for content, company, language in openings:
        words = build_greeting_in_own_language(content, company=company, branch="Mitte")
        assert holds_notice(words, language), words
        assert "{{" not in words, words
        assert "<" not in words, words
        assert find_notice([TimedUtterance(0, True, words)]) is not None, words


def test_two_hundred_greetings_that_somebody_else_wrote_hold_it_before_and_after() -> None:
    """Written without looking at the code; as an agent of before holds them, with everything unticked, and as one of today."""
    cases = json.loads((CASES / "greetings.json").read_text())
    assert len(cases) >= 200
    for case in cases:
        document = {"name": case["agent_name"][:40] or "Lena", "greeting": case["greeting"][:400], "language": case["language"]}
        for content in (
            validate_config(document),
            AgentVersionConfig.model_validate(document | {"schema": 1, "ai_notice": False, "recording_notice": False}),
        ):
            words = build_greeting_in_own_language(content, company=case["company"], branch=case["branch"])
            assert holds_notice(words, case["language"]), words
            assert find_notice([TimedUtterance(0, True, words)]) is not None, words
        alone = find_notice([TimedUtterance(0, True, case["greeting"])])
        assert alone is None or case["discloses"] == "yes", case


def holds_notice(words: str, language: str) -> bool:
    """The sentence stands by itself: at the beginning, or behind the end of another one."""
    return re.search(rf"(^|[.!?…] ){re.escape(NOTICE[language])}( |$)", words) is not None  # type: ignore[index]


@pytest.mark.parametrize(("language", "word"), [("de", "KI"), ("en", "AI")])
def test_the_notice_names_the_thing_as_a_word_of_its_own(language: Any, word: str) -> None:
    assert word in re.findall(r"\w+", NOTICE[language])


def test_agents_of_before_say_it_whatever_was_unticked() -> None:
    old = {"schema": 1, "name": "Lena", "greeting": "Hallo.", "ai_notice": False, "recording_notice": False}
    content = load_config(Agent(name="Lena", language="de"), AgentVersion(content=old))
    assert NOTICE["de"] in build_greeting_in_own_language(content, company="Salon", branch="Mitte")
    never = load_config(Agent(name="Lena", language="en-GB", greeting="Digital Salon"), None)
    assert NOTICE["en"] in build_greeting_in_own_language(never, company="Salon", branch="Mitte")
    off = get_effective_config(Agent(name="Lena", language="de", is_active=False), None)
    assert NOTICE["de"] in build_greeting_in_own_language(off, company="Salon", branch="Mitte")


def test_where_nobody_of_ours_answers_it_is_said_too() -> None:
    with force_locale("de"):
        words = build_greeting(DEFAULT_AGENT_CONFIG, company="Salon", branch="Mitte", introduces=False)
    assert words.startswith(f"Salon, guten Tag. {NOTICE['de']}")
    assert "Lena" not in words


def test_the_language_of_the_call_is_that_of_the_notice() -> None:
    with force_locale("en"):
        assert NOTICE["en"] in build_greeting(AgentVersionConfig(greeting="Hallo."), company="Salon", branch="Mitte", name="Ms Thomsen")


def test_a_question_at_the_end_of_the_greeting_comes_after_the_notice() -> None:
    words = build_greeting_in_own_language(AgentVersionConfig(greeting="Salon Lindgren, hallo. Was kann ich tun?"), company="x", branch="y")
    assert words.startswith("Salon Lindgren, hallo. Ich bin eine KI, kein Mensch.")
    assert words.endswith("Was kann ich tun?")
    doctor = build_greeting_in_own_language(AgentVersionConfig(greeting="Praxis Dr. Wiegand, hallo. Was gibt es?"), company="x", branch="y")
    assert doctor.startswith("Praxis Dr. Wiegand, hallo. Ich bin")


def test_who_records_asks_last_and_who_does_not_says_that_notes_are_taken() -> None:
    asks = build_greeting_in_own_language(AgentVersionConfig(recording="everything"), company="Salon", branch="Mitte")
    assert asks.endswith("Darf ich das Gespräch aufzeichnen und mitschreiben?")
    notes = build_greeting_in_own_language(AgentVersionConfig(address="informal"), company="Salon", branch="Mitte")
    assert notes.endswith("Ich schreibe mit, solange du nichts dagegen hast.")
    assert "aufzeichnen" not in notes


def test_no_field_can_switch_the_notice_off() -> None:
    content = validate_config({"name": "Lena", "ai_notice": False, "recording_notice": False})
    assert "ai_notice" not in content.as_json()
    assert NOTICE["de"] in build_greeting_in_own_language(content, company="Salon", branch="Mitte")


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_prompt_repeats_what_was_talked_over_and_asks_nobody_to_hang_up(language: Any) -> None:
    prompt = build_prompt(AgentVersionConfig(language=language, recording="everything"), company="Salon")
    assert NOTICE["de"] in prompt
    assert NOTICE["en"] in prompt
    assert "set_consent" in prompt
    assert "$" not in prompt
