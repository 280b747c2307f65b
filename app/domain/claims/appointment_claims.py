"""Reads claims about appointments from a clause: stated outright, accepted in passing, announced, or denied."""

# ruff: noqa: E501  (patterns are read in one line)

import re

from app.domain.claims.action_vocabulary import (
    APPOINTMENT,
    DOES_TO_YOU,
    HOLD_VERB,
    TENTATIVE,
    WEAK_VERB,
    Action,
    find_action,
    find_intended_action,
)
from app.domain.claims.appointment_mentions import AppointmentMention, MentionReader
from app.domain.claims.claim_types import Claim, PromiseKind
from app.domain.claims.clauses import PENDING, Clause
from app.domain.claims.dialogue_topics import Topic
from app.domain.claims.name_index import NameIndex
from app.domain.claims.prices import PRICE, replace_numbers
from app.domain.language.marked_text import Scanner
from app.domain.language.vocabulary import fold

# words of a read-back; a clause of nothing but these, a time and names says what was agreed
FILLERS = re.compile(
    r"\b(?:und|also|dann|so|ja|genau|gut|okay|ok|prima|super|perfekt|wunderbar|klasse|toll|bestens|schoen|sehr|alles|klar|geht|passt|abgemacht|einverstanden|gerne?|natuerlich|selbstverstaendlich|in ordnung|machen|wir|das|es|ist|waere|damit|haben|hab|ich|am|um|an|den|dem|der|die|das|bei|beim|mit|im|in|fuer|zum|zur|zu|auf|ein|eine|einen|uhr|termin|termine|ihr|ihre[nmr]?|dein|deine[nr]?|sie|dich|du|ihnen|dir|uns|nochmal|noch|mal|einmal|kurz|zusammen|zusammenfassung|zusammengefasst|fasse|wiederhole|bestaetigung|zur|und zwar|namens|jetzt|tschuess|danke|bitte|kommen|kommst|freue?n?|mich|auf|sehen|heisst|deal|geritzt|gebongt|uebrigens|jeweils|von|da|hier|er|steht|stehen|sind|bist|sei|klappt|geklappt|hat|haut|hin|funktioniert|laeuft|wird|gemacht|gebucht|vorbei|einfach|her|bis|filiale|salon|branch|location|fertig|erledigt|nun|dazu|ganz|genauso|bestaetigt|gefunden|sehe|schon|scho|sich|freut|erwartet|wartet|begruesst|mitschreiben|merken|jawoll|jawohl|jo|joa|jep|jap|yo|klaro|logo|freilich|sicher|bingo|yup|yeah|ok|aye|righto|right-o|cool|nice|sweet|smashing|splendid|grand|fab|champion|spitze|klasse|toll|fein|gebongt|roger|zusammengefasst|wie|besprochen|gewuenscht|vereinbart|nachmittags?|vormittags?|morgens|frueh|abends?|mittags?|morning|afternoon|evening|noon"
    r"|and|then|so|right|great|lovely|brilliant|excellent|wonderful|alright|all|fine|good|sounds|works|no|problem|trouble|bother|worries|sure|certainly|absolutely|of course|done|it|it's|is|that|that's|you|you're|your|we|we'll|i|i'll|see|on|at|in|for|with|by|the|a|an|appointment|booking|slot|just|to|confirm|recap|summarise|summarize|sum|up|again|now|o'clock|thanks|thank|will|be|have|till|until|looking|forward|of|okey|dokey|deal|yes|yep|yeah|you've|i've|we've|got|have|has|been|there|here|he|she|they|this|come|here's|there's|we're|i'm|found|as|discussed|agreed|in the|actually|that'd|would|eigentlich|tatsaechlich|genauer|gesagt)\b"
)
ADDRESSED = re.compile(r"\b(?:herrn?|frau|mr|mrs|ms|miss|dr)\.? \w+(?:-\w+)?")
ACCEPTANCE = re.compile(
    r"(?:(?:so|gut|okay|ok|ja|na klar|klar|super|prima|perfekt|gern|gerne|natuerlich|dann|und|alles klar|right|sure|great|yes|of course|certainly|no problem|kein problem|lovely|brilliant|perfect),? )*"
    r"(?:(?:das |es |alles |ist |wird |hab |habe |haben |ich |i |wir |ihnen |sie |dich |euch |schon |jetzt |damit |hiermit |geht |that's |that is |it's |it is |is |all |all of that is |consider it |i've |we've |i have |got |it |that |now |will )*)"
    r"(?:geht klar|klar|geht in ordnung|in ordnung|gemacht|erledigt|notiert|vermerkt|aufgeschrieben|aufgenommen|festgehalten|eingegeben|gespeichert|veranlasst|mach(?:e|en)? (?:ich|wir)(?: so| gerne?| gleich)?|so machen wir(?: das|'s)?|machen wir so|abgemacht|gebongt|geritzt|fertig|passiert|geregelt|kuemmere ich mich(?: drum| darum)?"
    r"|(?:hat|ist|has|went) (?:geklappt|funktioniert|durch|worked|through)|(?:you're|you are|sie sind|du bist|sie stehen) (?:jetzt )?(?:on it|drauf|on there)|done|sorted|noted|taken care of|settled|finished|will do|you got it|arranged|in hand|dealt with|got that down|wrote that down|jotted that down|did that)(?: (?:fuer sie|fuer dich|for you|then|now|dann|so))?"
)
GENERIC_ACCEPTANCE = re.compile(r"\b(?:klar|in ordnung|fertig)$")
# other frames that a time may stand in
OTHER_FRAME = re.compile(
    r"\b(?:frei(?:e[nrsm]?)?|verfuegbar|verfuegbarkeit|available|availability|opening|free|erinner\w*|remind\w*|bus|bahn|park\w*|arbeitet|im haus|dienst|urlaub|krank|ferien|feiertag|spaetestens|deadline|frist|gueltig|valid|angebot|aktion|offer|leider|unfortunately|afraid|sorry|sms|mail|code"
    r"|zurueck|rueckruf\w*|anrufen|angerufen|ruft|rufe|callback|call you|ring you|meldet|melden|melde|geoeffnet|offen|geschlossen|oeffnungszeit\w*|ruhetag|oeffne\w*|schliess\w*|open|opens|closed?|hours|vorher|frueher|earlier|beforehand|puenktlich|on time|arrive|da sein|mitbring\w*|vorschlag\w*|suggest\w*|kostet|costs?|dauert|takes|warteliste|waiting list|waitlist)\b"
)
FAREWELL_DAY = re.compile(r"\b(?:bis|until|till|see you|sehen)\b[^<]*<d\d+>")
YOU = re.compile(r"\b(?:sie|ihnen|dich|dir|du|euch|you|you're|you'll|your|ihre?[nmrs]?)\b")
ASKS_WHO = re.compile(r"\b(?:wem|wer|wen|who|whom|which (?:stylist|doctor|mechanic))\b")
WINDOW = re.compile(r"\b(?:bis|ab|until|till|from) <t")
# that nothing was changed is no denial
UNCHANGED = re.compile(
    r"\b(?:veraendert|geaendert|abgesagt|verschoben|storniert|angefasst|angeruehrt|changed|moved|cancel+ed|touched|altered)\b"
)
DENIAL = re.compile(
    r"\bsteh\w* (?:\w+ ){0,3}(?:nichts|kein\w*)\b|\b(?:sehe|seh|finde|find|habe|hab)\b.{0,25}\b(?:nichts|keinen)\b|\bnothing (?:here|there|on|under|for|in)\b|\b(?:can't|cannot|don't|couldn't) (?:see|find|have) (?:you|anything|any)\b|"
    r"\b(?:kein\w*|nicht|nichts|no|not|any|nothing|never|hasn't|isn't|haven't|don't)\b.*\b(?:termin\w*|buchung\w*|eintrag\w*|eingetragen|gebucht|vorgemerkt|gespeichert|appointments?|bookings?|booked|scheduled|down)\b|\b(?:termin\w*|buchung\w*|eintrag\w*|eingetragen|appointment|booking)\b.*\b(?:nicht|kein\w*|not)\b"
)
# "einen früheren Termin kann ich Ihnen nicht geben", "I can't cancel that appointment" deny none; "I can't see one" does
ANOTHER = re.compile(
    r"\b(?:fruehere\w*|spaetere\w*|andere[nrms]?|weitere[nrms]?|neue[nrms]?|freie[nrms]?|naechere\w*|zweite[nrms]?|earlier|later|other|another|further|free|new|second|extra|sooner) (?:\w+ )?(?:termin\w*|appointments?|bookings?|slots?)\b"
)
LOOKED_UP = re.compile(r"\b(?:seh\w*|find\w*|entdeck\w*|erkenn\w*|see\w*|spot\w*|locate)\b")
APOLOGY = re.compile(r"\b(?:leider|unfortunately|afraid|sorry)\b")
AGREEMENT_TOPICS = ("booked", "free", "moved", "notification", "price", "duration")
# whoever says so in the same turn does not call it certain
STILL_PENDING = re.compile(
    r"\b(?:not ink|pencil\w*|(?:still|yet) (?:has|have|got|needs?) to|(?:has|have|got)(?: still)?(?: got)? to (?:say yes|confirm|approve|agree)|waiting for|provisional\w*|subject to|not (?:yet |quite )?(?:confirmed|final)|once .{0,30}confirm\w*|muss (?:\w+ ){0,4}(?:bestaetig\w*|zustimm\w*|freigeb\w*)|noch nicht (?:ganz )?(?:fest|bestaetigt|sicher|durch)|vorlaeufig|unter vorbehalt|sobald .{0,40}bestaetig\w*)\b"
)
# what leaves it open
UNSETTLED = re.compile(
    r"\b(?:vielleicht|eventuell|wahrscheinlich|vermutlich|maybe|perhaps|probably|possibly|might|versuch\w*|try|trying|tried|abgelehnt|turned down|refused|rejected|frag\w*|ask\w*|klaer\w*|pruef\w*|check\w*|wunsch\w*(?<!wunschtermin)|anfrage\w*|angefragt|request\w*|weitergegeben|weitergeleitet|jemand\w*|someone|anyone|anders|else|brauch\w*|benoetig\w*|need\w*|noch nicht|voll|full|busy|krank|erst|statt|sagten|sagen sie|nennen|geben sie|tell me|give me|if|wenn|ob|falls|war|waren|was|were|hatte\w*|had|eng|knapp|tight|schwierig|difficult|sonst|otherwise|verstanden|understand|understood|lieber|rather|dachte|thought|unavailable|(?<!kein )(?<!no )problem\w*|impossible|unmoeglich|enttaeusch\w*|wrong|gone(?! (?:through|ahead))|schief\w*|fehler|error|issue|(?<!no )trouble|fraglich|unsicher|unsure|muss|must|gilt|vorbei)\b|\b(?:bis|ab|nach|vor|after|before|from|until|till) (?=<t)"
)
TOPIC_ACTIONS: dict[Topic, Action | PromiseKind] = {
    "booked": "booked", "free": "booked", "moved": "moved", "cancelled": "cancelled", "callback": "callback", "message": "message", "waitlist": "waitlist", "notification": "notification",
}  # fmt: skip


