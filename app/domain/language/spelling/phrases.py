"""What people say around letters while they spell: signs, corrections, counts, remarks and fillers, by their folded words."""

from typing import Literal

from app.domain.language.spelling.word_lists import phrase_set, word_set

# letter: text of one or more letters, with all that it may be; maybe: a word that corrects or only excuses itself;
# talk: a word about the spelling that no rule has understood
Kind = Literal[
    "letter", "word", "number", "hyphen", "apostrophe", "space", "correction", "maybe", "with", "without", "not", "but", "instead", "only",
    "end", "start", "middle", "first", "last", "and", "filler", "description", "unclear", "talk", "joined", "plain",
]  # fmt: skip

_PHRASES: dict[Kind, str] = {
    "hyphen": "bindestrich|mit bindestrich|trennstrich|minus|strich|gedankenstrich|hyphen|dash|mit einem bindestrich|with a hyphen"
    "|hyphenated",
    "apostrophe": "apostroph|hochkomma|apostrophe",
    "space": "leerzeichen|neues wort|zweites wort|naechstes wort|abstand|getrennt|leerstelle|space|new word|second word|next word",
    "correction": "nein|nee|noe|nein nein|quatsch|korrektur|ich korrigiere|falsch|das war falsch|ich meine|ich meinte|besser gesagt"
    "|vielmehr|streich das|streichen sie das|stimmt nicht|no wait|wait no|no sorry|sorry no|no no|nope|i mean|i meant"
    "|correction|scratch that|make that|rather|nein moment|nein halt|halt nein|moment nein|nein entschuldigung"
    "|entschuldigung nein|nein quatsch|quatsch nein|nein sorry|nein falsch|ach nein|aeh nein|oh nein|oh no|ah no"
    "|ach quatsch|nein warten sie|nein doch|verbesserung",
    "maybe": "entschuldigung|verzeihung|pardon|sorry|excuse me|halt|stopp|stop|wait|hang on|hold on|moment stopp|tschuldigung",
    "with": "mit|with|da ist ein|hat ein|has a",
    "without": "ohne|kein|keine|keinem|without|minus the",
    "not": "nicht mit|nicht|not with|not",
    "but": "sondern|sondern mit|but|but with",
    "instead": "statt|anstatt|anstelle von|instead of|statt mit|nicht wie",
    "only": "nur|lediglich|only|just|einfach nur",
    "end": "am ende|hinten|ganz hinten|am schluss|zum schluss|zuletzt|at the end|on the end|am ende noch",
    "start": "am anfang|vorne|vorn|ganz vorne|zu beginn|at the beginning|at the start|at the front|in front",
    "middle": "in der mitte|in the middle|mittendrin",
    "first": "vorname|der vorname|mit vornamen|vornamens|mein vorname ist|der vorname ist|vorname ist|first name|given name"
    "|my first name is|first name is"
    "|christian name",
    "last": "nachname|der nachname|mit nachnamen|der familienname|mein nachname ist|der nachname ist|nachname ist|familienname|zuname"
    "|last name|surname|family name"
    "|my last name is|last name is|my surname is|surname is|familienname ist",
    "and": "und|and",
    "plain": "ohne sonderzeichen|ohne akzent|ohne akzente|ohne umlaut|ohne umlaute|ohne haken|ohne haekchen|ohne punkte|kein umlaut"
    "|keine umlaute|kein akzent|no accent|no accents|without an accent|without accents|without the accent|no umlaut|without the umlaut"
    "|without an umlaut|no special characters|ohne accent",
    "joined": "zusammen|alles zusammen|zusammengeschrieben|zusammen geschrieben|alles zusammengeschrieben|in einem wort|als ein wort"
    "|ein wort"
    "|alles ein wort|alles in einem wort|angehaengt|direkt angehaengt|dran|direkt dran|hinten dran|direkt hinten dran|dahinter dran"
    "|drangehaengt"
    "|ohne leerzeichen|alles ohne leerzeichen|ohne luecke|ohne abstand|ohne pause|in einem|in einem zug|alles verbunden"
    "|all one word|one word"
    "|in one word|as one word|all together|all joined up|joined up|no space|no spaces|without a space|without spaces|joined together"
    "|run together|all run together",
    "filler": "aeh|aehm|ehm|oehm|oeh|hm|hmm|aeaeh|also|genau|so|ja|bitte|okay|ok|gut|und dann|und zwar|dann|danach|weiter|jetzt|kommt"
    "|folgt|noch|dann kommt|danach kommt|jetzt kommt|dann noch|und dann noch|und noch|noch ein|noch einen|noch mal ein"
    "|nochmal ein|und noch ein|und ein|ein|einen|und dann ein|moment|einen moment|einen augenblick|sekunde|warten sie|warte"
    "|warten sie mal|mein name ist|ich heisse|hier ist|hier spricht|der name ist|name ist|das ist|das schreibt sich"
    "|schreibt sich|das schreibt man|schreibt man|man schreibt das|geschrieben|wird geschrieben|das wird geschrieben"
    "|wird so geschrieben|buchstabiert|buchstabiere|ich buchstabiere|ich buchstabiere mal|ich buchstabier"
    "|ich buchstabiere das mal|das buchstabiert sich|der buchstabe|buchstabe|das waere|das waer|ganz einfach|ganz normal"
    "|ganz normal geschrieben|normal geschrieben"
    "|doppelname|auf den namen|wissen sie|ne|gell|na|tja|auf deutsch|auf tuerkisch"
    "|das ist tuerkisch|das ist polnisch|gefolgt von|wieder ein|wiederum|und wieder|wieder|nochmal|noch mal|noch einmal"
    "|umgangssprachlich|man spricht|wie gesagt|wie gehabt|aber|auch|bei mir|bei uns|dazwischen|drin|darin|in it|in there|dabei|dafuer"
    "|als nachname|ist der nachname|ist der familienname|ist mein nachname|ist mein familienname|als familienname"
    "|ist der name|ist mein name"
    "|is the surname|is the last name|is my surname|is my last name|is the name|is my name|das schreibt man bei mir|schreibt man bei mir"
    "|schreibt sich bei mir|schreibt sich bei uns|wird bei mir|schreiben wir|schreibe ich|schreibe mich|schreibt er sich|einfach",
}  # fmt: skip
# what is a letter or a word in German
ENGLISH_FILLERS = phrase_set(
    "uh|um|er|ah|mm|thats german|german|polish|turkish|you know|lets see|let me see|uhm|erm|well|right|yes|yeah|and then"
    "|then|next|thats|that is|its|it is|my name is|my names|my surnames|my last names|my first names"
    "|the last name is|the first name is|the surname is"
    "|the family name is|the name is|im|i am|this is|spelled|spelt|thats spelled|its spelled|which is spelled|which is"
    "|ill spell it|i will spell it|ill spell that|ill spell that for you|let me spell it|let me spell that|the letter"
    "|and then an|then an|letter|please|followed by|and another|another|yet another"
)
PHRASES: dict[tuple[str, ...], Kind] = {phrase: kind for kind, phrases in _PHRASES.items() for phrase in phrase_set(phrases)}
MAX_PHRASE = max(map(len, PHRASES))
# these words may be names or letters too and are only what they say where letters stand around them
LETTER_PHRASES: dict[tuple[str, ...], tuple[str, ...]] = {
    phrase: letters
    for letters, phrases in (
        (("ß",), "scharfes s|scharfem s|scharfen s|scharfe s|scharfes es|scharfem es|eszett|esszett|buckel s|ringel s"
         "|rucksack s|dreierles s|sharp s|german sharp s|strassen s"),
        (("ß", "sz"), "sz|es zett|ess zett|s z ligatur"),
        (("s",), "rundes s|rundem s|normales s|normalem s|einfaches s|einfachem s|kurzes s"),
        (("ğ", "g"), "weiches g"),
        (("ı",), "i ohne punkt|dotless i"),
        (("ø",), "durchgestrichenes o|o mit strich|slashed o"),
        (("ł",), "l mit strich|durchgestrichenes l"),
        (("w", "uu"), "doppel u"), (("w", "vv"), "doppel v|double v|doppel vau|double vee"),
        (("w",), "double u|double you|double yoo|doubleyou|doubleu"),
        (("v",), "vogel-vau|vogel-v|vogel vau|vogel v"), (("h",), "dehnungs-h|dehnungs h|stummes h|stummem h|stummen h|silent h"),
        (("y",), "ypsilon|i grec|griechisches i|ueppsilon"),
    )
    for phrase in phrase_set(phrases)
}  # fmt: skip
COUNTS = {
    "doppel": 2, "doppeltes": 2, "doppeltem": 2, "doppelten": 2, "zweimal": 2, "zwei": 2, "zwo": 2, "2": 2, "2x": 2, "doppelt": 2,
    "doppelte": 2,
    "double": 2, "two": 2, "twice": 2, "dreimal": 3, "dreifach": 3, "drei": 3, "3": 3, "3x": 3, "triple": 3, "three": 3, "2mal": 2,
    "3mal": 3,
}  # fmt: skip
# these are digits in addresses and on number plates
COUNTS_THAT_ARE_DIGITS = frozenset({"zwei", "zwo", "2", "two", "drei", "3", "three"})
ADJECTIVES = word_set(
    """
    small gross grosses grosser grossem grossen klein kleines kleiner kleinem kleinen hartes hartem harte harten weiches weichem
    weiche weichen capital upper lower uppercase lowercase case grossbuchstabe kleinbuchstabe normales einfaches langes kurzes
    weich hart gross klein
    """
)
CAPITALS = word_set(
    """
    capital upper uppercase grossbuchstabe grosses grosser grossem grossen gross
    """
)
# "wie der Vogel", "wie man es spricht": not said for a letter
DESCRIPTIONS = word_set("der die das man mans im ein eine the sie in gehabt gesagt oben")
# and these are none behind a pause: "wie mein Bruder"
DESCRIPTION_PRONOUNS = word_set(
    """
    mein meine meinem meiner unser unsere dein sein seine ihr ihre er sie wir am vom zum frueher immer sonst ueblich oben unten hier
    jeder jede alle viele damals dieser diese dieses so sich my your his our
    """
)
# between a letter and its sign: "c mit Cedille", "o with two dots"
SIGN_PREPOSITIONS = word_set("mit with an a zwei two dem einem einer unten oben drauf")
COMPARISONS: dict[str, tuple[tuple[str, ...], ...]] = {
    "de": (("wie", "in"), ("wie", "bei"), ("wie", "von"), ("wie", "der"), ("wie", "die"), ("wie", "das"), ("wie",), ("fuer",)),
    "en": (("as", "in", "the"), ("as", "in"), ("is", "in"), ("like", "in"), ("for",), ("like",), ("as",), ("4",), ("four",), ("is", "for")),
}  # fmt: skip
