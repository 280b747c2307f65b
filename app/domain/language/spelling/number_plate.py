"""Reads a number plate as it is said: "HH, A B, eins zwei drei", "M wie Martha, Strich, X wie Xaver, 4711"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, product, takewhile
from typing import Literal

from app.domain.language.parsed_time import Language
from app.domain.language.spelling.alphabets import CODE_WORDS
from app.domain.language.spelling.corrections import correct_letters
from app.domain.language.spelling.items import BARE, MAX_READINGS, WEAK, SpokenItem
from app.domain.language.spelling.lexer import lex
from app.domain.language.spelling.spelled_text import SpelledText, to_reading
from app.domain.language.spelling.word_lists import load_words, word_set
from app.domain.language.vocabulary import fold

Country = Literal["DE", "AT", "CH", "GB"]
CITIES: dict[str, str] = dict(town.split(":") for town in load_words("plate_towns.txt"))
CANTONS = word_set(
    """
    AG AI AR BE BL BS FR GE GL GR JU LU NE NW OW SG SH SO SZ TG TI UR VD VS ZG ZH
    """
)
AUSTRIAN = word_set(
    """
    W S G L B I K E AM BA BL BM BN BR BZ DL DO EF EU FB FE FF FK FR GB GD GF GM GR GS GU HA HB HE HF HL HO IL IM JE JO JU JW KB
    KF KG KI KL KO KR KS KU LA LB LE LF LI LL LN LZ MA MD ME MI MU MZ ND NK OP OW PE PL PT RA RE RI RO SB SD SE SL SO SP SR SV
    SW SZ TA TU UU VB VI VK VL VO WB WE WL WN WO WT WU WZ ZE ZT ZW
    """
)
SEPARATORS = frozenset({"hyphen", "space"})
IGNORED = frozenset({"filler", "and", "description", "end", "with"})
# words for the blank between the parts
GAPS = word_set("pause luecke gap abstand leerzeichen blank")
# "dann zwei Buchstaben", "then three digits": how many follow
LETTER_COUNT = re.compile(
    r"\b(?:ein|einen|zwei|drei|vier|one|two|three|four|\d) "
    r"(?:einzelne[rn]? |single )?(?:buchstaben?|ziffern?|zahlen?|letters?|digits?|numbers?)\b,?",
    re.IGNORECASE,
)
# "DD für Dresden", "L E R für Leer in Ostfriesland"; "S für Samuel" is none
FOR_TOWN = re.compile(r" (?:für|wie in|for) (?P<town>[A-ZÄÖÜ][^\W\d_]{2,})(?P<region> (?:in|an|am) (?:der )?[A-ZÄÖÜ]\w+)?,?")
# "H H, dann A B"
NEXT_PART = frozenset({"dann", "und dann", "then", "and then"})
# behind a correction: what follows is all of the part
ONLY = word_set("nur only just")
OPENINGS = word_set(
    """
    kennzeichen das mein nummernschild lautet ist autokennzeichen plate number registration the my car wagen vom auto oldtimer hat der
    die ein eine a german deutsches kfz nummer zahl ziffern zahlen numbers digits its it's it is schild has ortskennzeichen fahrzeug
    vehicle reg uk british english firmenwagen dienstwagen motorrad roller anhaenger bike motorbike van lorry letters buchstaben also
    dahinter hinterher single just nur davor erst zuerst first elektro electric oldtimerkennzeichen e-auto fuer
    """
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Letters or digits said together, with all that they may be; `is_apart`: a sign or a blank stands before it."""

    values: tuple[str, ...]
    is_apart: bool = False
    is_city: bool = False
    # a sign was said before it
    is_sign: bool = False

    @property
    def is_number(self) -> bool:
        return self.values[0][:1].isdigit()


