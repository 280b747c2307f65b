"""The words by which an agent states that an appointment is booked, moved, cancelled or exists."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from typing import Literal, cast

Action = Literal["booked", "moved", "cancelled", "stands"]

# "eingetragen", "reingesetzt", "dazwischengeschoben", "untergebracht", …
BOOKED_WORDS_DE = (
    r"(?!ausge|abge|zuge)\w*gebucht|reserviert|vereinbart|ausgemacht|fixiert|bestaetigt|gesichert|notiert|aufgeschrieben|mitgeschrieben|aufgenommen|eingepflegt|gebongt|geritzt|vermerkt|erfasst|gespeichert|(?:fest|klar|fix) gemacht"
    r"|(?!angesagt|angemacht|zuge(?:macht|legt|halten)|vorge(?:sagt|macht|legt)|angehalten)(?:ein|rein|drauf|dazwischen|dazu|unter|klar|fest|frei|hin|vor|an|zu)ge(?:tragen|plant|merkt|setzt|legt|taktet|reiht|schoben|sagt|teilt|bracht|nommen|schrieben|macht|halten|tippt|pflegt|speist)"
)
MOVED_WORDS_DE = r"verschoben|(?:rueber|weiter|nach hinten |nach vorne? )geschoben|umdisponiert|<d\d+> (?:gelegt|gesetzt|gezogen)|verlegt|umgebucht|umgelegt|vorgezogen|geaendert|umgetragen|vorverlegt|nach (?:vorne|hinten) (?:ge\w+)|getauscht|umgestellt|umgesetzt|umgeplant"
CANCELLED_WORDS_DE = r"abgesagt|storniert|geloescht|gestrichen|aufgehoben|ausgetragen|annulliert|rausgenommen|herausgenommen|gecancelt|rausgestrichen|abgemeldet|abbestellt|entfernt|rausgeloescht|aus dem (?:kalender|system|plan) genommen|wieder freigegeben|zurueckgezogen|vom tisch|hinfaellig|\braus\b(?! an)|\bweg\b"
OBJECT_EN = r"(?:you|it|that|him|her|them|your \w+|the \w+|this)"
BOOKED_WORDS_EN = rf"booked|scheduled|reserved|confirmed|arranged|slotted|noted|set up|secured|locked in|logged|pencil+ed|written (?:down|in)|(?:put|got|popped|squeezed|fitted|fit|added|entered|placed|have|had|signed|penned|jotted|marked) {OBJECT_EN}(?: \w+){{0,3}}? (?:down|in|up|on|for|with|at|into|to)\b|made (?:you )?(?:an|your|the|that) (?:appointment|booking)"
MOVED_WORDS_EN = r"moved|rescheduled|changed|shifted|switched|pushed|brought|postponed|swapped|bumped"
CANCELLED_WORDS_EN = r"cancel+ed|called off|deleted|removed|taken (?:you|it|that|him|her|your \w+) (?:off|out)|binned|voided|taken (?:care of )?off|scrapped|struck off|wiped|dropped"
# tentative: a calendar or a person still has to confirm
TENTATIVE = re.compile(
    r"\b(?:reserviert|vorgemerkt|notiert|aufgeschrieben|festgehalten|noted|reserved|pencil+ed|vorlaeufig|provisional\w*|noch bestaetigt|vermerkt|angefragt|requested)\b"
)
# words for anything that can be written down: they need an appointment beside them, or a conversation about one
WEAK_VERB = re.compile(
    r"\b(?:notiert|aufgeschrieben|mitgeschrieben|festgehalten|noted|gesichert|geaendert|changed|bestaetigt|confirmed|angelegt|removed|deleted|geloescht|brought|pushed|set up|arranged|logged|erfasst|gespeichert|vermerkt|angegeben|aufgenommen|jotted .*|written .*|raus|weg|dropped|umgestellt|getauscht|zugesagt|hingeschrieben|added .*|entered .*|placed .*|marked .*)\b"
)
HOLD_VERB = re.compile(r"\b(?:reserviert|reserved|festgehalten|freigehalten|halte\w*|hold\w*|held)\b")
ABOUT_APPOINTMENT = re.compile(r"\b(?:slots?|\w*termine?n?s?|buchung\w*|appointments?|bookings?|visits?)\b|<[dt]\d+>")
# the action concerns something other than an appointment
OTHER_SUBJECT = re.compile(
    r"\b(?:wartelisten?|waitlist|wait ?ing list|rueckrufs?|rueckrufwunsch|(?:ruf\w*|meld\w*) (?:sie|dich|euch|ihnen|sich|wir)\b.*\b(?:zurueck|an|bei)|callbacks?|call (?:you )?back|nachricht|message|notiz|note|newsletter|gutschein\w*|voucher|nummer|number|anfragen?|enquir\w+|inquir\w+|e-mail|mail|sms|text message|link|adresse|address|(?<!auf ihren )(?<!unter ihrem )(?<!in your )(?<!under your )namen?|wunsch|frage|anliegen|erinnerung|reminder|allerg\w*)\b"
)
APPOINTMENT = re.compile(r"\b(?:\w*termine?n?s?|buchung\w*|appointments?|bookings?|reservations?)\b")

AUX_DE = (
    r"\b(?:hat (?=sie\b|dich\b|ihnen\b|dir\b)|hab|habe|haben wir|wir haben|ist|sind|wurden?|wird|bleibt|bleiben|waere?n? damit|seid|bist)\b"
)
FIRST_PERSON_EN = r"(?:\bi|\bwe)(?:'ve| have)?(?: (?:just|now|also|already|gone ahead and|went ahead and|successfully|got|\w+ly))* "
PASSIVE_EN = r"(?:\b(?:is|are|was|were|been|now|got|gotten|it|that|you|you're|all)|'s|'re|have) (?:(?:now|all|already|also|both|successfully|officially|being|been|safely|firmly) ){0,3}"
CLAUSE_START = r"^(?:(?:so|gut|prima|super|perfekt|erledigt|schon|alles|okay|ok|done|great|perfect|all|und|and|ja|yes|wieder|lovely|right|brilliant|wunderbar|na klar|klar|no problem|kein problem|dann),? )*"
IN_CALENDAR = (
    r"\b(?:ist|sind|steht|stehen|hab|habe)(?: (?:jetzt|schon|bereits|fest|damit|also|ich|wir|sie|du|ihnen|es|das|dich|dir|<\w+>|um|am|bei|\w+)){0,9} (?:drin|im (?:kalender|buch|system|plan|terminkalender))\b"
    r"|(?:\b(?:is|are|it|that|you)|'s|'re) (?:(?:now|all|already|safely|down) ){0,2}(?:in|on) the (?:book|books|diary|calendar|system|schedule)\b"
)
SETTLED = (
    r"\b(?:ist|sind|waere|steht|stehen|alles|haben wir)(?: (?:jetzt|schon|bereits|damit|also|das|alles|dann|fuer (?:sie|dich)|auch|\w+)){0,4} (?:fix|geritzt|gebongt|unter dach und fach|in trockenen tuechern|eingetuetet|abgemacht|fest|sicher)$"
    r"|\b(?:you're|you are|that's you|we're) (?:now )?(?:all |both )?(?:set|down|in|good|good to go|sorted|booked in|on)(?: (?:for|on|with|at|then))\b|\b(?:appointment|booking|termin)\b.* (?:is|ist|steht) (?:now |all |jetzt |damit )*(?:set|sorted|fixed|in|done|fest|sicher|fix)$|\ball set (?:for|on)\b|\bit's a date\b|\bgot you covered for\b|\byou're (?:now |all |then )*with (?:\w+ ){1,2}(?:on|at|this|next|tomorrow|today)\b|\bthat's (?:all )?(?:sorted|settled|done|locked in|set|in place)(?: for| on)?\b"
)


# more than one appointment
BOTH = re.compile(r"\b(?:beide|both)\b")
BOTH_APPOINTMENTS = re.compile(
    r"\b(?:beide|both)(?: (?:ihre|deine|of your|your|the|of the))? (?:termine|buchungen|appointments|bookings)\b"
)


def _compile_verbs(german: str, english: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{german})\b|\b(?:{english})\b")


def _compile_statements(german: str, english: str) -> re.Pattern[str]:
    return re.compile(
        rf"{AUX_DE}.*\b(?:{german})\b|\b(?:{german})\b(?: \w+)* {AUX_DE}|{CLAUSE_START}(?:{german}|{english})\b|{FIRST_PERSON_EN}(?:{english})\b|{PASSIVE_EN}(?:{english})\b|\bgot (?:you|that|it|your \w+) (?:{english})\b"
    )


VERBS: dict[Action, re.Pattern[str]] = {
    "moved": _compile_verbs(MOVED_WORDS_DE, MOVED_WORDS_EN),
    "cancelled": _compile_verbs(CANCELLED_WORDS_DE, CANCELLED_WORDS_EN),
    "booked": _compile_verbs(BOOKED_WORDS_DE, BOOKED_WORDS_EN),
}
STATEMENTS: dict[Action, re.Pattern[str]] = {
    "moved": _compile_statements(MOVED_WORDS_DE, MOVED_WORDS_EN),
    "cancelled": re.compile(
        _compile_statements(CANCELLED_WORDS_DE, CANCELLED_WORDS_EN).pattern
        + r"|\boff the (?:calendar|books?|diary|schedule|list)\b|\b(?:ist|sind) (?:damit |jetzt |somit )?(?:weg|raus|frei gegeben|freigegeben)\b"
        + r"|\b(?:termin|buchung|der|das|es) ist (?:(?:jetzt|damit|schon|auch|also|nun) )?wieder draussen\b|\b(?:appointment|booking|it)(?:'s| is) (?:now |already )?(?:back )?out again\b"
    ),
    "booked": re.compile(_compile_statements(BOOKED_WORDS_DE, BOOKED_WORDS_EN).pattern + rf"|{IN_CALENDAR}|{SETTLED}"),
}
# "ich habe Sie am Dienstag um drei …": whatever was done to somebody at a time
DONE_TO_YOU = re.compile(
    r"(?:\b(?:ich|wir) (?:hab|habe|haben)|\b(?:hab|habe|haben) (?:ich|wir))\b.*\b(?:sie|dich|euch|ihnen|dir|ihre[nm]?|deine?[nm]?)\b.*<[dt]\d+>"
    r"|(?:\bi|\bwe)(?:'ve| have)(?: (?!told|asked|called|rung|phoned|emailed|texted|sent|found|checked|seen|heard|missed|lost|shown|offered)\w+){0,3} you\b.*<[dt]\d+>"
    r"|^(?:(?:yep|yes|okay|ok|right|done|sure|so|great|alright),? )*(?!called|asked|told|sent|texted|emailed)\w+(?:ed|ut|ot) you (?:in |down )?(?:to|for|on|at|with)\b.*<[dt]\d+>"
)
# "ich quetsch Sie am Dienstag um drei rein"
NOT_DONE = r"(?!hab|habe|haben|bin|sind|ruf|meld|frag|verbind|seh|find|erwart|freu|bitt|erinner|informier|versteh|hoer|schick|send|vermiss|dank|kenn|nenn|geb|sag|wuensch|biet|les|zeig|hol|brauch|benoetig|warn|empfehl|rat|werd|moecht|wuerd|koenn|soll|will|woll|darf|muess|muss)"
DOES_TO_YOU = re.compile(
    rf"\b(?:ich|wir) {NOT_DONE}\w+ (?:sie|dich|ihnen|dir|euch)\b.*<[dt]\d+>|\b{NOT_DONE}\w+ (?:ich|wir) (?:sie|dich|ihnen|dir|euch)\b.*<[dt]\d+>"
    r"|\b(?:i|we)(?:'ll| will|'m gonna) (?:just |go ahead and )?(?!call|ring|phone|text|email|send|tell|let|check|ask|see|look|transfer|connect|need|expect|be|give)\w+ you\b.*<[dt]\d+>"
)
NOT_BOOKED = re.compile(
    r"\b(?:\w*gerufen|erreicht|gesehen|gefunden|gehoert|gefragt|informiert|gesagt|geschaut|nachgesehen|geprueft|geoeffnet|geschlossen|geschickt|gesendet|angeboten|gefreut|genannt|vorgeschlagen|verstanden|gegeben|frei|offen|zeit|platz|auf|zu)$"
)
SECOND_PERSON = re.compile(r"\bsie haben\b|\bhaben sie\b|\bdu hast\b|\bhast du\b|\byou(?:'ve| have)\b")
EXISTING_APPOINTMENT = re.compile(
    r"\b(?:ihr|der|dein|mein|euer)\w*(?: \w+){0,3} \w*(?:termin|buchung)\b.*\b(?:ist|bleibt|steht|findet|liegt|lautet|wartet)\b"
    r"|\b(?:ist|bleibt|steht|findet|lautet) (?:ihr|der|dein|euer)\w*(?: \w+){0,2} \w*(?:termin|buchung)\b"
    r"|\bsie haben\b.*\w*termin\b|\b(?:ihre?|deine?|der|die) \w+ hat\b.*\w*termin\b|\byour \w+(?: has|'s got)\b.*\bappointment\b|\bhaben sie\b.*\w*termin\b|\bdu hast\b.*\w*termin\b|\bhast du\b.*\w*termin\b|\b\w*termin steht\b|\b(?:das|es|alles) steht\b|\bbleib\w*(?: \w+){0,3} (?:bei|beim)\b|\b(?:da|hier) steht\b|\bsteht (?:er|sie|es|der|ihr)\b|\bda (?:ist|haben wir|hab ich|habe ich) (?:er|ihn|sie)\b|\b(?:there|here) (?:it|you|we) (?:is|are|go)\b|\bfound (?:it|you)\b|\bsteh\w* (?:hier|bei mir|bei uns|fest|so drin|im)\b|\b(?:hier|bei mir) steh\w*\b|\bhaben wir das\b|\bsteht fest\b|<[dt]\d+> (?:\w+ ){0,2}steht$"
    r"|\b(?:wir|ich) (?:sehen|sehe|erwarten?|freuen?)\b|\b(?:sehen|erwarten|freuen|freue|sehe|erwarte) (?:wir|ich)\b|\b(?:erwartet|freut sich auf|wartet auf|kuemmert sich um|uebernimmt|begruesst|empfaengt|schneidet|faerbt|behandelt|betreut|bedient|nimmt|macht) (?:sie|dich|euch|ihnen|dir)\b|\b(?:sie|dich) (?:erwartet|begruesst|empfaengt)\b|\bsind (?:wir )?verabredet\b"
    r"|\b(?:sie sind|du bist|sind sie|bist du|ihr seid)\b.*\b(?:dran|an der reihe|bei uns|da|drin|dabei)\b|\b(?:sie sind|sind sie|du bist|bist du)\b.*\bbei (?!uns\b|mir\b|ihnen\b)|\byou(?:'re| are) with \w+|\bgehoert (?:ihnen|dir|der platz)\b|\b(?:platz|termin|zeit|slot)\b.* (?:ist|gehoert)(?: (?:jetzt|nun|damit|somit|hiermit|fest))* (?:ihrer|deiner|ihnen|dir)\b"
    r"|\b(?:your|the)(?: \w+){0,2} (?:appointment|booking|visit|slot)\b.*\b(?:is|will be|stands|remains|stays|starts)\b|\byou(?: do|'ve got| have)(?: \w+){0,3} (?:an?|your) (?:\w+ )?(?:appointment|booking)\b"
    r"|^(?:please|then|so|just)(?:,| please| just)? (?:come|pop) (?:in|over|by|along|round)\b|\bsee(?:ing)? you\b|\bexpect(?:ing)? you\b|\byou're (?:due|coming|up)\b|\b(?:will|'ll) be (?:\w+ )?(?:looking after|seeing|with|doing|taking care of|expecting|ready for|waiting for)(?: you)?\b|\blook(?:ing|s)? forward\b|\bi (?:see|have|can see)\b.*\b(?:you|here)\b|\bthe slot is yours\b|\bis yours\b"
)
# "Ihr neuer Termin", "stattdessen": an appointment that took another one's place
IN_PLACE_OF = re.compile(
    r"\b(?:neue[rnms]? (?:\w*termin|uhrzeit|zeit)|stattdessen|dafuer jetzt|new (?:appointment|time|slot|date)|instead)\b"
)
FAREWELL = re.compile(
    r"\bbis (?:dann |zum |am |naechsten |kommenden )*<d\d+>(?:[ ,]+(?:um )?<t\d+>)?(?:,? (?:dann|also|tschuess|ciao))?$|"
    r"^(?:(?:gut|also|dann|prima|super|schoen|danke|okay|perfekt|na|ja|wunderbar|alles klar|gern|gerne|tschuess|machen sie's gut|so|und|na dann),? ){0,4}bis (?:dann |zum |am |naechsten |kommenden |naechste woche |dann am |also )*<[dt]\d+>"
    r"|^(?:(?:\w+|all right|so|until|till),? ){0,3}(?:until|till) <[dt]\d+>"
)
# verbs by which an agent announces an action; the person is checked by the clause
INTENDED: dict[Action, re.Pattern[str]] = {
    "moved": re.compile(
        r"\b(?:verschieb\w*|verleg\w*|umbuch\w*|buch\w*\b.*\bum$|leg\w*\b.*\bum$|trag\w*\b.*\bum auf\b|aender\w*|mov(?:e|ing)|chang(?:e|ing)|reschedul(?:e|ing)|switch(?:ing)?|push(?:ing)?)\b"
    ),
    "cancelled": re.compile(
        r"\b(?:stornier\w*|sag\w*\b.*\bab|absagen|streich\w*|loesch\w*|nehm\w*\b.*\b(?:he)?raus|austrag\w*|trag\w*\b.*\baus|cancel+(?:ing)?|remov(?:e|ing)|delet(?:e|ing)|tak(?:e|ing) .*\boff)\b"
    ),
    "booked": re.compile(
        r"\b(?:trag\w*|eintragen|buch\w*|einbuchen|setz\w*|schreib\w*|plan\w*|mach\w*\b.*\bfest|pack\w*|reservier\w*|notier\w*|vermerk\w*|merk\w*\b.*\bvor|put(?:ting)?|book(?:ing)?|pop(?:ping)?|schedul(?:e|ing)|pencil+(?:ing)?|reserv(?:e|ing)|squeez(?:e|ing)|quetsch\w*|schieb\w*|fit(?:ting)? \w+ in|get(?:ting)? \w+ (?:in|down|on)|secur(?:e|ing)|unterbringen|reinschieben|dazwischenschieben|sichern|einplanen|einschieben|lock(?:ing)? in|add(?:ing)?)\b"
    ),
}

# "die Absage ist eingetragen", "your cancellation has gone through"
DONE_NOUN = (
    r"(?:eingetragen|erledigt|durch|notiert|bestaetigt|vermerkt|aufgenommen|done|confirmed|processed|through|noted|completed?|in place)"
)
ACTION_NOUNS: dict[Action, re.Pattern[str]] = {
    "cancelled": re.compile(rf"\b(?:absage|stornierung|storno|cancellation)\b.*\b{DONE_NOUN}\b"),
    "moved": re.compile(rf"\b(?:umbuchung|verschiebung|terminaenderung|aenderung|rescheduling|change)\b.*\b{DONE_NOUN}\b"),
}
# "I was able to get you in", "ich konnte Sie noch unterbringen"
# "der Freitag ist damit erledigt", to somebody who wanted to cancel
OVER = re.compile(
    r"\bist (?:damit |jetzt |somit |hiermit |fuer sie |auch |schon )*(?:erledigt|hinfaellig|vom tisch|passe|geschichte)\b|\bis (?:now |all )*(?:dealt with|history|off the table)\b|\b(?:appointment|booking|it|that|\w+day)(?:'s| is) (?:now |all )*(?:gone|off|out)\b"
)
ACHIEVED = re.compile(r"\b(?:(?:was|were|been) able to|managed to|konnten?|konnte ich|ist (?:mir|uns) gelungen)\b")


def find_action(plain: str, scanned: str, expected: str | None = None) -> Action | None:
    """Find the action a clause states; `plain` is the folded text, `scanned` the same with marks for days and times.

    `expected` is the action that was asked for: then a word for anything that is done is enough.
    """
    if OTHER_SUBJECT.search(plain) and not APPOINTMENT.search(plain):
        return None
    for action, nouns in ACTION_NOUNS.items():
        if nouns.search(plain):
            return action
    for action, verbs in VERBS.items():
        verb = verbs.search(plain)
        if verb and STATEMENTS[action].search(plain):
            if (WEAK_VERB.fullmatch(verb[0]) or TENTATIVE.search(verb[0])) and not ABOUT_APPOINTMENT.search(scanned):
                return action if action == expected != "booked" else None
            if SECOND_PERSON.search(plain):
                return "stands" if action == "booked" else None
            return action
    if expected in ("cancelled", "moved") and OVER.search(plain):
        return cast("Action", expected)
    if ACHIEVED.search(plain) and (achieved := find_intended_action(plain)):
        return achieved
    if STATEMENTS["cancelled"].search(plain):
        return "cancelled"
    if (STATEMENTS["booked"].search(plain) and ("<" in scanned or expected == "booked")) or (
        DONE_TO_YOU.search(scanned) and not NOT_BOOKED.search(plain)
    ):
        return "moved" if IN_PLACE_OF.search(plain) else "booked"
    if EXISTING_APPOINTMENT.search(plain) or FAREWELL.search(scanned):
        return "moved" if IN_PLACE_OF.search(plain) and APPOINTMENT.search(plain) else "stands"
    return None


def find_intended_action(plain: str, scanned: str = "") -> Action | None:
    """Find the action that a clause announces: "ich trage Sie ein"."""
    if OTHER_SUBJECT.search(plain) and not APPOINTMENT.search(plain):
        return None
    intended = next((action for action, verbs in INTENDED.items() if verbs.search(plain)), None)
    return intended or ("booked" if DOES_TO_YOU.search(scanned) else None)
