"""Promises that must have left something behind: a callback, a message, a place on the waitlist, a text message or e-mail."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections.abc import Sequence
from typing import Literal, cast

from app.domain.claims.claim_types import Claim, PromiseKind
from app.domain.claims.clauses import Clause
from app.domain.claims.dialogue_topics import Topic
from app.domain.claims.evidence_types import Evidence
from app.domain.claims.false_claim import FalseClaim, MismatchKind, build_mismatch
from app.domain.language.vocabulary import fold

Channel = Literal["sms", "email"]

YOU = r"(?:sie|dich|euch|ihnen|dir)"
CALLBACK = re.compile(
    rf"\b(?:ruf|rufe|rufen|ruft|klingel[nt]?)\b(?: \S+){{0,8}} (?:zurueck|an|durch)\b(?! uns)|\b(?:zurueckruf(?:e|en|t)|anruf(?:e|t)|zurueckgerufen|angerufen|zurueckzurufen|anzurufen)\b|\b(?:meld|melde|meldet|melden)\b(?: \S+){{0,8}}? (?:sich|uns|mich|bei (?:ihnen|dir|euch))\b|\b(?:sich|uns|mich)\b(?: \S+){{0,6}} (?:bei {YOU} )?meld(?:e|et|en)\b"
    r"|\brueckruf\w*\b.{0,60}\b(?:notiert|eingetragen|vermerkt|veranlasst|veranlasse|weitergegeben|aufgenommen|hinterlegt|angelegt|vorgemerkt|erfasst|kommt|bekommen|erhalten|erfolgt|notiere|vermerke|gebucht|eingestellt|geplant|an|in die wege|raus|steht)\b|\b(?:notiere|vermerke|veranlasse|bekommen|erhalten|kriegen|hinterlege|trage)\b.{0,40}\brueckruf\w*\b"
    r"|\b(?:kommt|kommen)\b.*\bauf (?:sie|dich|euch) zu\b|\bin verbindung\b|\bkontaktier\w*\b|\bnimmt kontakt\b|\b(?:bekommen|erhalten|kriegen)\b.*\banruf\b|\bhoer(?:en|st)\b(?: \S+){0,4} von (?:uns|mir|ihm|ihr|der|dem|frau|herrn)\b"
    r"|\b(?:call|ring|phone|calls|rings|phones|calling|ringing)(?: \w+){0,2} you(?: right)? back\b|\b(?:will|'ll|going to|gonna) (?:\w+ ){0,2}(?:call|ring|phone) you\b(?! (?:if|when))|\bgive you a (?:\w+ )?(?:call|ring|bell|buzz|shout)\b|\bget(?:s|ting)? back to you\b|\b(?:be|get|getting) in touch\b|\breach out to you\b|\bcall ?backs? (?:is|has been|request\w*|booked|noted|logged|scheduled)\b|\b(?:booked|arranged|logged|noted|requested|scheduled|set up|put (?:in|down)) (?:\w+ ){0,3}call ?back\b|\bhear (?:back )?from (?:us|me|her|him|them|the|our|mr|ms|mrs|dr)\b|\breturn your call\b|\b(?:to|and|that|he|she|they|someone|somebody|owner|manager|doctor|team|who'll) (?:\w+ ){0,2}(?:call|ring|phone|contact)s? you\b|\bexpect (?:a|her|his|our|their|the)(?: phone)? ?call\b|\bon the phone (?:to|with) you\b|\bdrop you a line\b|\b(?:we|she|he|they|someone|the team|\w+)(?:'ll| will) let you know\b|\b(?:wir|sie|er|man|die|der|das team|\w+in) (?:geben|gibt|sagt|sagen) (?:ihnen|dir)\b.*\bbescheid\b|\btouch base with you\b|\bcontact you\b"
)
# the caller is to ring, or somebody rang before
CALLER_RINGS = re.compile(
    r"\bsie rufen (?:selbst|noch ?mal|am besten)\b|^(?:bitte )?(?:rufen|melden|ruf|meld) (?:sie|dich|du)?\b|\bsie haben (?:uns|mich)\b|\b(?:muessten|muessen|koennen|koennten|sollten) sie sich\b|\b(?:rufen|melden) sie (?:sich|uns|mich|einfach|bitte|gern|doch|an|noch)\b|\bsie (?:rufen|melden) (?:uns|sich|mich|einfach|dann)\b(?! bei ihnen)|\b(?:call|ring|phone) us\b|\bgive us a\b|\bthank\w* for calling|\bdanke?\b.*\b(?:anruf\w*|angerufen)|\bjust (?:call|ring)\b"
)
MESSAGE = re.compile(
    r"\bricht\w*\b.*\baus\b|\bausgericht\w*|\bausricht\w*|\bgeb(?:e|en|s)?\b.*\bweiter\b|\bweiter(?:geben|gegeben|geleitet|leiten|gereicht|sagen|gesagt)\b|\bleite?n?\b.*\bweiter\b|\bsag(?:e|en|s)?\b(?:.{0,40})\bbescheid\b|\bbescheid(?: gesagt| gegeben| geben| sagen)?\b|\bhinterlass\w*\b.*\b(?:nachricht|notiz)\b|\b(?:nachricht|notiz)\b.*\b(?:hinterlassen|hinterlegt|notiert|aufgenommen|aufgeschrieben|gespeichert|gesichert|abgelegt|erfasst|vermerkt|eingetragen|geschickt|weg|raus)\b|\bsag(?:e|en|s)? (?:es |das )?(?:der|dem|ihr|ihm|frau|herrn)\b|\berzaehl\w*\b.*\b(?:ihr|ihm|der|dem)\b|\bweiss(?: \w+)? bescheid\b|\b(?:bekommt|kriegt|erhaelt|sieht|liest|findet)\b.*\b(?:nachricht|notiz|zettel)\b|\b(?:werde|wird|werden)\b.*\b(?:informiert|informieren|benachrichtigt|verstaendigt|ausgerichtet|mitgeteilt|mitteilen)\b|\bteile?\b.*\bmit\b$|\b(?:informiere|verstaendige|informiert)\b.*\b(?:sie|ihn|team|kolleg\w*|chef\w*|die|den|frau|herrn)\b"
    r"|\bpass(?:ed|ing|es)? (?:\w+ ){0,6}?(?:on|along)\b|\bpassed (?:on|along)\b|\blet (?!you\b|me\b|us\b)(?:\w+ ){1,4}?know\b|\btell (?!you\b|me\b|us\b)(?:\w+)\b(?! (?:you|me))|\b(?:leave|left|leaving|taken|took|write|written|sent|send) (?:\w+ ){0,3}(?:message|note)\b|\b(?:note|message|memo) (?:for|to|on) (?!you\b|your\b)\w+|\b(?:will|'ll) (?:know|be told|be informed|get (?:the|your) message)\b|\b(?:has|have) been (?:told|informed)\b|\b(?:will|'ll) (?:find|see|have|get) (?:a|my|your|the) (?:note|message)\b|\bheads.?up\b|\bwarn(?:ed)? (?!you\b)\w+|\brelay(?:ed|ing)?\b|\bforward(?:ed|ing)? (?:that|it|this|your)\b|\bgive (?:her|him|them) (?:the|your|that) message\b|\bmake sure (?:she|he|they|\w+) (?:gets?|knows?|hears?|sees?)\b|\bmessage(?:'s| is| has been|'s been) (?:now |safely )?(?:noted|taken|logged|recorded|saved|stored|left|in the system|with)\b|\binform(?:ed)? (?!you\b)\w+\b"
)
TO_CALLER = re.compile(rf"\b(?:sag\w*|geb\w*|gesagt|gegeben)\b.*\b(?:{YOU[3:-1]})\b.*\bbescheid\b|\b{YOU}\b.*\bbescheid\b|\blet you know\b")
WAITLIST = re.compile(
    r"\bwarteliste\b.*\b(?:gesetzt|eingetragen|aufgenommen|drauf|notiert|vermerkt|geschrieben|setze|gepackt|drin)\b|\b(?:steh\w*|sind|bist|seid|setze?n?|habe?n?|packe?n?|nehme?n?|trage?n?)\b.*\bwarteliste\b"
    r"|\b(?:on|to|onto) (?:the|our|a) (?:wait(?:ing)? ?list|cancellation list)\b|\bwait ?listed\b"
)
NOUN_SMS = r"sms|kurznachricht|text(?: message)?|whatsapp|handynachricht|textnachricht"
NOUN_MAIL = r"e-?mails?|mails?|postfach|inbox"
NOUN_ANY = (
    r"(?:termin|buchungs)?bestaetigung\w*|confirmation|link|zusammenfassung|nachricht\b.*\bhandy|handy\b.*\bnachricht|nachricht aufs? \w+"
)
NOUNS = rf"(?:{NOUN_SMS}|{NOUN_MAIL}|{NOUN_ANY})"
NOUN = re.compile(rf"\b{NOUNS}\b")
NOTIFICATION = re.compile(
    rf"\b(?:bekomm\w*|erhalt\w*|erhaelt\w*|krieg\w*|schick\w*|sende?n?|geschickt|gesendet|verschickt|zugeschickt|kommt|folgt|geht|ist|ging)\b.*\b{NOUNS}\b|\b{NOUNS}\b.*\b(?:bekomm\w*|erhalt\w*|krieg\w*|schick\w*|sende?n?|geschickt|gesendet|verschickt|raus|unterwegs|kommt|folgt|geht|zu)\b|\b(?:sms|mail|e-mail|simse|texte)\b ?(?:ich|wir)\b"
    rf"|\b(?:get|receive|have|send|sent|sending|getting|receiving|expect)\b.*\b{NOUNS}\b|\b{NOUNS}\b.*\b(?:is|are|will|has|coming|on its way|on the way|sent|shortly|through)\b|\b(?:text|texted|texting|email|emailed|e-mailed|emailing) (?:you|it|that|the|over|a)\b"
)
# sent at another time, by others, or by the caller
OTHER_MESSAGE = re.compile(
    r"\b(?:erinner\w*|remind\w*|newsletter|rechnung\w*|invoice|antworten sie|reply|haben sie (?:eine|die)|hast du|schicken sie|senden sie|schreiben sie|send us|email us|text us|an unsere|unter|oder per|ihre mail|ihre e-mail|your email|deine mail|adresse|address)\b"
)
FREED = re.compile(
    r"\b(?:frei wird|frei werden|freiwerden|nachrueck\w*|platz frei|absagt|abspringt|opens up|comes up|becomes available|cancels|frees up|is free|drops out|pulls out|slot opens|spot opens|something opens|gap opens|was frei|etwas frei)\b"
)
# "that's set": the promise beside it
SETTLED = re.compile(
    r"^(?:\w+,? ){0,2}?(?:that's|that is|it's|it is|all|das|es|alles|ist)\b(?: \w+){0,3}? (?:set|sorted|settled|arranged|done|fest|fix|ausgemacht|abgemacht|vereinbart|geregelt)\b"
)
NOT_KEPT: dict[str, tuple[MismatchKind, str]] = {
    "callback": ("no_callback", "request_callback"),
    "message": ("no_message", "take_message"),
    "waitlist": ("not_on_waitlist", "join_waitlist"),
    "notification": ("not_sent", "send_link"),
}
# "oder notiere einen Rückruf": one of two offers
ALTERNATIVE = re.compile(
    r"\b(?:oder|or)\b(?! (?:morgen|uebermorgen|spaetestens|am|um|heute|bald|so|her|him|them|tomorrow|later|by|in|at|on|zwei|two|drei)\b)"
)
STAND_BY = re.compile(r"\bbescheid\b|\bmerke?n?\b.*\bvor\b|\bvorgemerkt\b|\bliste\b|\blist\b")
# what the caller is to do
IMPERATIVE = re.compile(
    r"^(?:(?:bitte|dann|also|am besten|please|just|then|so),? )*(?:(?:sagen|erzaehlen|berichten|geben|richten|teilen|schreiben|hinterlassen|schicken) sie|(?:tell|let|give|ask|text|email|send|call|ring) (?:us|him|her|them))\b"
)
# "schreiben Sie uns, dann melden wir uns"
IF_CALLER = re.compile(
    r"\b(?:schreiben|schicken|rufen|hinterlassen) sie\b.*\bdann\b|\b(?:drop|send|email|write|leave) (?:us|me)\b.*\band (?:we|i|someone)\b"
)
# "Anna weiß Bescheid": she sees what was booked
KNOWS = re.compile(r"\b(?:weiss|wissen)\b.*\bbescheid\b|\b(?:knows|aware|in the loop)\b")
PROMISING = ("statement", "future", "intention", "other")
# "müsste schon da sein": meant as a statement
OUGHT = re.compile(r"\b(?:muessten?|duerften?|sollten?|should|ought to)\b")
WRITTEN_DOWN = (
    r"notiert|notiere|festgehalten|aufgeschrieben|vermerkt|aufgenommen|hinterlegt|noted|written (?:that|it)? ?down|made a note|jotted"
)
WRITTEN_DOWN = r"(?!.*\b(?:namen?|nummer|number|name)\b).*\b(?:notiert|notiere|festgehalten|aufgeschrieben|vermerkt|aufgenommen|hinterlegt|noted|written (?:that |it )?down|made a note|jotted)"
CUES: dict[Topic, re.Pattern[str]] = {
    "waitlist": re.compile(rf"\b(?:liste|list|vorgemerkt)\b|^{WRITTEN_DOWN}\b"),
    "callback": re.compile(
        rf"^{WRITTEN_DOWN}\b|\b(?:anruf\w*|ruf(?:t|en|e)?\b(?!.*\bauf$)|zurueck\w*|meld(?:e|et|en)|kontakt\w*|call(?:s|ing)?|ring(?:s|ing)?|phone[sd]?|reach|touch|get back)\b"
    ),
    "message": re.compile(
        rf"^{WRITTEN_DOWN}\b|\b(?:info\w*|nachricht|notiz\w*|sag\w*\b.*\b(?:ihr|ihm|es|das)|(?:ihr|ihm|es|das)\b.*\bsag\w*|gesagt|weiss|bescheid|weiter\w*|ausricht\w*|tell|told|knows?|heads up|message|note|inform\w*|pass\w*|gets? it|kriegt es|bekommt (?:es|sie)|erfaehrt|erfahren|liest|reads?|find\w*)\b"
    ),
    "notification": re.compile(
        r"\b(?:sms|simse|mail|e-mail|handy|postfach|bestaetigung|confirmation|nachricht|text|message|schriftlich|geschickt|schicke?n?|sende?n?|gesendet|text(?:ed|ing)?|to your phone|inbox|send(?:ing)?|sent|on (?:its|the) way|unterwegs|raus)\b"
    ),
}


def read_promise(clause: Clause, topic: Topic | None, *, sentence: str) -> Claim | None:
    """Read what the clause promises; `sentence` is the folded sentence around it, `topic` what the conversation is about."""
    if clause.negated or clause.has_tag or clause.asks or IMPERATIVE.search(clause.plain):
        return None
    if FREED.search(sentence) and clause.act != "offer" and (_is_contact(clause) or NOTIFICATION.search(clause.plain)):
        return Claim("waitlist", clause.position, clause.sentence)
    if ALTERNATIVE.search(clause.plain) or clause.act not in PROMISING:
        is_named = NOUN.search(clause.plain) or (topic == "notification" and CUES["notification"].search(clause.plain))
        is_sent = clause.act == "offer" and OUGHT.search(clause.plain) and is_named
        return _build_claim("notification", clause) if is_sent else None
    kind = _find_kind(clause) or _find_kind_of_topic(clause, topic)
    return _build_claim(kind, clause) if kind else None


def remove_settled(claims: Sequence[Claim]) -> list[Claim]:
    """ "That's set, someone will ring you": what is settled is the promise, no appointment."""
    promised = {claim.quote for claim in claims if claim.kind in ("callback", "message")}
    return [
        claim
        for claim in claims
        if not (
            claim.kind == "booked"
            and claim.quote in promised
            and SETTLED.search(fold(claim.quote))
            and (claim.is_weak or not any(mention.has_time for mention in claim.mentions))
        )
    ]


def _build_claim(kind: PromiseKind, clause: Clause) -> Claim:
    return Claim(kind, clause.position, clause.sentence, fact=find_channel(clause.plain) if kind == "notification" else None)


def _find_kind(clause: Clause) -> PromiseKind | None:
    if WAITLIST.search(clause.plain):
        return "waitlist"
    if NOTIFICATION.search(clause.plain) and not OTHER_MESSAGE.search(clause.plain) and not clause.is_conditional:
        return "notification"
    if CALLBACK.search(clause.plain) and not CALLER_RINGS.search(clause.plain) and not _depends(clause):
        return "callback"
    if MESSAGE.search(clause.plain) and not TO_CALLER.search(clause.plain) and not clause.is_conditional:
        return "message"
    return None


def _find_kind_of_topic(clause: Clause, topic: Topic | None) -> PromiseKind | None:
    """Where it was asked for, a single word is enough."""
    cue = CUES.get(topic) if topic else None
    if cue is None or not cue.search(clause.plain) or _depends(clause):
        return None
    if any(pattern.search(clause.plain) for pattern in (CALLER_RINGS, OTHER_MESSAGE, TO_CALLER)):
        return None
    return cast("PromiseKind", topic)


def check_promise(claim: Claim, evidence: Evidence) -> list[FalseClaim] | None:
    """Check whether the call left behind what was promised; None where that is not known."""
    kept = _is_kept(claim, evidence)
    if kept is None or kept:
        return [] if kept else None
    kind, tool = NOT_KEPT[claim.kind]
    mismatch = build_mismatch(kind, claim, channel=claim.fact)
    mismatch.tool, mismatch.rejection, mismatch.was_used = tool, evidence.rejections.get(tool), tool in evidence.used_tools
    return [mismatch]


def _is_kept(claim: Claim, evidence: Evidence) -> bool | None:
    if claim.kind == "waitlist":
        return True if evidence.tasks else evidence.is_on_waitlist
    if claim.kind == "notification":
        return _was_notified(claim.fact, evidence)
    if (
        claim.kind == "message"
        and KNOWS.search(fold(claim.quote))
        and any(each.was_created or each.was_moved or each.was_cancelled for each in evidence.appointments)
    ):
        return True
    return None if evidence.tasks is None else bool(evidence.tasks)


def _depends(clause: Clause) -> bool:
    """Check for a condition that leaves it open whether it happens; "sobald" only says when."""
    if IF_CALLER.search(clause.sentence.casefold()):
        return True
    return clause.is_conditional and not re.search(
        r"\b(?:sobald|wenn (?:sie|er|die|der)\b.*\b(?:wieder|da|zurueck|fertig|frei)|as soon as|once|when)\b", clause.sentence.casefold()
    )


def _is_contact(clause: Clause) -> bool:
    return (
        CALLBACK.search(clause.plain) is not None or TO_CALLER.search(clause.plain) is not None or STAND_BY.search(clause.plain) is not None
    ) and not CALLER_RINGS.search(clause.plain)


def find_channel(plain: str) -> Channel | None:
    if re.search(rf"\b(?:{NOUN_SMS}|texted|texting|text you|handy|to your phone)\b", plain):
        return "sms"
    return "email" if re.search(rf"\b(?:{NOUN_MAIL}|emailed|e-mailed|emailing)\b", plain) else None


def _was_notified(channel: Channel | None, evidence: Evidence) -> bool | None:
    if evidence.notifications is None:
        return None
    if channel is not None:
        return channel in evidence.notifications
    # an external calendar confirms its bookings itself
    return bool(evidence.notifications) or any(each.was_created or each.was_moved for each in evidence.appointments)