def read_plate(text: str, language: Language = "de", *, country: Country = "DE") -> SpelledText:
    """Read a number plate; certain where its letters can be divided in one way only."""
    text, towns = _take_towns(LETTER_COUNT.sub("", text))
    items = [_take_letters(item) for item in lex(_separate(text), language)]
    items = _drop_openings(items)
    place = next((place for place, item in enumerate(items) if item.kind != "filler" or fold(item.text) in NEXT_PART), 0)
    items = items[place:]
    texts: set[str | None] = set()
    lines = [line for choice in _list_towns(items) for line in _read_pieces(choice, language)]
    for pieces in lines:
        texts |= {text if all(_is_of_town(text, town) for town in towns) else None for text in _read_line(pieces, language, country)}
    if towns and len(texts) > 1:
        # what is no plate of the town was not meant
        texts -= {None}
    # of a town that was named before its letters, what makes no plate was not meant
    has_town = _is_city(items) or len(_list_towns(items)) > 1
    return to_reading(texts - {None} if len(lines) > 1 and len(texts) == 2 and has_town else texts or {None})


def _take_towns(text: str) -> tuple[str, list[str]]:
    """Without "für Dresden" behind the letters of a town, and the towns."""
    towns = [match["town"] for match in FOR_TOWN.finditer(text) if fold(match["town"]) in CITIES or match["region"]]
    return FOR_TOWN.sub(lambda match: "," if match["town"] in towns else match[0], text), towns


def _is_of_town(plate: str | None, town: str) -> bool:
    district = (plate or "").partition("-")[0]
    return district == CITIES[fold(town)] if fold(town) in CITIES else fold(district)[:1] == fold(town)[:1]


def _drop_openings(items: Sequence[SpokenItem]) -> list[SpokenItem]:
    """Without "das Kennzeichen ist" and the like; a pause behind it stays."""
    kept: list[SpokenItem] = []
    for item in items:
        if fold(item.text) in ONLY and kept and kept[-1].kind in ("correction", "maybe"):
            kept.append(replace(item, kind="only"))
        elif fold(item.text) not in OPENINGS or _is_sure(item) or (item.is_letter and any(each.is_letter for each in kept)):
            kept.append(item)
        elif kept and item.pause:
            kept[-1] = replace(kept[-1], pause=True)
    return kept


def _is_sure(item: SpokenItem) -> bool:
    """Whether it is a letter or a number, and not "Auto" or "car"."""
    is_word = item.is_code_word and item.strength == WEAK and (item.text.islower() or fold(item.text) == "auto")
    return item.kind in ("letter", "number") and not is_word


def _read_line(pieces: Sequence[_Piece] | None, language: Language, country: Country) -> set[str | None]:
    if pieces is None:
        return {None}
    texts: set[str | None] = set()
    for values in list(product(*(piece.values for piece in pieces)))[:MAX_READINGS]:
        line = [_Piece((value.upper(),), piece.is_apart, piece.is_city, piece.is_sign) for value, piece in zip(values, pieces, strict=True)]
        texts |= _divide(line, _find_country(line, language) if country == "DE" else country)
    # what is no plate was not meant
    return texts - {None} or {None}


def _find_country(pieces: Sequence[_Piece], language: Language) -> Country:
    """Whoever speaks English and says letters, two digits and three letters has a British plate."""
    text = "".join(piece.values[0] for piece in pieces)
    return "GB" if language == "en" and re.fullmatch(r"[A-Z]{2}\d\d[A-Z]{3}", text) else "DE"


def _is_city(items: Sequence[SpokenItem]) -> bool:
    return bool(items) and fold(items[0].text) in CITIES


