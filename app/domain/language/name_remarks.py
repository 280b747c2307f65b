"""Takes off what people add to a name about the person: "Pia Ostermann, meine Tochter, die ist sieben", "Ebers, Katrin Ebers"."""

import re

from app.domain.language.introductions import RELATIVES
from app.domain.language.spelling.variants import is_common_name
from app.domain.language.vocabulary import fold, replace_number_words

MORE_RELATIVES = (
    r"verlobte[rnm]?|nichte|neffe|tante|onkel|cousine?|zwilling|jung(?:e|s|ste[rnms]?)|mädchen|baby|kleine[rns]?|große[rns]?|älteste[rns]?"
    r"|mitbewohner(?:in)?|bekannte[rn]?|fianc[eé]e?"
    r"|kurze[rns]?|zwerg|bub(?:en)?|papi|mami|mutti|vati|omi|opi"
    r"|niece|nephew|aunt|uncle|cousin|twin|boys?|girls?|youngest|oldest|eldest"
    r"|little one|toddler|daddy|mummy|granny|grandson|granddaughter|hubby"
    r"|flatmate|roommate|mate|neighbor|partner"
)
OWNER = r"(?:meine?[nmrs]?|unsere?[nmrs]?|my|our|the|die|der|das|his|her|seine?[rnms]?|ihre?[rnms]?)"
RELATION = (
    rf"(?:(?:auch|und|and|also|ebenfalls|for|für)\s+)*{OWNER}\s+(?:[a-zäöüß]+\s+){{0,2}}?(?:{RELATIVES}|{MORE_RELATIVES})"
    r"(?:\s+(?:von|vom|of)\s+(?:(?:der|dem|frau|herrn?|mrs?\.?|ms\.?)\s+)?[\w'-]+(?:\s+[A-ZÄÖÜ][\w'-]+)?)?"
)
# "die ist", "he's", "das wäre"; "sie wird im Mai"
IS = (
    r"(?:(?:und|and)\s+)?(?:(?:das|die|der|er|sie|es|that|this|he|she|it|who|which)\s*"
    r"(?:'s|’s|ist|war|wird|wäre|is|was|will be)|ist|is|ich bin|i'?’?m|i am)"
)
AGE = re.compile(
    r"(?:im alter von |alter:? |aged? |of age )?(?:(?:gerade|erst|schon|fast|bald|jetzt|knapp|etwa|ungefaehr|just|only|almost|nearly"
    r"|already|now|about|turning|rising|im|in|naechste[nrs]?|next|woche|week|\w+(?= \d)) ){0,3}"
    r"(?:\d{1,2}|one|eine?s?)(?: ?(?:1/2|einhalb|and a half))?(?: ?-?(?:jahre?|monate?|wochen|years?|months?|weeks?|yrs?|y/o))?"
    r"(?: ?-?(?:alt|old|of age|geworden|jaehrig\w*))?"
)
# what may follow the name without a pause: "Pia Ostermann meine Tochter", "Leo Lindholm he's six"
TRAILING = re.compile(
    rf"\s+(?=(?:(?:also|auch|für|for|and|und)\s+)*(?:{IS}\s+(?:{OWNER}\s+\w|\w)|(?:meine?[nr]?|unsere?[nr]?|my|our)\s+\w))", re.IGNORECASE
)
REMARK = re.compile(rf"(?:{IS}\s+)?{RELATION}(?:\s+(?:ist das|halt|eben|actually|though))?", re.IGNORECASE)
OTHER_PERSON = re.compile(
    rf"\b(?:meine?[nmrs]?|unsere?[nmrs]?|my|our|(?:für|for)\s+(?:den|die|das|the))\s+(?:[a-zäöüß]+\s+){{0,2}}?(?:{RELATIVES}|{MORE_RELATIVES})\b",
    re.IGNORECASE,
)
NAME = re.compile(r"[A-ZÄÖÜÇŞÉÁÓŁŚŽĆ]['’]?[^\W\d_]+(?:[-'’][^\W\d_]+)*")
PARTICLES = frozenset(
    {"von", "van", "der", "den", "de", "zu", "zum", "zur", "dem", "vom", "di", "da", "del", "la", "le", "ten", "ter", "mc"}
)
TITLES = frozenset({"frau", "herr", "herrn", "mr", "mrs", "ms", "miss"})
# what a caller says of himself: "ich war schon mal da", "Sie kennen mich", "bin Kundin bei Mara", "ein Neukunde"
ABOUT_CALLER = re.compile(
    r"(?:(?:ich|wir|i|we|you|i've|we've|i'm|we're)\s+\S.*|sie kennen (?:mich|uns).*|(?:bin|war|waren|sind)\s+\S.*"
    r"|(?:(?:ich bin |i'm )?(?:eine?|an?|ihr|ihre|your)?\s*)?(?:neue?r?s?|new|alte?r?|regular|langjährige?r?)?\s*"
    r"(?:neukund(?:e|in)|stammkund(?:e|in)|kund(?:e|in)|stammgast|customer|client|patient(?:in)?|regular)(?:\s+(?:bei|von|of|with)\s+.+)?"
    r"|(?:ja|genau|richtig|bitte|danke|yes|yeah|please|thanks|thank you|right|exactly|hello|hallo|hi))",
    re.IGNORECASE,
)
# letters or how they are written: for the reader of spelled names
SPELLING = re.compile(
    r"(?<![\w'’])(?:\w|[a-zäöüß]{2})(?![\w'’])|\b(?:mit|with|wie|like|as|ohne|without|doppel\w*|double|buchstab\w*|schreib\w*|spell\w*"
    r"|geschrieben|written|umlaut|accent|akzent|strich|bindestrich|hyphen|dash|vorne|hinten|am ende|vorname|nachname|surname|first|last"
    r"|heiß\w*|called|named|namens|nenn\w*|name)\b",
    re.IGNORECASE,
)
# "Xaver Huber, geboren am 14.3.52"; nobody called Born, and no "geborene Huber"
BORN = re.compile(
    r"[\s,;(–-]+(?:(?:[Gg]eboren|[Bb]orn)\s+(?=(?:am|im|on|in|the|den|\d+|[a-z]+t?er)\b)|[Gg]eb\.?\s*(?=(?:am\s+)?\d)"
    r"|[Gg]eburtsdatum\b|[Dd]ate of birth\b|(?:DOB|dob)\b).*$"
)
PAUSE = re.compile(r"\s*[,;()]\s*|\s+[–—-]\s+|(?<=[a-zäöüß]{3})\.\s+")
# "Vogt noch mal", "Simon again"
AGAIN = re.compile(r"\s+(?:noch ?mal|wieder|schon wieder|again|here|hier|am apparat|speaking)$", re.IGNORECASE)
_SHORT_WORDS = """
    die der das er sie es ist im in am an um alt old is he she it i i'm my of we me du so ja to no us yo on he's she's it's that's wir
    ich war bin bei von vom da
"""
SHORT_WORDS = frozenset(_SHORT_WORDS.split())


