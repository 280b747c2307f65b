"""The words by which an agent states that an appointment is booked, moved, cancelled or exists."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from typing import Literal

Action = Literal["booked", "moved", "cancelled", "stands"]

BOOKED_WORDS_DE = "gebucht|eingebucht|eingetragen|reserviert|vorgemerkt|vereinbart|ausgemacht|festgemacht|fixiert|eingeplant|bestaetigt|gesichert|notiert|aufgeschrieben|angelegt|eingeschrieben|festgehalten|fest gemacht|reingeschrieben|reingetragen|reingesetzt|reingenommen|untergebracht|dazwischengeschoben|klargemacht"
MOVED_WORDS_DE = "verschoben|verlegt|umgebucht|umgelegt|vorgezogen|geaendert|umgetragen|vorverlegt"
CANCELLED_WORDS_DE = "abgesagt|storniert|geloescht|gestrichen|aufgehoben|ausgetragen|annulliert|rausgenommen|herausgenommen"
BOOKED_WORDS_EN = "booked|scheduled|reserved|confirmed|arranged|put (?:you|it|that|her|him|them) (?:down|in)|got you (?:down|in|booked)|pencil+ed|noted|set up|secured|made (?:you )?(?:an|your|the) appointment"
MOVED_WORDS_EN = "moved|rescheduled|changed|shifted|switched|pushed|brought|postponed"
CANCELLED_WORDS_EN = "cancel+ed|called off|deleted|removed|taken you off"
# tentative: a calendar or a person still has to confirm
TENTATIVE = re.compile(
    r"\b(?:reserviert|vorgemerkt|notiert|aufgeschrieben|festgehalten|noted|reserved|pencil+ed|vorlaeufig|provisional\w*|noch bestaetigt)\b"
)
WEAK_VERB = re.compile(
    r"\b(?:notiert|aufgeschrieben|festgehalten|noted|gesichert|geaendert|changed|bestaetigt|confirmed|angelegt|removed|deleted|geloescht|brought|pushed|set up|arranged)\b"
)
HOLD_VERB = re.compile(r"\b(?:reserviert|reserved|festgehalten)\b")
ABOUT_APPOINTMENT = re.compile(r"\b(?:\w*termine?n?s?|buchung\w*|appointments?|bookings?|visits?)\b|<[dt]\d+>")
# the action concerns something other than an appointment
OTHER_SUBJECT = re.compile(
    r"\b(?:wartelisten?|waitlist|wait ?ing list|rueckrufs?|rueckrufwunsch|(?:ruf\w*|meld\w*) (?:sie|dich|euch|ihnen|sich)\b.*\b(?:zurueck|an)|callbacks?|call back|nachricht|message|notiz|note|newsletter|gutschein\w*|voucher|nummer|number|e-mail|adresse|address|namen?|name|wunsch|frage)\b"
)
APPOINTMENT = re.compile(r"\b(?:\w*termine?n?s?|buchung\w*|appointments?|bookings?|reservations?)\b")

AUX_DE = r"\b(?:hab|habe|haben wir|wir haben|ist|sind|wurden?|bleibt|bleiben)\b"
FIRST_PERSON_EN = r"(?:\bi|\bwe)(?:'ve| have)?(?: (?:just|now|also|already|gone ahead and|went ahead and|successfully|got|\w+ly))* "
PASSIVE_EN = r"(?:\b(?:is|are|was|were|been|now|got|gotten|it|that|you)|'s|'re) (?:(?:now|all|already|also|both|successfully|officially|being) ){0,3}"
CLAUSE_START = r"^(?:(?:so|gut|prima|super|perfekt|erledigt|schon|alles|okay|ok|done|great|perfect|all|und|and|ja|yes|wieder),? )*"
IN_CALENDAR = (
    r"\b(?:ist|sind|steht|stehen|hab|habe)(?: (?:jetzt|schon|bereits|fest|damit|also|ich|wir|sie|ihnen|es|das|dich|dir)){0,4} (?:drin|im kalender|im buch)\b"
    r"|(?:\b(?:is|are|it|that|you)|'s|'re) (?:(?:now|all|already|safely) ){0,2}in the (?:book|books|diary|calendar)\b"
)


def _compile_verbs(german: str, english: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{german})\b|\b(?:{english})\b")


def _compile_statements(german: str, english: str) -> re.Pattern[str]:
    return re.compile(
        rf"{AUX_DE}.*\b(?:{german})\b|\b(?:{german})\b(?: \w+)* {AUX_DE}|{CLAUSE_START}(?:{german}|{english})\b|{FIRST_PERSON_EN}(?:{english})\b|{PASSIVE_EN}(?:{english})\b"
    )


VERBS: dict[Action, re.Pattern[str]] = {
    "moved": _compile_verbs(MOVED_WORDS_DE, MOVED_WORDS_EN),
    "cancelled": _compile_verbs(CANCELLED_WORDS_DE, CANCELLED_WORDS_EN),
    "booked": _compile_verbs(BOOKED_WORDS_DE, BOOKED_WORDS_EN),
}
STATEMENTS: dict[Action, re.Pattern[str]] = {
    "moved": _compile_statements(MOVED_WORDS_DE, MOVED_WORDS_EN),
    "cancelled": _compile_statements(CANCELLED_WORDS_DE, CANCELLED_WORDS_EN),
    "booked": re.compile(
        _compile_statements(BOOKED_WORDS_DE, BOOKED_WORDS_EN).pattern
        # "it is in the calendar"
        + rf"|{IN_CALENDAR}"
        + r"|\byou(?:'re| are) (?:now )?(?:all set|down|in|good to go) (?:for|on|with)\b|\ball set (?:for|on)\b"
    ),
}
RELEVANT_WORDS = re.compile(
    "|".join(verbs.pattern for verbs in VERBS.values())
    + r"|termin|buchung|appointment|booking|\bbis |\bsteht?\b|\bsteh|erwart|\bfreu|\bsehe|\bsee|expect|\bset\b|\bdown\b|\bin for\b|\bdran\b|wir das\b|visit|an der reihe|bei uns|\bdrin\b|im kalender|im buch|in the (?:book|diary|calendar)"
)
SECOND_PERSON = re.compile(r"\bsie haben\b|\bhaben sie\b|\byou(?:'ve| have)\b")
EXISTING_APPOINTMENT = re.compile(
    r"\b(?:ihr|der|dein|mein|euer)\w*(?: \w+){0,3} \w*(?:termin|buchung)\b.*\b(?:ist|bleibt|steht|findet|liegt|lautet)\b"
    r"|\b(?:ist|bleibt|steht|findet|lautet) (?:ihr|der|dein)\w*(?: \w+){0,2} \w*(?:termin|buchung)\b"
    r"|\bsie haben\b.*\w*termin\b|\bhaben sie\b.*\w*termin\b|\b\w*termin steht\b|\bdas steht\b|\bhaben wir das\b|\bsteht fest\b"
    r"|\b(?:wir|ich) (?:sehen|sehe|erwarten?|freuen?)\b|\b(?:erwartet|freut sich auf) sie\b"
    r"|\bsie sind\b.*\b(?:dran|an der reihe|bei uns)\b"
    r"|\byour(?: \w+){0,2} (?:appointment|booking|visit)\b.*\b(?:is|will be|stands|remains)\b|\byou(?: do|'ve got| have)(?: \w+){0,3} (?:an?|your) (?:\w+ )?appointment\b"
    r"|\bsee(?:ing)? you\b|\bexpect(?:ing)? you\b"
)
FAREWELL = re.compile(
    r"^(?:(?:gut|also|dann|prima|super|schoen|danke|okay|perfekt|na|ja|wunderbar),? ){0,3}bis (?:dann |zum |am |naechsten |kommenden )*<[dt]\d+>"
)
UNTIL_FAREWELL = re.compile(r"^(?:\w+,? ){0,3}bis\b")
OPENING_HOURS = re.compile(
    r"\b(?:geoeffnet|offen|geschlossen|oeffnungszeit\w*|ruhetag|oeffnen|schliessen|arbeitet|open|closed|opening|hours)\b"
)
# a statement taken back
RETRACTION = re.compile(
    r"\b(?:nicht|doch nicht|leider nicht) (?:\w+ ){0,2}(?:geklappt|gebucht|eingetragen|funktioniert|gespeichert|moeglich|durchgegangen|gelungen|verschoben|storniert|abgesagt)"
    r"|\bnichts (?:\w+ )?(?:gebucht|eingetragen|geaendert)|\bfehlgeschlagen\b|\bschon vergeben\b"
    r"|\b(?:did ?n't|didn't|not|hasn't|has not|wasn't) (?:\w+ )?(?:work|go through|gone through|booked|moved|cancel+ed|been \w+ed)\b|\bnothing (?:has been |is |was )?(?:booked|changed)|\bfailed\b"
)
CORRECTION = re.compile(
    r"\b(?:entschuldig\w*|verzeihung|pardon|korrigier\w*|korrektur|richtig ist|vielmehr|ich meine|ich meinte|besser gesagt|versprochen|mein fehler|sie haben recht|sorry|i mean|i meant|correction|apolog\w+|my mistake|you(?:'re| are) right|rather)\b"
)
AGREEMENT = re.compile(
    r"^(?:natuerlich|gern\w*|selbstverstaendlich|alles klar|in ordnung|verstanden|klar|stimmt|sicher|ja|genau|okay|ok|of course|sure|certainly|right|yes|absolutely)\b"
)
OBJECTION = re.compile(
    r"^(?:oh |ach |ne |nee |aeh |moment,? |halt,? |also |aber )*(?:nein|nicht|doch|falsch|stimmt nicht|no|not|wait|actually|that's (?:wrong|not))\b|\b(?:hatte ich gesagt|wollte ich|i said|i wanted|meinte ich)\b"
)


def find_action(plain: str, scanned: str) -> Action | None:
    """Find the action a clause states; `plain` is the folded text, `scanned` the same with marks for days and times."""
    if OTHER_SUBJECT.search(plain) and not APPOINTMENT.search(plain):
        return None
    for action, verbs in VERBS.items():
        verb = verbs.search(plain)
        if verb and STATEMENTS[action].search(plain):
            if (WEAK_VERB.fullmatch(verb[0]) or TENTATIVE.search(verb[0])) and not ABOUT_APPOINTMENT.search(scanned):
                return None
            if SECOND_PERSON.search(plain):
                return "stands" if action == "booked" else None
            return action
    if STATEMENTS["booked"].search(plain):
        return "booked"
    if (EXISTING_APPOINTMENT.search(plain) or FAREWELL.search(scanned)) and not OPENING_HOURS.search(plain):
        return "stands"
    return None


def may_contain_action(plain: str) -> bool:
    """Check cheaply whether a turn may contain an action."""
    return RELEVANT_WORDS.search(plain) is not None


def has_statement(plain: str) -> bool:
    """Check whether a clause states anything, so that its times must be parsed."""
    return (
        any(said.search(plain) for said in STATEMENTS.values())
        or EXISTING_APPOINTMENT.search(plain) is not None
        or UNTIL_FAREWELL.search(plain) is not None
    )