def _list_towns(items: Sequence[SpokenItem]) -> list[Sequence[SpokenItem]]:
    """ "Lörrach, L Ö …": without a town before letters that begin as it does; with it, too, where its name stands for a letter."""
    rest = [item for item in items[1:] if item.kind == "letter"]
    first = items[0] if items else None
    if _is_city(items) and first and first.is_code_word and rest and rest[0].is_code_word and rest[0].strength == WEAK:
        # "Hannover, Hans": a town, or two letters
        return [items, [SpokenItem("letter", "", first.values, pause=first.pause), *items[1:]]]
    if first is None or not rest or not first.pause or _is_city(items) or not first.text[:1].isupper() or len(first.text) < 3:
        return [items]
    if not any(fold(value)[:1] == fold(first.text)[:1] for value in rest[0].values):
        return [items]
    is_code_word = first.kind == "letter" and first.is_code_word and first.strength == WEAK
    return [items, items[1:]] if is_code_word else [items[1:]] if first.kind == "word" else [items]


def _take_letters(item: SpokenItem) -> SpokenItem:
    """Letters that were written together in capitals are letters, whatever word they are: "SO", "NE", "HM"."""
    is_chunk = item.kind != "letter" and item.text.isalpha() and item.text.isupper() and 1 < len(item.text) < 4
    return SpokenItem("letter", item.text, (item.text.lower(),), BARE, pause=item.pause) if is_chunk else item


def _separate(text: str) -> str:
    """Letters and digits apart, signs as words: "HH-AB 12", "AB12CDE"."""
    text = re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])(?!x\b|mal\b)", " ", text)
    if not re.search(r"\b\w-\w-\w\b", text):
        text = re.sub(
            r"(?<=\b[A-ZÄÖÜ])[-–](?=[A-ZÄÖÜ]{1,2}\b)|(?<=\b[A-ZÄÖÜ]{2})[-–](?=[A-ZÄÖÜ]{1,2}\b)|(?<=\b[A-ZÄÖÜ]{3})[-–](?=[A-ZÄÖÜ]{1,2}\b)",
            " minus ",
            text,
        )
    return re.sub(r"\s[-–]\s", " minus ", text)


def _read_pieces(items: Sequence[SpokenItem], language: Language) -> list[list[_Piece] | None]:
    """The pieces in order; corrected, every way to correct them."""
    lines: list[list[_Piece]] = [[]]
    starts, signed, is_corrected = _find_starts(items), _find_signed(items), False
    for place, item in enumerate(items):
        if item.kind in ("correction", "maybe"):
            is_corrected = True
        elif item.kind == "only" and is_corrected:
            # "K Ö, nein, nur K"
            is_first_part = not any(each.is_number or each.is_sign for line in lines for each in line)
            is_shorter = any(
                line[0].values == _values(each, is_first=False) for line in lines if line for each in items[place + 1 : place + 2]
            )
            lines, is_corrected = [[]] if is_first_part and is_shorter else [], False
        elif _is_piece(item):
            piece = _Piece(_values(item, is_first=place == 0), place in starts, place == 0 and _is_city(items), place in signed)
            following = sum(1 for _each in takewhile(lambda other: other.kind == "number", items[place:]))
            lines = [longer for line in lines for longer in (_correct(line, piece, following) if is_corrected else [[*line, piece]])]
            is_corrected = False
        elif item.kind not in SEPARATORS | IGNORED and fold(item.text) not in GAPS:
            return [None]
    if not lines or not lines[0] or is_corrected:
        return [None]
    # "Nürnberg, N wie Nordpol": the city is said of the letter
    return [*lines, *(line[1:] for line in lines if fold(items[0].text) in CITIES and _names_district(items[0], line[1:]))]


def _names_district(city: SpokenItem, pieces: Sequence[_Piece]) -> bool:
    district = CITIES[fold(city.text)]
    said = accumulate(piece.values[0].upper() for piece in pieces)
    return district in takewhile(lambda letters: len(letters) <= len(district), said)


def _is_piece(item: SpokenItem) -> bool:
    return item.kind in ("letter", "number") or (item.kind == "word" and fold(item.text) in CITIES)


