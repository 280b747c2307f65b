"""Word lists: written in one text, or in a file beside this one."""

from functools import cache
from pathlib import Path

DIRECTORY = Path(__file__).parent


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def phrase_set(text: str) -> frozenset[tuple[str, ...]]:
    """Phrases between strokes, each as its words."""
    return frozenset(tuple(phrase.split()) for phrase in text.split("|"))


@cache
def load_words(file_name: str) -> frozenset[str]:
    """Load the words of a file; lines that begin with # are remarks."""
    lines = (DIRECTORY / file_name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
