"""Detects the spoken language by function words, and by the words of appointments."""

import re
from collections.abc import Iterable

from app.domain.language.parsed_time import Language

# words that the other language lacks
GERMAN = (
    "ich und der die das ist ein eine einen nicht sie wir mit bei auch noch für haben hätte gern bitte danke ja nein termin heute morgen"
    " uhr guten mein meine kann können möchte würde wann wie vielen auf wiederhören schon wäre"
)
ENGLISH = (
    "the and is you have i'd i'm would could like please thanks thank yes with for my can do what when how appointment today tomorrow"
    " hello hi it that's this not book okay speak english"
)
FUNCTION_WORDS: dict[Language, frozenset[str]] = {"de": frozenset(GERMAN.split()), "en": frozenset(ENGLISH.split())}
MORE_GERMAN = """
    den dem des einem einer kein keine mich mir uns euch ihnen ihr ihre ihren meinen meiner unser es er sind bin habe hab hat wird werden
    geht ginge passt brauche bräuchte bräucht will wollte hätten würden dann danach aber oder wenn weil nur mal wieder zum zur von vom im
    am um ab bis nach vor zu über gegen aus nee nö doch also äh ähm halt eben gerade jetzt gleich immer gerne egal leider was kostet
    kosten kost'n wer wo welche welcher montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag montags dienstags mittwochs
    donnerstags freitags samstags januar februar märz mai juni juli oktober dezember vormittag vormittags nachmittag nachmittags abend
    abends früh mittags übermorgen woche wochen monat tag halb viertel dreiviertel zwei drei vier fünf sechs sieben acht neun zehn elf
    zwölf erste zweite dritte vierte spätestens frühestens verschieben absagen stornieren buchen haarschnitt nummer rückruf
    zurückrufen sagen
    mei dei nimmer dahoam daheim zuhause servus griaß bissl bissel wos wia koan koa ois nua scho san hob hamma gschwind
    pfiat bräucht bräuchat hätt hätts tät täts kunnt könnts habts seids machts gebts sagts mog megat heit heid oamoi amol nix grad brauch
    ick icke dit det wat dat ooch nich nüscht keen keene een eene eenmal jut juten uffm nen ne hef heff wüllt nu lütt
    soll sollte dem den steht kaputt bitte auto springt
    uff guten grüß gott moin tschüss herr frau tochter sohn mutter mann machen nehmen nehm zusammen nächste nächsten kommenden
"""
MORE_ENGLISH = """
    a an of at on to from by or but if we we're i i've i'll me us our your you're you've it's he he's she she's they there here are be
    been am does don't can't won't isn't where which who any anyone except after before until between need want wanted put take got get
    make move change cancel reschedule haircut trim cut cuts highlights colour color waiting list soon possible morning mornings
    afternoon afternoons evening evenings noon half past quarter o'clock pm monday tuesday wednesday thursday friday saturday sunday
    january february march may june july october december week weeks month day days next year's same time one two three four five six
    seven eight nine ten eleven twelve first second third fourth fifth sixth seventh eighth ninth tenth great yeah yep nope no sure
    right then too also just about around back call name number open free wife husband daughter son mother brother kids sorry wait
    hi christmas much
"""
# what is said in both, in addresses ("at") and letter by letter ("a")
_SHARED_WORDS = """
    a at also sorry okay hello hi may am an so no free one name list was die half second
"""
_SHARED = frozenset(_SHARED_WORDS.split())
WORDS: dict[Language, frozenset[str]] = {
    "de": (FUNCTION_WORDS["de"] | frozenset(MORE_GERMAN.split())) - _SHARED,
    "en": (FUNCTION_WORDS["en"] | frozenset(MORE_ENGLISH.split())) - _SHARED,
}
MIN_MATCHES = 2


def detect_language(sentences: Iterable[str], *, at_least: int = MIN_MATCHES) -> Language | None:
    """Detect the language by how many of its words are said, each counted once; None where they are too few, or as many of the other."""
    words = re.findall(r"[^\W\d_]{2,}(?:'[^\W\d_]+)*|\b[^\W\d_]'[^\W\d_]+", " ".join(sentences).casefold().replace("’", "'"))
    counts = {language: len(known.intersection(words)) for language, known in WORDS.items()}
    best: Language = "de" if counts["de"] >= counts["en"] else "en"
    other: Language = "en" if best == "de" else "de"
    return best if counts[best] >= at_least and counts[best] >= 2 * counts[other] else None