def _find_signed(items: Sequence[SpokenItem]) -> set[int]:
    """The letters that follow a sign."""
    letters = [place for place, item in enumerate(items) if item.kind == "letter"]
    signs = [place for place, item in enumerate(items) if item.kind in SEPARATORS or fold(item.text) in NEXT_PART | GAPS]
    return {next((each for each in letters if each > sign), 0) for sign in signs if any(each < sign for each in letters)} - {0}


def _find_starts(items: Sequence[SpokenItem]) -> set[int]:
    """Where a part begins: behind a sign, else behind a city, beside letters that were written together, or behind the only pause."""
    letters = [place for place, item in enumerate(items) if item.kind == "letter"]
    if not letters:
        return set()
    if behind := _find_signed(items):
        return behind
    chunks = {place for place in letters if len(items[place].text) > 1 and items[place].text.isupper()}
    pauses = [place for place in letters if items[place].pause and place + 1 in letters]
    behind = {place + 1 for place in chunks} | chunks | ({pauses[0] + 1} if len(pauses) == 1 else set())
    return behind | ({1} if fold(items[0].text) in CITIES else set())


def _values(item: SpokenItem, *, is_first: bool) -> tuple[str, ...]:
    city = CITIES.get(fold(item.text)) if item.strength == WEAK or item.kind == "word" else None
    if city and is_first:
        return tuple(dict.fromkeys((city, *(value.upper() for value in CODE_WORDS.get(fold(item.text), ())))))
    return (*item.values, *item.digits) if item.values else (city or "",)


def _correct(line: list[_Piece], piece: _Piece, following: int) -> list[list[_Piece]]:
    """The last piece again, if it is of the same kind and may have been taken for it; of digits as many as follow."""
    if not line or line[-1].is_number != piece.is_number:
        return []
    old, new = line[-1], piece
    if piece.is_number:
        before = sum(1 for _each in takewhile(lambda other: other.is_number, reversed(line)))
        if following not in (1, before):
            return []
        return [[*line[:-following], _Piece(new.values, line[-following].is_apart)]]
    if any(correct_letters(one, other, is_sure=True) for one, other in product(old.values, new.values)):
        return [[*line[:-1], _Piece(new.values, old.is_apart)]]
    return []


def _divide(pieces: Sequence[_Piece], country: Country) -> set[str | None]:
    """All plates that the pieces may be."""
    text = "".join(piece.values[0] for piece in pieces)
    match = re.fullmatch(r"([A-ZÄÖÜ]{1,5})(\d{1,6})([A-ZÄÖÜ]{0,3})", text)
    if not match:
        return {None}
    letters, digits, after = match.groups()
    if digits.startswith("0") and country == "DE":
        return {None}
    ends = [sum(len(each.values[0]) for each in pieces[:place]) for place, piece in enumerate(pieces) if piece.is_apart]
    splits = {end for end in ends if 0 < end < len(letters)}
    if country == "GB":
        return {f"{letters}{digits} {after}"} if len(letters) == 2 and len(digits) == 2 and len(after) == 3 else {None}
    if country == "CH" or (country == "DE" and len(digits) > 4 and not after):
        return {f"{letters} {digits}"} if letters in CANTONS and not after else {None}
    if country == "AT" or len(after) > 1 or (after and after not in "EH"):
        return {f"{letters} {digits} {after}"} if letters in AUSTRIAN and after else {None}
    fitting = {
        place
        for place in range(1, min(4, len(letters)))
        if letters[:place] in load_words("plate_districts.txt") and 1 <= len(letters) - place <= 2 and len(digits) <= 4 and len(text) <= 8
    }
    if pieces[0].is_city:
        # the town is all of the first part
        fitting &= {len(pieces[0].values[0])}
    is_explicit = any(piece.is_sign for piece in pieces)
    chosen = fitting & splits if is_explicit or len(fitting & splits) == 1 else fitting
    return {f"{letters[:place]}-{letters[place:]} {digits}{after}" for place in chosen} or {None}
