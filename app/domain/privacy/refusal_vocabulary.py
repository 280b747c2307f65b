"""Patterns of refusals: their subjects and the words of opposition, in German and English."""

# ruff: noqa: E501  (a pattern is a line)

import re
from typing import Literal

ConsentKind = Literal["recording", "transcript", "ai"]
YesNo = Literal["yes", "no"]


def compile_any(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts))


# a sentence without any of these refuses nothing by itself
HINTS = compile_any(
    "aufz",
    "aufn",
    "aufg",
    "aufs",
    "mits",
    "mitg",
    "mitz",
    "protokoll",
    "transkr",
    "transcr",
    "schreib",
    "zeichne",
    "nehm",
    "nimm",
    "schneid",
    "speicher",
    "notier",
    "festh",
    "record",
    "tape",
    "written",
    "write",
    "type all",
    "note",
    "save",
    "store",
    "kept",
    "delete",
    "liegt",
    "steht",
    r"\bki\b",
    r"\bk\.",
    r"\ba\.",
    r"\bai\b",
    "intelligen",
    "robo",
    "bot",
    "computer",
    "maschin",
    "automat",
    "machine",
    "kasten",
    "assistent",
    "gadget",
    "virtual",
)
# "eine Nachricht aufnehmen", "einen Rückruf kann ich nicht aufnehmen" records nothing
TAKEN_DOWN = "rueckruf|rückruf|nachricht|anliegen|bestellung|daten|wunsch|termin|kontakt|warteliste|notiz|schaden"
NO_OBJECT = rf"(?:^|[.,;!?])(?:(?!\b(?:{TAKEN_DOWN})\b)[^.,;!?])*"
# unambiguous on a business's telephone
UNAMBIGUOUS_TOPICS: dict[ConsentKind, re.Pattern[str]] = {
    "recording": compile_any(
        r"\baufzeichn\w*",
        r"\baufgezeichnet\w*",
        r"\baufzuzeichnen",
        r"\bmitschnitte?\b",
        r"\bmitschneid\w*",
        r"\bmitgeschnitten\w*",
        r"\b(?:ton|sprach|audio)aufnahmen?\b",
        r"\baufnahmen?\b",
        rf"{NO_OBJECT}\baufnehmen\b",
        rf"{NO_OBJECT}\baufgenommen\b",
        rf"{NO_OBJECT}\baufzunehmen\b",
        r"\brecord(?:ed|ing|ings)?\b",
        r"\btaped?\b",
    ),
    "transcript": compile_any(
        r"\bmitschreib\w*",
        r"\bmitgeschrieben\w*",
        r"\bmitschrift\w*",
        r"\bmitzuschreiben\b",
        r"\bprotokoll\w*",
        r"\btranskri\w*",
        r"\btranscri\w*",
        r"\bwritten down\b",
        r"\bschreiben sie mit\b",
        r"\btype all\b",
    ),
}
# also count after the agent has named the subject
TOPICS: dict[ConsentKind, re.Pattern[str]] = {
    "recording": compile_any(
        UNAMBIGUOUS_TOPICS["recording"].pattern,
        r"\bzeichnen\b.*\bauf\b",
        r"\bnehmen\b(?!.*\b(?:nachricht|anliegen|bestellung|daten|wunsch|termin|kontakt|notiz|schaden)\b).*\bauf\b",
        r"\bspeicher\w*",
        r"\bgespeichert\b",
        r"\bstimme\b",
        r"\bsaved?\b",
        r"\bstored?\b",
        r"\bthe sound\b",
    ),
    "transcript": compile_any(
        UNAMBIGUOUS_TOPICS["transcript"].pattern,
        r"\bschreibe mit\b",
        r"\bschriftlich\b",
        r"\bspeicher\w*",
        r"\bgespeichert\b",
        r"\bverschriftlich\w*",
        r"\bnotes\b",
        r"\bsave\b",
        r"\bstored?\b",
    ),
    "ai": compile_any(
        r"\bki\b", r"\bai\b", r"\bkünstliche\w* intelligenz\b", r"\bcomputerprogramm\b", r"\bartificial intelligence\b", r"\bvirtual\b"
    ),
}

