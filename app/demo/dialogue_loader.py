"""Reads the demo town's dialogues and speaks them: one of several wordings, names and times filled in."""

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
    # keys of the services that it is for; none: all
    services: tuple[str, ...]
    # (speaker, text), in order; the text behind "tool" is its name
    lines: tuple[tuple[str, str], ...]
    summary: str


@cache
def list_scripts(industry: str, outcome: str, *, in_english: bool) -> tuple[Script, ...]:
    """The dialogues that end so; English ones where there are some and the caller speaks it."""
    if in_english and (found := _filter_by_outcome(parse_dialogues(english.DIALOGUES), outcome)):
        return found
    return _filter_by_outcome(parse_dialogues(BY_INDUSTRY[industry].DIALOGUES) + parse_dialogues(any_trade.DIALOGUES), outcome)


@cache
def parse_dialogues(text: str) -> tuple[Script, ...]:
    return tuple(_parse_script(block) for block in text.split("\n## ") if block.strip())


def render_text(text: str, words: Mapping[str, str], rng: Random) -> str:
    """The text in one of its wordings, with its gaps filled."""
    said = CHOICE.sub(lambda found: rng.choice(found[1].split("|")), text).format_map(words)
    return said[:1].upper() + said[1:]


def _filter_by_outcome(scripts: tuple[Script, ...], outcome: str) -> tuple[Script, ...]:
    return tuple(script for script in scripts if script.outcome == outcome)


def _parse_script(block: str) -> Script:
    head, *lines = block.strip().splitlines()
    outcome, weight, sentiment, *services = (part.strip() for part in head.removeprefix("## ").split("|"))
    said = [(SPEAKERS[line[0]], line[1:].strip()) for line in lines if line.strip()]
    return Script(outcome, int(weight), sentiment, tuple(" ".join(services).split()), tuple(said[:-1]), said[-1][1])