def read_action(clause: Clause, reader: MentionReader, topic: Topic | None) -> Claim | None:
    """Read an action or an existing appointment that the clause states outright."""
    scanner = reader.mark(clause.raw)
    if clause.negated or clause.act not in ("statement", "future"):
        return None
    action = find_action(clause.plain, scanner.text, TOPIC_ACTIONS.get(topic) if topic else None)
    if action is None or (clause.act == "future" and action in ("booked", "moved", "cancelled")):
        return None
    mentions = reader.find(clause.raw)
    has_time = any(mention.has_time for mention in mentions)
    if action == "stands" and (clause.has_tag or not has_time or OTHER_FRAME.search(scanner.text)):
        return None
    claim = Claim(action, clause.position, clause.sentence, mentions)
    claim.tentative, claim.held_only = bool(TENTATIVE.search(clause.plain)), bool(HOLD_VERB.search(clause.plain))
    return claim


def may_mean_topic(claim: Claim, clause: Clause, topic: Topic | None) -> bool:
    """Check whether a word for anything that is written down means the callback or message just spoken of."""
    is_open = WEAK_VERB.search(clause.plain) is not None and not APPOINTMENT.search(clause.plain)
    return claim.kind == "booked" and is_open and topic in ("callback", "message", "waitlist")


