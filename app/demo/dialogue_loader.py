"""Parses the demo dialogues and renders their texts: one of several wordings, with names and times."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

from app.demo.dialogues import any_trade, english, garage, practice, salon

CHOICE = re.compile(r"\[([^\[\]]+)\]")
SPEAKERS = {"A": "agent", "C": "caller", "T": "transfer_target", ">": "tool", "=": "summary"}
BY_INDUSTRY = {"hair_salon": salon, "medical_practice": practice, "garage": garage}


@dataclass(frozen=True)
class Script:
    outcome: str
    weight: int
    sentiment: str
    # service keys the dialogue fits; empty: all
    services: tuple[str, ...]
    # (speaker, text), in order; the text behind "tool" is its name
    lines: tuple[tuple[str, str], ...]
    summary: str


@cache
def list_scripts(industry: str, outcome: str, *, in_english: bool) -> tuple[Script, ...]:
    """List the dialogues with this outcome; English ones if the caller speaks English and there are any."""
    if in_english and (scripts := _filter_by_outcome(parse_dialogues(english.DIALOGUES), outcome)):
        return scripts
    return _filter_by_outcome(parse_dialogues(BY_INDUSTRY[industry].DIALOGUES) + parse_dialogues(any_trade.DIALOGUES), outcome)


@cache
def parse_dialogues(text: str) -> tuple[Script, ...]:
    return tuple(_parse_script(block) for block in text.split("\n## ") if block.strip())


def render_text(text: str, values: Mapping[str, str], rng: Random) -> str:
    """Render one wording of the text with its values."""
    rendered = CHOICE.sub(lambda match: rng.choice(match[1].split("|")), text).format_map(values)
    return rendered[:1].upper() + rendered[1:]


def _filter_by_outcome(scripts: tuple[Script, ...], outcome: str) -> tuple[Script, ...]:
    return tuple(script for script in scripts if script.outcome == outcome)


def _parse_script(block: str) -> Script:
    head, *lines = block.strip().splitlines()
    outcome, weight, sentiment, *services = (part.strip() for part in head.removeprefix("## ").split("|"))
    lines_by_speaker = [(SPEAKERS[line[0]], line[1:].strip()) for line in lines if line.strip()]
    return Script(outcome, int(weight), sentiment, tuple(" ".join(services).split()), tuple(lines_by_speaker[:-1]), lines_by_speaker[-1][1])
