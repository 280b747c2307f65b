"""Reads an e-mail address as it is said: "m punkt Yilmaz at gmx punkt de", "info, Klammeraffe, salon minus lindgren dot com"."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise, product, takewhile

from app.core import email_address
from app.domain.language.parsed_time import Language
from app.domain.language.spelling.alphabets import CODE_WORDS, LETTER_NAMES
from app.domain.language.spelling.corrections import is_alike
from app.domain.language.spelling.email_signs import correct_signs
from app.domain.language.spelling.email_tokens import find_correction, tokenize_email
from app.domain.language.spelling.items import MAX_READINGS, SpokenItem, is_person_name, join_values
from app.domain.language.spelling.lexer import lex_tokens
from app.domain.language.spelling.name import read_lines
from app.domain.language.spelling.parts import build_parts
from app.domain.language.spelling.spelled_text import SpelledText, to_reading
from app.domain.language.spelling.talk import NEGATIONS
from app.domain.language.spelling.tokens import Token, to_number
from app.domain.language.spelling.word_lists import load_words
from app.domain.language.vocabulary import fold

MIN_SIMILARITY = 0.8
MAX_NUMBER_IN_WORDS = 12
MAX_WORDS = 2
# what is no word of an address even where it stands alone between two signs
UNSAID = frozenset({"letter", "number", "unclear", "correction", "maybe", "without", "not", "only"})
ALIASES = {"tonline.de": "t-online.de", "teeonline.de": "t-online.de", "g-mail.com": "gmail.com", "hot-mail.com": "hotmail.com"}


# "also eins fünf", "that's one five"
RESTATES = re.compile(
    r"\b(?:also|das (?:ist|sind|heisst)|sprich|in ziffern|als zahl|that's|that is|which is|meaning|in digits|in figures|in numbers)\b"
)
TWICE = re.compile(r"(?<!\d)(\d{2,})\1(?!\d)")


def read_email(text: str, language: Language = "de") -> SpelledText:
    """Read one address; one that was written already is left as it is, in small letters."""
    written = email_address.normalise(text.strip().rstrip(".,;!?"))
    if written and not re.search(r"\s", text.strip()):
        return SpelledText(written, is_spelled=False)
    tokens = tokenize_email(text, language)
    tokens = correct_signs(tokens) if tokens else None
    if tokens is None:
        return SpelledText(None)
    place = find_correction(tokens)
    if place is not None:
        before, after = tokens[: place[0]], tokens[place[1] :]
        signs, local = _symbols(before), _symbols(after).partition("@")[0]
        has_at, domain = "@" in _symbols(after), signs.rpartition("@")[2]
        if has_at and after[0] == "@" and "@" in signs:
            return _read([*before[: before.index("@")], *after], language)
        if has_at and ("@" in signs or (local and len(signs) in (0, len(local)))):
            return _read(after, language)
        if has_at and local:
            return SpelledText(None)
        if "@" in _symbols(before) and "." in domain and "." in _symbols(after):
            at = len(before) - 1 - before[::-1].index("@")
            return _read([*before[: at + 1], *after], language)
    return _ask_about_restated(_read(tokens, language), text)


def _ask_about_restated(reading: SpelledText, text: str) -> SpelledText:
    """Ask where a number stands twice in a row and the second may explain the first: "dan fifteen, that's one five"."""
    if reading.text is None or RESTATES.search(fold(text)) is None or TWICE.search(reading.text) is None:
        return reading
    return SpelledText(None, (TWICE.sub(r"\1", reading.text), reading.text))


def _read(tokens: Sequence[Token | str], language: Language) -> SpelledText:
    segments: list[list[Token]] = [[]]
    symbols: list[str] = []
    for token in tokens:
        if isinstance(token, Token):
            segments[-1].append(token)
        else:
            symbols.append(token)
            segments.append([])
    if symbols.count("@") != 1:
        return SpelledText(None)
    at = symbols.index("@")
    are_letters = _names_letters(segments[: at + 1], language)
    choices = [
        list(LETTER_NAMES[language][segment[0].word])
        if are_letters and place <= at and len(segment) == 1 and segment[0].word in LETTER_NAMES[language]
        else _read_segment(segment, language, is_domain=place > at, is_last=place == len(symbols))
        for place, segment in enumerate(segments)
    ]
    texts: set[str | None] = set()
    for line in list(product(*choices))[: MAX_READINGS + 1]:
        if None in line:
            texts.add(None)
            continue
        texts |= _check("".join(part for pair in zip(line, [*symbols, ""], strict=True) for part in pair if part))
    # what is no address was not meant
    return to_reading(texts or {None})


def _names_letters(segments: Sequence[Sequence[Token]], language: Language) -> bool:
    """Whether letters are said by their names in all that stands before the @: "ka punkt el punkt em"."""
    words = [token.word for segment in segments for token in segment]
    names = [word for word in words if word in LETTER_NAMES[language] and len(word) > 1]
    return len(names) > 1 and all(word in LETTER_NAMES[language] or len(word) == 1 for word in words)


def _read_segment(tokens: Sequence[Token], language: Language, *, is_domain: bool, is_last: bool) -> list[str | None]:
    """All texts of what stands between two signs."""
    if not tokens:
        return [None]
    if is_last and len(tokens) == 1:
        return [tokens[0].word]
    if is_last and all(token.word in CODE_WORDS for token in tokens):
        return ["".join(CODE_WORDS[token.word][0] for token in tokens)]
    joint = next((place for place, token in enumerate(tokens) if token.word in ("und", "and") and 0 < place < len(tokens) - 1), None)
    if joint is not None:
        # a word of the address, or only between its parts
        sides = (_read_segment(side, language, is_domain=is_domain, is_last=False) for side in (tokens[:joint], tokens[joint + 1 :]))
        pairs = list(product(*sides))
        return [one and other and one + word + other for one, other in pairs for word in (tokens[joint].word, "")]
    items = [_take_word(item, is_alone=len(tokens) == 1) for item in lex_tokens(tokens, language)]
    parts = build_parts(items, language, with_digits=True)
    texts: list[str | None] = []
    if _is_number_in_words(tokens[0]) and not (len(tokens) > 1 and (len(tokens[1].text) == 1 or to_number(tokens[1].word) is not None)):
        # "four seasons", with the word or the digit
        rest = _read_segment(tokens[1:], language, is_domain=is_domain, is_last=False) if len(tokens) > 1 else [""]
        texts += [None if text is None else tokens[0].word + text for text in rest]
    for line in read_lines(parts):
        if not line:
            return [None]
        text = "".join((word.joint.strip() if place else "") + word.text for place, word in enumerate(line)).lower()
        texts += _spell_umlauts(text)
    texts += _read_code_words(items)
    if _joins_over_pause(items):
        texts.append(None)
    if sum(part.kind == "word" and not part.is_sure and len(part.text) > 1 for part in parts) > MAX_WORDS:
        # more of them than an address has: some were said of it
        texts.append(None)
    if len(tokens) == 1 and len(tokens[0].text) > 1 and (names := LETTER_NAMES[language].get(tokens[0].word)) and not is_domain:
        texts += names
    return list(dict.fromkeys(texts))


def _read_code_words(items: Sequence[SpokenItem]) -> list[str | None]:
    """ "kilo lima" may be two letters: too few words of an alphabet to be certain."""
    words = [item for item in items if item.is_letter and item.is_code_word]
    is_sequence = len(words) == 2 and all(
        item.kind in ("letter", "number", "filler") and (item in words or not item.is_letter) for item in items
    )
    if not is_sequence or all(map(is_person_name, words)):
        return []
    return ["".join(item.values[0] for item in items if item.values)]


def _joins_over_pause(items: Sequence[SpokenItem]) -> bool:
    """Whether a word, or letters that do not spell it, follow another behind a pause: said of it, or a part of the address."""
    said = [item for item in items if item.kind != "filler"]
    for place, (one, other) in enumerate(pairwise(said)):
        if not one.pause or one.kind == "correction":
            continue
        if other.kind == "word" and fold(one.text) != fold(other.text):
            return True
        if one.kind != "word":
            continue
        run = list(takewhile(lambda item: item.is_letter, said[place + 1 :]))
        if run and not any(is_alike(one.text, text) or fold(text) in fold(one.text) for text in join_values(run) or ()):
            return True
    is_join = sum(item.kind == "word" for item in said) > 1
    first = next((place for place, item in enumerate(said) if item.kind == "number" or item.is_letter), len(said))
    if sum(item.kind == "word" for item in said[first:]) > 1:
        # "simon 1985 listen carefully"
        return True
    return is_join and any(item.kind in ("end", "start", "middle", "only", "instead", "description") for item in said)


def _take_word(item: SpokenItem, *, is_alone: bool) -> SpokenItem:
    """Words that say something of a name are plain words where nothing stands beside them, and so is "mail" of a provider."""
    is_said = is_alone and item.kind not in UNSAID and fold(item.text) not in NEGATIONS and len(item.text) > 1
    is_word = is_said or (item.kind == "talk" and fold(item.text) == "mail")
    return SpokenItem("word", item.text, pause=item.pause) if is_word else item


def _is_number_in_words(token: Token) -> bool:
    number = to_number(token.word)
    return number is not None and number <= MAX_NUMBER_IN_WORDS and not token.text.isdecimal()


def _spell_umlauts(text: str) -> list[str | None]:
    """Umlauts in an address may be written in two letters, in one without dots, or, in a domain, as they are: for the caller to say."""
    if text.isascii():
        return [text]
    plain = {fold(text), fold(text.translate(str.maketrans("äöü", "aou")))}
    return [*sorted(plain), *([None] if "ß" in text else [])]


def _check(address: str) -> set[str | None]:
    """The address where it can be one; beside it the provider that its domain nearly is."""
    local, _at, domain = address.partition("@")
    domain = ALIASES.get(domain, domain)
    known = {provider for provider in load_words("email_providers.txt") if _strip_signs(provider) == _strip_signs(domain)}
    if "." not in domain and known:
        domain = min(known)
    if domain.rpartition(".")[2] not in load_words("top_level_domains.txt") or email_address.normalise(f"{local}@{domain}") is None:
        return set()
    if "'" in local:
        return {None}
    if domain in load_words("email_providers.txt"):
        return {f"{local}@{domain}"}
    close = {
        provider
        for provider in load_words("email_providers.txt")
        if len(domain) > 4 and SequenceMatcher(None, provider, domain).ratio() >= MIN_SIMILARITY
    }
    return {f"{local}@{domain}", *(f"{local}@{provider}" for provider in sorted(close)[:2])}


def _strip_signs(domain: str) -> str:
    return re.sub(r"[.-]", "", domain)


def _symbols(tokens: Sequence[Token | str]) -> str:
    return "".join(token for token in tokens if isinstance(token, str))