# opposition close to the subject
OPPOSITION = compile_any(
    r"\b(?:möchte?|möcht|will|mag|wünsche|wollen|möchten|wollte) (?:ich |wir )?(?:das |es |hier |aber |bitte |so |eigentlich |lieber |auch )*"
    r"(?:nicht|net|ned|keine?[nrs]?|nichts|nix)\b",
    r"\b(?:das|dass|es|mich|uns|gespräch|stimme) (?:\w+ ){0,2}?(?:möchte?|will|mag|wollen) (?:ich|wir) (?:\w+ ){0,2}?(?:nicht|net|ned)\b",
    r"\b(?:gar )?nicht (?:so )?recht\b",
    r"\b(?:lieber|besser|bitte|also|doch|auch|schon mal gar) nicht\b",
    r"\bungern\b",
    r"(?<!nichts )\b(?:sehr wohl |schon |was |etwas )dagegen\b",
    r"\bnicht einverstanden\b",
    r"\b(?:stimme|stimm) (?:\w+ ){0,3}?nicht zu\b",
    r"\bwiderspreche\b",
    r"\b(?:unter)sag\w*\b",
    r"\bverbiete\w*\b",
    r"\bverbitte\b",
    r"\bverzichte auf\b",
    r"\blass(?:en sie|t)? (?:\w+ ){0,2}?"
    r"(?:sein|lieber|bleiben|weg)\b",
    r"\blass mal\b",
    r"\blassen sie (?:das|die|es|mal)\b",
    r"\bbleibt (?:\w+ ){0,2}?bei (?:mir|uns)\b",
    r"\b(?:also )?(?:wenns|wenn es) geht ohne\b",
    r"\bohne\b",
    r"\bbrauch(?:st|en sie|t) (?:\w+ ){0,2}?(?:nicht|gar|nix|nichts)\b",
    r"\bweder\b",
    r"\b(?:bin|erlaube|gestatte) ich (?:\w+ ){0,2}?nicht\b",
    r"\b(?:dürfen|sollen|sollt?) (?:sie|du|ihr) (?:\w+ ){0,3}?nicht\b",
    r"\bkommt nicht in (?:frage|die tüte)\b",
    r"\b(?:machen|schalten|stellen|drehen) sie (?:\w+ ){0,4}?(?:aus|ab|weg)\b",
    r"\b(?:streichen|löschen) sie\b",
    r"\blöschen\b",
    r"\b(?:aus|ab)(?:schalten|stellen|machen)\b",
    r"\bhören sie (?:\w+ ){0,2}?auf\b",
    r"\bwär(?:e|s|'s|e es)? (?:mir |es mir )?(?:lieber|nicht recht|gar nicht recht) ?(?:nicht|wenn nicht)?\b",
    r"\bkeine?[nrm]?\b",
    r"\bnehm(?:e)? (?:\w+ ){0,4}?zurück\b",
    r"\banders überlegt\b",
    r"\büberlegs? mir (?:\w+ )?anders\b",
    r"\bhätte? ich (?:gar )?nicht angerufen\b",
    r"\bnicht(?=,? dass| aufg?| auf(?:nehm|zeich)| mitg?| protok| trans)\b",
    r"\bdarf (?:ich )?das nicht\b",
    r"\bkeinesfalls\b",
    r"\bnein\b",
    r"\bno\b",
    r"\bnope\b",
    r"\brather (?:you )?(?:not|didn't|don't|did not)\b",
    r"\bprefer (?:\w+ )?(?:not|don't|didn't|no)\b",
    r"\bnot (?:\w+ )?(?:comfortable|okay|ok|fine|happy) with\b",
    r"\b(?:don't|do not|won't|didn't|never) (?:\w+ ){0,3}?(?:consent|agree|want|like|"
    r"allow|record|transcribe|tape|save|keep|store)\b",
    r"\bi (?:most )?(?:certainly )?do not\b",
    r"\bdon't do that\b",
    r"\bplease (?:stop|don't)\b",
    r"\bstop\b",
    r"\bwithout\b",
    r"\bget rid of\b",
    r"\bdelete (?:that|the|it|this)\b",
    r"\bscrap it\b",
    r"\bchanged my mind\b",
    r"\bnot really\b",
    r"\b(?:turn|switch) (?:\w+ ){0,2}?off\b",
    r"\bobject to\b",
    r"\bopt out\b",
    r"\bnot (?:be|being) (?:recorded|taped|transcribed)\b",
    r"\bi do mind\b",
)
# agreement worded with a no
AGREEMENT = compile_any(
    r"\bnichts dagegen\b",
    r"\bkein problem\b",
    r"\bkeine einwände\b",
    r"\bno problem\b",
    r"\b(?:don't|do not|wouldn't) mind\b",
    r"\bno objections?\b",
    r"\bmacht (?:mir )?nichts\b",
    r"\bnicht schlimm\b",
    r"\bwarum nicht\b",
    r"\bwhy not\b",
)
# the caller's own notes and other unrelated objects
UNRELATED = compile_any(
    r"\bich (?:\w+ ){0,4}?(?:habe?|hatte|hab's|konnte|kann) (?:\w+ ){0,6}?(?:aufgenommen|mitgeschrieben|mitschreiben|protokoll|aufnehmen)",
    r"\b(?:habe?|hatte|konnte|kann) ich (?:\w+ ){0,6}?(?:aufgenommen|mitgeschrieben|mitschreiben|aufnehmen)",
    r"\bpatient\w*\b",
    r"\bkartei\b",
    r"\bwarteliste\b",
    r"\bnotaufnahme\b",
    r"\bneue kund\w+\b",
    r"\bröntgenaufnahmen?\b",
    r"\bi (?:\w+ ){0,2}?(?:have|had|haven't|hadn't) (?:\w+ ){0,2}?"
    r"(?:recorded|record|a record|taped)\b",
    r"\bmedical records?\b",
    r"\b(?:krankenhaus|stationär\w*|klinik)\b",
    r"\bfür die (?:akte|versicherung)\b",
)
# a question that is a demand
REQUEST_QUESTION = compile_any(
    r"\bbitte\b", r"\bplease\b", r"\blassen\b", r"\bohne\b", r"\bwithout\b", r"\bstop\b", r"\bscrap\b", r"\bdelete\b", r"\bnicht einfach\b"
)

