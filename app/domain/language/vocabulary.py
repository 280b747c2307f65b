"""Vocabulary of time in German and English, folding of spellings, and number words."""

# ruff: noqa: E501  (tables of words)

import re
import unicodedata

UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss", ord("’"): "'", ord("–"): "-", ord("—"): "-", ord("‑"): "-"}

WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "montag mo mon monday", "dienstag di tue tues tuesday", "mittwoch mi wed wednesday",
            "donnerstag do thu thur thurs thursday", "freitag fr fri friday", "samstag sonnabend sa sat saturday", "sonntag so sun sunday",
        )
    )
    for name in names.split()
}  # fmt: skip
# also other words; weekdays only before a date, or alone
WEAK_WEEKDAYS = ("so", "do", "mi", "sun", "sat", "sa", "di", "mo", "fr")
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar jaenner january jan", "februar feber february feb", "maerz march mrz mar", "april apr", "mai may", "juni juno june jun",
            "juli july jul", "august aug", "september sept sep", "oktober october okt oct", "november nov", "dezember december dez dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
WEEKDAY = "(" + "|".join(sorted(set(WEEKDAYS) - set(WEAK_WEEKDAYS), key=len, reverse=True)) + r")s?\b\.?"

DAY_PART_WORDS = {
    "morning": "morgens fruehmorgens vormittags vormittag frueh morning mornings forenoon",
    "noon": "mittags mittag mittagszeit lunchtime lunch midday",
    "afternoon": "nachmittags nachmittag afternoon afternoons",
    "evening": "abends abend evening evenings tonight",
}
DAY_PART_BY_WORD = {word: part for part, words in DAY_PART_WORDS.items() for word in words.split()}
DAY_PART = "(" + "|".join(sorted(DAY_PART_BY_WORD, key=len, reverse=True)) + r")\b"

# what was named before is taken back
CORRECTION = (
    r"(?:das heisst(?! es)|that is(?=,)|nein|nee|noe|naa|ne(?=,| <| um)|quatsch|bloedsinn|schmarrn|unsinn|falsch|stimmt nicht|stopp?|korrektur|(?:ich )?(?:muss mich )?(?:korrigieren?|verbessern?)(?: mich)?|entschuldigung|entschuldigen sie|verzeihung|tschuldigung|pardon|sorry|ich mein(?:e|te)?|meinte ich|meinte (?:aber|eigentlich|jedoch)"
    r"|ich wollte sagen|will sagen|vielmehr|(?:besser|genauer) gesagt|doch(?: lieber| eher| besser)|lieber doch|dann (?:halt|eben|hoit)|lieber|eher|besser|stattdessen|sondern|u+ps|ach|warten? sie|wart(?:e|en)?(?: mal)?"
    r"|no(?=,| wait| sorry| actually| make| scratch| i | <| at| on)|nope|wait|hold on|hang on|(?:scratch|strike|forget|make|change) that(?: to)?|make it|actually|or rather|rather|i meant?|i should say|instead|better|my (?:mistake|bad)|w?oops|i tell a lie|that's a lie|tell a lie|excuse me"
    r"|correction|on second 1?\.? ?thoughts?|2\. thoughts?|on 2\. thoughts?|let me (?:rephrase|correct that)|never ?mind|falsche[rsn]? (?:monat|tag|woche|datum|uhrzeit|kalender|seite|zeile|spalte|blatt)|wrong (?:month|day|week|date|time|calendar|page|line|column)|let me start again|verzeihen sie|verzeihens)\b"
)

# an appointment that there is goes to another day or time
MOVES = (
    r"\b(?:(?:um|vor|zurueck|hin)?(?:zu)?(?:verschieb|verschob|verleg|umleg|umbuch|umgebuch|vorverleg|schieb|geschoben|umzulegen|umzubuchen|vorzuziehen|vorzieh|vorgezogen|vorzuverlegen|tausch|verlagern|umaendern|rutsch)\w*"
    r"|(?:mov(?:e|ed|ing)|shift(?!'s|s\b)|reschedul\w*|postpon\w*|switch|swap|push(?:ed)?|go(?:ing)? from|(?:bring|brought|put)\b.* (?:forward|back)|chang(?:e|ed|ing))\b)"
)

# of whom one speaks
RELATIVE = (
    r"(?:(?:schwieger|gross|stief)?(?:mutter|mama|vater|papa|eltern|tochter|sohn|soehne|schwester|bruder)|frau|mann|oma|opa|tante|onkel|cousine?|enkel(?:in)?|kind(?:er)?|kleine[rn]?|grosse[rn]?|freund(?:in)?|kumpel|partner(?:in)?|chef(?:in)?"
    r"|kolleg(?:e|en|in)|nachbar(?:in|n)?|mitbewohner(?:in)?|bekannte[rn]?|(?:grand|step)?(?:mother|father|mum|mom|dad|son|daughter|parents)(?:-in-law)?|gran|nan|grandma|grandpa|wife|husband|sister|brother|girlfriend|boyfriend|friend|mate"
    r"|kids?|child|children|boss|colleague|neighbour|neighbor|aunt|uncle|cousin|flatmate|roommate|partner)"
)

NEXT = r"(?:naechste|kommende|folgende)[nrms]?|next|(?:the )?(?:coming|following)"
AFTER_NEXT = r"uebernaechste[nrms]?"
THIS = r"diese[nrms]?|this"
LAST = r"letzte[nrms]?|vergangene[nrms]?|vorige[nrms]?|last|past"
# parts of a stretch of days, and the seasons by their first month
STAGE = r"(anfang|mitte|ende|beginn|early|mid|late|(?:the )?(?:beginning|start|middle|end)(?: of)?)"
HALF = r"(?P<half>1\.|2\.|first|second|andere) (?:haelfte|half)"
THIRD = r"(?P<third>1\.|2\.|3\.|letzte[sn]?|last) (?:drittel|third)"
SEASONS = {3: "fruehling|fruehjahr|spring|springtime", 6: "sommer|summer|summertime", 9: "herbst|autumn|fall", 12: "winter|wintertime"}
SEASON = "|".join(SEASONS.values())
COUNT_WORD = r"(\d{1,3}|eine[rnms]?|ein|an?)"
UNIT = r"(tage?n?|days?|wochen?|weeks?|monate?n?|months?|jahre?n?|years?)\b"

