"""Cuts what was said of an e-mail address into words and signs, and leaves out what was said around them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.language.parsed_time import Language
from app.domain.language.spelling.alphabets import CODE_WORDS
from app.domain.language.spelling.email_signs import NO_SIGN, is_correction
from app.domain.language.spelling.phrases import PHRASES
from app.domain.language.spelling.talk import CHATTER, NEGATIONS, ORIGINS, SPELLING_WORDS, TALK, is_harmless
from app.domain.language.spelling.tokens import COMMA, QUOTES, Token, split_chunk, to_number
from app.domain.language.spelling.word_lists import load_words, phrase_set, word_set
from app.domain.language.vocabulary import fold

# stands for a sign that an address does not have, or that is not certain
UNCLEAR = " "
SYMBOLS = {
    phrase: symbol
    for symbol, phrases in (
        ("@", "at|aet|aett|ett|at zeichen|aet zeichen|at sign|klammeraffe|affenschwanz|klammer affe|klammeraffen"),
        (".", "punkt|dot|point|period|full stop"),
        ("-", "minus|bindestrich|strich|mittelstrich|minuszeichen|hyphen|dash|binde strich"),
        ("_", "unterstrich|underscore|under score|tiefstrich|unter strich|bodenstrich|grundstrich"),
        ("+", "plus|pluszeichen|plus sign"),
        (UNCLEAR, "klammer auf|klammer zu|komma|semikolon|doppelpunkt|slash|schraegstrich|raute|hashtag|prozent|sternchen|stern"),
        (UNCLEAR, "comma|colon|semicolon|bracket|hash|asterisk|star"),
    )
    for phrase in phrase_set(phrases)
}
# said before the address, and about all of it
OPENINGS = word_set(
    """
    waere dann wuerde would be meine mein die mail email mailadresse adresse lautet ist ist: das ja also aehm aeh die my the address is its
    it it's that's that'll it'll i'm
    hm okay gut
    """
)
# of how the address is written, and fillers
REMARKS = phrase_set(
    "alles klein geschrieben|alles kleingeschrieben|alles klein|alles zusammengeschrieben|alles zusammen geschrieben|alles zusammen"
    "|klein geschrieben|kleingeschrieben|zusammengeschrieben|zusammen geschrieben|in einem wort|ein wort|ohne leerzeichen"
    "|in kleinbuchstaben|kleinbuchstaben|all lower case|all lowercase|lower case|lowercase|all one word|one word|no spaces"
    "|all together|first initial|initial|das wars|das ist alles|thats it|alles klein und zusammen|klein und zusammen|zusammen"
    "|in ziffern|in zahlen|als zahl|als ziffer|als zahlen|als ziffern|mit ziffern|in digits|in figures|in numbers|as digits|as numbers"
    "|as a digit|as a number|as a figure|with digits|ohne abstand|ohne luecke|ohne grossbuchstaben|without spaces|no gaps|without capitals"
    "|no capitals|all in lower case|in lower case|all small letters|small letters|all small|alles in kleinbuchstaben|alles zusammenhaengend"
    "|als ein wort|alles ein wort|alles in einem wort|as one word|all in one word|in one word"
    "|no apostrophe|ohne apostroph|ohne punkt|ohne punkt dazwischen|no dot|no dots|without a dot|ohne bindestrich|no hyphen|ohne strich"
)
DIGIT_REMARKS = phrase_set("in ziffern|in zahlen|als zahlen|als ziffern|in digits|in figures|in numbers|as digits|as numbers")
# before a number: "die Ziffer vier", "the number five"
NUMBER_NAMES = word_set("zahl zahlen ziffer ziffern nummer number numbers digit digits figure figures")
CONNECTIVES = word_set("dann danach erst zuerst also then kommt folgt")
GERMAN_ARTICLES = word_set("ein eine einen das der den")
ARTICLES = word_set("ein eine einen einem das der die den the a an")
PATTERN_WORDS = word_set("vorname nachname mein meine my first last name surname dot")
REMARK_WORDS = word_set("mit ohne with without nur only schreibt hat")
# fewer words of talk may be some of an address
MIN_TALK = 3
# what is said next is a part of it
INTRODUCING = word_set("ist heisst lautet is called war von am the der die das ein eine a an")
WORD_KINDS = word_set(
    "wort woerter worte word words namen names stadt city ganze whole actual ausgeschrieben einzelne single letters buchstaben"
)


def tokenize_email(text: str, language: Language) -> list[Token | str] | None:
    """Words, and the signs of an address for how they are written or said; None where something said of it is not understood."""
    return _move_remarks(_drop_pattern(_cut(text, language)), language)


def _cut(text: str, language: Language) -> list[Token | str]:
    """Words, and the signs of an address for how they are written or said."""
    raw: list[Token | str] = []
    chunks = COMMA.sub(", ", text).replace("’", "'").split()
    for place, chunk in enumerate(chunks):
        core = chunk.strip(QUOTES).rstrip(",;:!?").rstrip(".") or chunk.strip(QUOTES).rstrip(",;:!?")
        ends_sentence = chunk.endswith(".") and len(core) > 1 and chunks[place + 1 : place + 2] and chunks[place + 1][0].isupper()
        pause = chunk.rstrip(QUOTES)[-1:] in tuple(",;:!?") or bool(ends_sentence)
        is_spelled = core.isupper() and re.fullmatch(r"\w(?:-\w){2,}", core)
        pieces = split_chunk(core) if is_spelled or not re.search(r"[@._+-]", core) else re.findall(r"[^\W_]+|[@._+-]", core)
        if re.fullmatch(r"(?i)(?:doppel|double|x)-[^\W\d_]+|e-mail", core) or "-wie-" in core.lower():
            pieces = core.replace("X-ray", "Xray").replace("x-ray", "xray").split("-")
        raw += [piece if piece in tuple("@._+-") else Token(piece, fold(piece)) for piece in pieces]
        if len(core) == 1 and chunk == f"{core}." and place + 1 < len(chunks) and len(chunks[place + 1]) > 2:
            # "b. schulz@…": with a dot, or spoken so
            raw.append(UNCLEAR)
        if raw and isinstance(raw[-1], Token) and pause:
            raw[-1] = Token(raw[-1].text, raw[-1].word, True)
    raw = _drop_talk(_drop_introduction(raw, language), language)
    is_question = bool(raw) and isinstance(raw[0], Token) and raw[0].word in ("ist", "is", "hat", "has")
    while raw and isinstance(raw[0], Token) and not is_question:
        is_mail = raw[0].word == "e" and len(raw) > 1 and isinstance(raw[1], Token) and raw[1].word.startswith("mail")
        if raw[0].word not in OPENINGS and not is_mail:
            break
        raw = raw[1:]
    return _replace_phrases(raw)


def _drop_introduction(raw: Sequence[Token | str], language: Language) -> list[Token | str]:
    """Leave out a clause of talk before the address: "Umlaute gehen ja nicht, also …"."""
    end = next((place for place, token in enumerate(raw) if _is_pause(token)), len(raw)) + 1
    begins = [token.word for token in raw[end : end + 1] if isinstance(token, Token)]
    words = [token.word.replace("'", "") for token in raw[:end] if isinstance(token, Token)]
    is_sign = any((word,) in SYMBOLS or len(word) == 1 for word in words) or len(words) < len(raw[:end])
    talk = [word for word in words if word in TALK[language]]
    is_talk = len(talk) >= MIN_TALK and len(talk) * 2 > len(words) and words[-1] not in INTRODUCING
    if begins and begins[0] in ("also", "so") and is_talk and not is_sign and "@" not in words:
        return list(raw[end + 1 :])
    return list(raw)


def _drop_talk(raw: Sequence[Token | str], language: Language) -> list[Token | str]:
    """Leave out clauses that say nothing, "dann ein" before a sign, and "die Ziffer" before a number."""
    kept: list[Token | str] = []
    place = 0
    while place < len(raw):
        token = raw[place]
        before = raw[place - 1] if place else None
        if isinstance(token, Token) and (before is None or (isinstance(before, Token) and before.pause)):
            end = next((end for end in range(place, len(raw)) if _is_pause(raw[end])), len(raw) - 1) + 1
            words = tuple(each.word if isinstance(each, Token) else each for each in raw[place:end])
            if not any((word,) in SYMBOLS for word in words) and is_harmless(words, language):
                place = end
                continue
        following = _skip_articles(raw, place)
        if following > place and (_is_symbol(raw, following) or _is_named_number(raw, following)):
            place = following
            continue
        if _is_named_number(raw, place):
            place += 1
            continue
        kept.append(token)
        place += 1
    return kept


def _is_pause(token: Token | str) -> bool:
    return isinstance(token, str) or token.pause


def _skip_articles(raw: Sequence[Token | str], place: int) -> int:
    """The place behind "und dann ein", or behind "ein" after a pause; "a dot" and "the hyphen" are parts of an address."""
    start = place
    words = [token.word if isinstance(token, Token) else "" for token in raw[place : place + 4]] + [""] * 4
    if words[0] in ("und", "and") and words[1] in CONNECTIVES:
        place += 1
    while words[place - start] in CONNECTIVES and place - start < 3:
        place += 1
    before = raw[start - 1] if start else None
    is_apart = isinstance(before, Token) and before.pause and words[0] in GERMAN_ARTICLES
    return place + 1 if (place > start or is_apart) and words[place - start] in ARTICLES else place


def _is_symbol(raw: Sequence[Token | str], place: int) -> bool:
    if place >= len(raw) or isinstance(raw[place], str):
        return place < len(raw)
    words = tuple(token.word for token in raw[place : place + 2] if isinstance(token, Token))
    return SYMBOLS.get(words[:1], SYMBOLS.get(words, UNCLEAR)) != UNCLEAR


def _is_named_number(raw: Sequence[Token | str], place: int) -> bool:
    tokens = raw[place : place + 2]
    if len(tokens) < 2 or not all(isinstance(token, Token) for token in tokens):
        return False
    name, number = (token for token in tokens if isinstance(token, Token))
    return name.word in NUMBER_NAMES and (number.text.isdecimal() or to_number(number.word) is not None)


def _replace_phrases(raw: Sequence[Token | str]) -> list[Token | str]:
    tokens: list[Token | str] = []
    place = 0
    while place < len(raw):
        used = 0
        for length in (3, 2, 1):
            words = tuple(token.word for token in raw[place : place + length] if isinstance(token, Token))
            if len(words) < length:
                continue
            if words in SYMBOLS and not (words == ("at",) and tokens[-1:] == ["."] and place + 1 == len(raw)):
                tokens.append(SYMBOLS[words])
                used = length
            elif words in REMARKS and words[0] in NO_SIGN and words[1:] in SYMBOLS and is_correction(tokens[-1:]):
                # "r dot, no, no dot": of the sign before
                tokens += [raw[place], SYMBOLS[words[1:]]]
                used = length
            elif words in REMARKS:
                tokens = _take_zeros(tokens) if words in DIGIT_REMARKS else tokens
                used = length
            if used:
                break
        if not used:
            tokens.append(raw[place])
            used = 1
        place += used
    return tokens


def _take_zeros(tokens: Sequence[Token | str]) -> list[Token | str]:
    """ "double oh seven, in digits"."""
    words = [token.word if isinstance(token, Token) else "" for token in tokens]
    near = [words[max(place - 1, 0) : place] + words[place + 1 : place + 2] for place in range(len(words))]
    is_zero = [
        word == "oh" and any(other == "oh" or other.isdecimal() or to_number(other) is not None for other in others)
        for word, others in zip(words, near, strict=True)
    ]
    return [
        Token("0", "0", token.pause) if isinstance(token, Token) and zero else token for token, zero in zip(tokens, is_zero, strict=True)
    ]


def _drop_pattern(tokens: list[Token | str]) -> list[Token | str]:
    """Leave out "Vorname Punkt Nachname, also" before the address itself."""
    end = next((place for place, token in enumerate(tokens) if isinstance(token, Token) and token.pause), len(tokens)) + 1
    words = [token.word for token in tokens[:end] if isinstance(token, Token)]
    is_pattern = (
        len(words) > 1 and words[0] in PATTERN_WORDS and words[-1] in PATTERN_WORDS and "@" not in tokens[:end] and "@" in tokens[end:]
    )
    return tokens[end:] if is_pattern and all(word in PATTERN_WORDS for word in words) else tokens


def _move_remarks(tokens: list[Token | str], language: Language) -> list[Token | str] | None:
    """Take what is said behind the address to the word that it is said of; None where it is not understood."""
    last = len(tokens) - next((place for place, token in enumerate(reversed(tokens)) if isinstance(token, str)), len(tokens))
    end = next((place for place in range(last, len(tokens)) if _is_pause(tokens[place])), len(tokens)) + 1
    if "@" not in tokens[:last] or end >= len(tokens) or find_correction(tokens[end:]) or find_correction(tokens[last:]):
        return tokens
    address, rest = tokens[:end], tokens[end:]
    if any(isinstance(token, str) for token in rest):
        return tokens
    address[-1] = replace(address[-1], pause=False) if isinstance(address[-1], Token) else address[-1]
    for clause in _split_clauses(rest):
        words = tuple(token.word for token in clause)
        if words in REMARKS or is_harmless(words, language) or _says_words(words, address, language):
            continue
        if _is_talk(words, address, language):
            continue
        place = next((at for at, token in enumerate(address) if isinstance(token, Token) and token.word.endswith(words[0])), None)
        if place is None or len(words) < 3 or words[1] not in REMARK_WORDS:
            return None
        address[place + 1 : place + 1] = clause[1:]
    return address


def _split_clauses(tokens: Sequence[Token | str]) -> Iterator[list[Token]]:
    clause: list[Token] = []
    for token in tokens:
        if isinstance(token, Token):
            clause.append(token)
            if token.pause:
                yield clause
                clause = []
    if clause:
        yield clause


def _is_talk(words: Sequence[str], address: Sequence[Token | str], language: Language) -> bool:
    """Whether a clause behind the address is talk and no remark: it names no letter, number, sign or word of it."""
    said = {token.word for token in address if isinstance(token, Token)}
    providers = {provider.partition(".")[0] for provider in load_words("email_providers.txt")}
    telling = said | providers | NEGATIONS | REMARK_WORDS | NUMBER_NAMES | SPELLING_WORDS[language] - CHATTER[language] | CODE_WORDS.keys()
    known = [word for word in words if word in CHATTER[language] or word in ORIGINS]
    is_open = any(word in telling or len(word) == 1 or (word,) in SYMBOLS or to_number(word) is not None for word in words)
    return not is_open and len(words) >= MIN_TALK and len(known) * 2 >= len(words) and words[-1] not in INTRODUCING


def _says_words(words: Sequence[str], address: Sequence[Token | str], language: Language) -> bool:
    """Whether it is said that words of the address are words: "emil und ida sind ganze Namen"."""
    said = {token.word for token in address if isinstance(token, Token)}
    known = said | TALK[language] | WORD_KINDS | {"and", "und", "also"}
    is_repeated = len(set(words) & said) > 1 or (len(words) == 1 and words[0] in said)
    return (is_repeated or not WORD_KINDS.isdisjoint(words)) and not NEGATIONS & set(words) and all(word in known for word in words)


def find_correction(tokens: Sequence[Token | str]) -> tuple[int, int] | None:
    """From where to where a word of correction stands."""
    for place in range(len(tokens)):
        for length in (3, 2, 1):
            words = [token.word for token in tokens[place : place + length] if isinstance(token, Token)]
            if len(words) == length and PHRASES.get(tuple(words)) == "correction" and place > 0:
                return place, place + length
    return None