_NEGATION = r"(?:nicht|nichts|nie|niemals|keinesfalls|don't|do not|not|never|won't|you didn't)"
# words between a negation and its object
_CONTINUATION = r"(?:\s(?!(?:bitte|please|aber|sondern|und|weil|denn|but|and|because|so|dann)\b)[\w'-]+){0,5}?"
_REQUEST = (
    r"(?:\b(?:will|möchte|möchten|wollen|bitte|please|lieber|want|would|rather|prefer|comfortable)\b[^.]*|"
    r"^(?:(?:nein|nee|no|also|dann|und|aber|but)\s)*)"
)
_STORED = (
    r"(?:aufschreiben|aufgeschrieben|aufschreibt|notiert|notieren|speichern|gespeichert|speichert|festgehalten|festhalten|"
    r"save|saved|stored?|kept|write (?:\w+ ){0,3}down|take (?:\w+ )?notes)"
)
# words also used of appointments; they need a wish or an order around them
REFUSALS: dict[ConsentKind, tuple[re.Pattern[str], ...]] = {
    "recording": (
        re.compile(
            r"\b(?:zeichnen?|nehm(?:en|t)|nimm|schneiden?) (?:sie |du |ihr )?(?:das |es |mich |hier |uns |gespräch |bitte |jetzt |dieses )*nicht auf\b"
        ),
        re.compile(r"\bnehmen sie mich nicht auf\b"),
    ),
    "transcript": (
        re.compile(
            rf"{_REQUEST}\b{_NEGATION}(?:,? (?:dass|that))?{_CONTINUATION}\s{_STORED}\b(?! (?:money|geld|time|zeit|me a|mir einen))"
        ),
        re.compile(r"\bschreib(?:en|e|t|st)? (?:sie |du |ihr )?(?:das |es |hier |bitte |jetzt |so |davon )*(?:nicht|nichts) (?:mit|auf)$"),
        re.compile(
            rf"\bspeicher[nt]? (?:sie )?(?:\w+ ){{0,3}}?(?:nicht|nichts)\b|\bkein speichern\b|\bspeichern\b[^.]{{0,25}}\bnicht recht\b|\bnicht dass (?:\w+ ){{0,5}}?{_STORED}"
        ),
        re.compile(
            r"\bdelete (?:that|the whole|it)\b|\bprefer you don't save\b|\bnicht dass (?:das|da was) (?:\w+ ){0,4}?(?:liegt|steht)\b"
        ),
    ),
}

# objections to a notice; a bare no may answer the greeting's own question
OBJECTION = compile_any(
    r"\b(?:das|dies) (?:möchte?|möcht|will|mag|untersage|verbiete) ich\b(?! (?:gern|gerne|machen|buchen))",
    r"\b(?:was|etwas|sehr wohl|schon) (?:was )?dagegen\b",
    r"\bungern\b",
    r"\blieber nicht\b",
    r"\bnicht recht\b",
    r"\blass mal\b",
    r"\blassen sie (?:das|es|mal)\b",
    r"\bdas sein\b",
    r"\bweder noch\b",
    r"\bfesthalten brauchen sie\b",
    r"\bdann (?:bitte )?nicht\b",
    r"\bschon mal gar nicht\b",
    r"\bbrauchst (?:du )?nicht\b",
    r"\bnicht einverstanden\b",
    r"\bwiderspreche\b",
    r"\bbleibt (?:\w+ )?bei mir\b",
    r"\bnein das will ich nicht\b",
    r"\brather (?:you )?(?:not|didn't|did not)\b",
    r"\bprefer (?:you )?(?:not|don't|didn't)\b",
    r"\bdon't do that\b",
    r"\bnot comfortable\b",
    r"\bi do mind\b",
    r"\bplease don't\b",
    r"\bi do not (?:want|consent|agree)\b",
    r"\bi don't (?:consent|agree)\b",
    r"\bnope\b",
    r"\bdelete (?:that|it)\b",
)