_ONES = (
    "null eins zwei drei vier fuenf sechs sieben acht neun zehn elf zwoelf dreizehn vierzehn fuenfzehn sechzehn siebzehn achtzehn neunzehn"
)
_TENS = (
    (20, "zwanzig"),
    (30, "dreissig"),
    (40, "vierzig"),
    (50, "fuenfzig"),
    (60, "sechzig"),
    (70, "siebzig"),
    (80, "achtzig"),
    (90, "neunzig"),
)
_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_ENGLISH_TENS = (
    (20, "twenty"),
    (30, "thirty"),
    (40, "forty"),
    (50, "fifty"),
    (60, "sixty"),
    (70, "seventy"),
    (80, "eighty"),
    (90, "ninety"),
)
_ODD_ORDINALS = {"erste": 1, "dritte": 3, "siebte": 7, "siebente": 7, "achte": 8}
_ODD_ENGLISH = {"first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12}


def _build_german_cardinals() -> dict[str, int]:
    numbers = {word: number for number, word in enumerate(_ONES.split())} | {"zwo": 2, "fuffzehn": 15, "fuffzig": 50}
    numbers |= {word: tens for tens, word in _TENS}
    for tens, word in _TENS:
        for ones, one in enumerate(_ONES.split()[1:10], start=1):
            numbers[f"{one.removesuffix('s') if ones == 1 else one}und{word}"] = tens + ones
    return numbers


def _build_german_years(small: dict[str, int]) -> dict[str, int]:
    """neunzehnhundertfünfundachtzig, zweitausendsechsundzwanzig"""
    years = {"neunzehnhundert": 1900, "zweitausend": 2000}
    years |= {f"neunzehnhundert{word}": 1900 + number for word, number in small.items() if number}
    return years | {f"zweitausend{und}{word}": 2000 + number for word, number in small.items() if number for und in ("", "und")}


CARDINALS = _build_german_cardinals()
CARDINALS |= _build_german_years(dict(CARDINALS))
CARDINALS |= {word: number for number, word in enumerate(_ENGLISH.split())} | {word: tens for tens, word in _ENGLISH_TENS}
CARDINALS |= {f"{word}-{one}": tens + ones for tens, word in _ENGLISH_TENS for ones, one in enumerate(_ENGLISH.split()[1:10], start=1)}
ORDINALS = {
    f"{word}{'te' if number < 20 else 'ste'}": number
    for word, number in _build_german_cardinals().items()
    if 0 < number < 54 and number not in (1, 3, 7, 8)
}
ORDINALS |= _ODD_ORDINALS
ENGLISH_ORDINALS = {
    f"{word}th": number for word, number in CARDINALS.items() if number in (4, 6, 7, 10, 11, *range(13, 20)) and word in _ENGLISH.split()
}
ENGLISH_ORDINALS |= _ODD_ENGLISH | {"twentieth": 20, "thirtieth": 30}
ENGLISH_ORDINALS |= {
    f"{tens}-{word}": number + add
    for tens, add in (("twenty", 20), ("thirty", 30))
    for word, number in list(ENGLISH_ORDINALS.items())
    if number < 10
}
ENGLISH_TENS = re.compile(
    rf"\b({'|'.join(word for _, word in _ENGLISH_TENS)})[ -]({'|'.join([*_ENGLISH.split()[1:10], *(w for w, n in ENGLISH_ORDINALS.items() if n < 10)])})\b"
)
THOUSAND = re.compile(r"\b2 thousand(?: and)?(?: (\d{1,2}))?\b")
# "montagnachmittag", "Montag morgen" and "morgen früh" are left to the parser
COMPOUND_NUMBER = re.compile(
    r"\b(montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)s?(frueh|morgen|vormittag|mittag|nachmittag|abend)s?\b"
)


def split_words(words: str) -> frozenset[str]:
    return frozenset(words.split())


def fold(text: str) -> str:
    """Fold text: lower case, umlauts as two letters, no accents, single spaces."""
    plain = unicodedata.normalize("NFC", text).casefold().replace("ß", "ss").translate(UMLAUTS)
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return " ".join(plain.split())


def replace_number_words(text: str) -> str:
    """Replace number words by digits: "den dritten Dezember um halb vier" becomes "den 3. dezember um halb 4"."""
    text = COMPOUND_NUMBER.sub(r"\1 \2", text)
    text = ENGLISH_TENS.sub(r"\1-\2", text)
    text = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", r"\1.", text)
    text = re.sub(r"[a-z]+(?:-[a-z]+)?", _replace_number, text)
    return THOUSAND.sub(lambda match: str(2000 + int(match[1] or 0)), text)


def _replace_number(match: re.Match[str]) -> str:
    word = match[0]
    if word in CARDINALS:
        return str(CARDINALS[word])
    if word in ENGLISH_ORDINALS:
        return f"{ENGLISH_ORDINALS[word]}."
    if word.endswith("tn"):
        # "am zwoatn"
        word = f"{word[:-1]}en".replace("zwoa", "zwei")
    stem = word[:-1] if word[-1:] in "nrms" else word
    if stem in ORDINALS:
        return f"{ORDINALS[stem]}."
    return word