def strip_remarks(name: str) -> str:
    """Strip what is said about the person, and a part of the name that was only said twice; letters and doubts are left as they are."""
    name = BORN.sub("", name) or name
    pieces = [piece.strip() for piece in PAUSE.split(name) if piece.strip(" .")]
    kept = [_cut_trailing_remark(piece) for place, piece in enumerate(pieces) if not (place and _is_remark(piece))]
    joined = _join_repeated([AGAIN.sub("", piece) if len(kept) > 1 else piece for piece in kept])
    return ", ".join(joined).rstrip(" .!") if joined != pieces else name


def put_given_name_first(name: str) -> str:
    """ "Schmidtke, Jürgen" is "Jürgen Schmidtke"; what is spelled, or may be two names, is left as it is."""
    family, comma, given = (part.strip() for part in name.partition(","))
    words, (first, *others) = [word for word in family.split() if word.strip(".").casefold() not in TITLES], given.split() or [""]
    is_family = bool(words) and all(word.casefold() in PARTICLES for word in words[:-1]) and bool(NAME.fullmatch(words[-1]))
    is_given = bool(NAME.fullmatch(first)) and all(is_common_name(part) for part in first.split("-")) and not others
    return f"{given} {' '.join(words)}" if comma and is_family and is_given and fold(first) not in map(fold, words) else name


def find_name_remark(said: str, name: str | None) -> str:
    """Find what was said beside the name, with the title: "mein Sohn, vier Jahre" of "Finn Albers, mein Sohn, vier Jahre"."""
    own = {word.strip(".").casefold() for word in re.findall(r"[\w'’.-]+", name or "")} - TITLES
    rest = [" ".join(word for word in piece.split() if word.strip(".,").casefold() not in own) for piece in PAUSE.split(said)]
    return ", ".join(piece for piece in rest if piece)


def names_relative(text: str) -> bool:
    """Check whether the words name somebody who belongs to the caller: "für meinen Kleinen", "my husband"."""
    return bool(OTHER_PERSON.search(text))


def _cut_trailing_remark(piece: str) -> str:
    """Cut off a remark that follows the name without a pause."""
    ends = (found.start() for found in TRAILING.finditer(piece) if _is_remark(piece[found.end() :]))
    return piece[: next(ends, len(piece))]


def _is_remark(piece: str) -> bool:
    text = piece.strip(" .!")
    if REMARK.fullmatch(text) or _is_age(text):
        return True
    is_spelled = any(found[0].casefold() not in SHORT_WORDS for found in SPELLING.finditer(text))
    return not is_spelled and bool(ABOUT_CALLER.fullmatch(text))


def _is_age(text: str) -> bool:
    rest = re.sub(rf"^(?:{REMARK.pattern}[\s,]+)?(?:{IS}\s+|,\s*)?", "", text, flags=re.IGNORECASE)
    return bool(AGE.fullmatch(replace_number_words(fold(rest)).strip()))


def _join_repeated(pieces: list[str]) -> list[str]:
    """Leave out a piece whose words all stand in another one: "Ebers, Katrin Ebers"."""
    words = [_list_words(piece) for piece in pieces]
    return [
        piece
        for place, piece in enumerate(pieces)
        if not any(
            words[place] and (words[place] < others or (words[place] == others and other < place))
            for other, others in enumerate(words)
            if other != place
        )
    ]


def _list_words(piece: str) -> frozenset[str]:
    """The words of a name; a piece with letters or remarks about them is none."""
    found = re.findall(r"[\w'’]+(?:-[\w'’]+)*", piece)
    return (
        frozenset()
        if any(len(word) == 1 or word.casefold() in ("und", "and") for word in found) or SPELLING.search(piece)
        else frozenset(fold(word) for word in found)
    )