def read_announcement(clause: Clause, reader: MentionReader) -> Claim | None:
    """Read an action that the clause announces; it counts if nothing comes after it."""
    scanned = reader.mark(clause.raw).text
    is_announced = clause.act in ("intention", "future") or (clause.act == "statement" and DOES_TO_YOU.search(scanned))
    if clause.negated or clause.has_tag or not is_announced:
        return None
    action = find_intended_action(clause.plain, scanned)
    if action is None or PENDING.search(clause.plain):
        return None
    return Claim(action, clause.position, clause.sentence, reader.find(clause.raw), tentative=True, is_weak=True)


def read_acceptance(clause: Clause, reader: MentionReader, topic: Topic | None, *, has_appointment: bool, question: str) -> Claim | None:
    """Read a time that is only accepted or read back, "Geht klar, Dienstag um drei", or a bare "ist notiert"."""
    # "ich hab's eingetippt: Dienstag, zehn Uhr, Anna"
    introduction, _, listed = clause.raw.rpartition(": ")
    raw = clause.raw if OTHER_FRAME.search(fold(introduction)) or reader.find_timed(introduction) else listed
    scanner = reader.mark(raw)
    if clause.negated or clause.has_tag or clause.act not in ("statement", "future") or PENDING.search(clause.plain):
        return None
    if topic is None and not has_appointment:
        # nothing is being arranged
        return None
    mentions = reader.find(raw)
    kind = TOPIC_ACTIONS.get(topic) if topic else None
    if has_appointment and not any(mention.has_time for mention in mentions) and is_read_back(scanner, reader.names):
        staff = mentions[0].staff if mentions else reader.names.find_bare_staff(scanner.text) if ASKS_WHO.search(question) else set()
        if staff:
            # who it is with, and nothing else
            return Claim("stands", clause.position, clause.sentence, [AppointmentMention(staff=staff)], is_weak=True)
    names_date = has_appointment and any(mention.day is not None for mention in mentions)
    if (
        any(mention.clock is not None for mention in mentions)
        or names_date
        or (FAREWELL_DAY.search(scanner.text) and any(mention.has_time for mention in mentions))
    ):
        action: Action = "moved" if kind == "moved" else "stands"
        if is_choice(scanner, mentions) or not is_read_back(scanner, reader.names):
            return None
        if len(mentions) == 1 and not mentions[0].staff:
            mentions[0].staff = reader.names.find_bare_staff(ADDRESSED.sub(" ", scanner.text))
        return Claim(action, clause.position, clause.sentence, mentions, is_weak=True)
    stated = ADDRESSED.sub("", clause.plain).strip(" ,")
    if kind is not None and ACCEPTANCE.fullmatch(stated) and not GENERIC_ACCEPTANCE.search(stated.removesuffix("geht klar")):
        return Claim(kind, clause.position, clause.sentence, tentative=True, is_weak=True, is_vague=True)
    return None


