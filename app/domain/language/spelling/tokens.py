"""Words as they were written by speech recognition, and numbers in words."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.language.spelling.alphabets import CODE_WORDS
from app.domain.language.spelling.phrases import COUNTS
from app.domain.language.vocabulary import CARDINALS, fold

QUOTES = "\"„“”‚‘’'()[]{}«»…"
SPELLED_IN_ONE = re.compile(r"[^\W_](?:[-./,–][^\W_])+[-.,]?")
# without a blank behind it: "Nadjaweg,12"
COMMA = re.compile(r"(?<=[^\W_][^\W_]),(?=[^\W_])|,(?=[^\W_][^\W_])")
TITLES = frozenset({"doktor", "doctor", "professor", "dr", "prof", "med", "dipl", "ing", "mag"})
JOINED_WORDS = frozenset({"wie", "umlaut", "es", "zett", "double", "ypsilon"})
SIGN_WORDS = frozenset({"dash", "hyphen", "strich", "bindestrich", "minus"})
HUNDREDS = re.compile(r"(ein|zwei|drei|vier|fuenf|sechs|sieben|acht|neun|)hundert(?:und)?(.*)")


@dataclass(frozen=True, slots=True)
class Token:
    """`text` as written, `word` folded; `pause` where a comma or a full stop follows."""

    text: str
    word: str
    pause: bool = False


def tokenize(text: str) -> list[Token]:
    """Cut a text at blanks, and spelled chunks ("M-Ü-L", "Doppel-n") into their parts."""
    tokens: list[Token] = []
    text = COMMA.sub(", ", text)
    chunks = unicodedata.normalize("NFC", text).replace("’", "'").split()
    for before, chunk in zip(["", *chunks], chunks, strict=False):
        core = chunk.strip(QUOTES).rstrip(",;:!?.").strip(QUOTES)
        if not core or not any(map(str.isalnum, core)):
            if tokens:
                tokens[-1] = replace(tokens[-1], pause=tokens[-1].pause or chunk[-1] in ",;:")
            continue
        pause = chunk.rstrip(QUOTES)[-1:] in tuple(",;:!?") or (
            chunk.endswith(".") and (len(core) > 1 or len(before.rstrip(",;")) == 1 or fold(before).strip(".") in SIGN_WORDS)
        )
        parts = split_chunk(core)
        if fold(core) in TITLES and chunk.startswith(f"{core}."):
            tokens.append(Token(f"{core}.", fold(core)))
            continue
        tokens += [Token(part, fold(part).strip("-")) for part in parts[:-1]] + [Token(parts[-1], fold(parts[-1]), pause)]
    return tokens


def split_chunk(core: str) -> list[str]:
    """Split where a chunk is spelled: "M-Ü-L-L-E-R", "M.Ü.L.", "Doppel-n", "E-I", "M-wie-Martha", "M-UE-LL-ER"; a double name stays."""
    if SPELLED_IN_ONE.fullmatch(core):
        return re.split(r"[-./,–]", core.rstrip("-.,"))
    if doubled := re.fullmatch(r"([Dd]oppel|[Dd]ouble)([^\W\d_t])", core):
        return [doubled[1], doubled[2]]
    parts = [part for part in re.split(r"[-–]", core) if part]
    if len(parts) < 2 or fold(core) in CODE_WORDS:
        return [core]
    words = [fold(part) for part in parts]
    if any(word in COUNTS or word in JOINED_WORDS for word in words):
        return parts
    return parts if all(len(part) == 1 or (part.isupper() and len(part) <= 3) for part in parts) else [core]


def to_number(word: str) -> int | None:
    """The number of a word: also "zweihundertvierzehn", which are no years."""
    if word in CARDINALS:
        return CARDINALS[word]
    hundreds = HUNDREDS.fullmatch(word)
    rest = CARDINALS.get(hundreds[2], 0 if not hundreds[2] else -1) if hundreds else -1
    if hundreds is None or not 0 <= rest < 100:
        return None
    return {"": 1, "ein": 1}.get(hundreds[1], CARDINALS.get(hundreds[1], 1)) * 100 + rest


def split_clauses(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Cut behind each pause."""
    clause: list[Token] = []
    for token in tokens:
        clause.append(token)
        if token.pause:
            yield clause
            clause = []
    if clause:
        yield clause