def read_agreement(clause: Clause, reader: MentionReader, topic: Topic | None, spoken_of: list[AppointmentMention]) -> Claim | None:
    """Read a time that was spoken of before and is stated as settled, in whatever words."""
    scanner = reader.mark(clause.raw)
    if clause.act not in ("statement", "future", "intention") or clause.negated or clause.has_tag or clause.is_conditional:
        return None
    if topic not in AGREEMENT_TOPICS or OTHER_FRAME.search(scanner.text) or UNSETTLED.search(scanner.text) or PENDING.search(clause.plain):
        return None
    mentions = [mention for mention in reader.find(clause.raw) if mention.clock is not None]
    # an hour that nobody named before is settled only for somebody
    is_for_caller = YOU.search(clause.plain) is not None and topic != "free"
    known = spoken_of if is_for_caller else [other for other in spoken_of if other.clock is not None]
    if (
        not mentions
        or is_choice(scanner, mentions)
        or not all(any(_is_same_time(mention, other) for other in known) for mention in mentions)
    ):
        return None
    return Claim("moved" if topic == "moved" else "booked", clause.position, clause.sentence, mentions, is_weak=True, is_vague=True)


def is_choice(scanner: Scanner, mentions: list[AppointmentMention]) -> bool:
    """Check for several times of which one is to be chosen."""
    return len(mentions) > 1 and re.search(r"\b(?:oder|or)\b", scanner.text) is not None


def _is_same_time(mention: AppointmentMention, other: AppointmentMention) -> bool:
    """Check that a time was spoken of, or its day alone: then whoever states it has chosen the hour."""
    if mention.clock is None or (other.clock is None and mention.days is None):
        return False
    is_same_day = mention.days is None or other.days is None or mention.days.first == other.days.first
    is_same_hour = other.clock is None or (mention.clock.hour % 12, mention.clock.minute) == (other.clock.hour % 12, other.clock.minute)
    return is_same_day and is_same_hour


def read_denial(clause: Clause, reader: MentionReader) -> Claim | None:
    """Read that there is no appointment: "da finde ich nichts", "es ist nichts gebucht"."""
    scanner = reader.mark(clause.raw)
    if not clause.negated or clause.act not in ("statement", "future", "offer") or not DENIAL.search(clause.plain):
        return None
    if UNCHANGED.search(clause.plain) or ANOTHER.search(clause.plain) or (clause.act == "offer" and not LOOKED_UP.search(clause.plain)):
        return None
    if OTHER_FRAME.search(APOLOGY.sub(" ", scanner.text)):
        return None
    return Claim("denied", clause.position, clause.sentence, reader.find(clause.raw))


def is_read_back(scanner: Scanner, names: NameIndex) -> bool:
    """Check that nothing but times, names and words of agreement is left."""
    text = re.sub(r"<[dt]\d+>", " ", scanner.text)
    if OTHER_FRAME.search(text) or WINDOW.search(scanner.text):
        return False
    text = names.remove_names(ADDRESSED.sub(" ", PRICE.sub(" ", replace_numbers(text))))
    return not re.search(r"[a-z]{2,}", FILLERS.sub(" ", text))
