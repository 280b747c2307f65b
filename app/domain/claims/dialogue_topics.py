"""What a turn is about, so that an answer without a subject of its own ("ist notiert", "48 Euro") can be understood."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from typing import Literal

Topic = Literal[
    "booked", "moved", "cancelled", "callback", "message", "waitlist", "notification", "price", "duration", "hours", "address", "free"
]

# the first that fits; a question about a fact goes before the wish it stands beside
PATTERNS: tuple[tuple[Topic, re.Pattern[str]], ...] = (
    (
        "waitlist",
        re.compile(
            r"\bauf (?:die|der|ihre|eure) (?:\w+ )?liste\b|\bon (?:the|your|a) list\b|\b(?:abspringt|absagt|drops out|cancels)\b|\bwarteliste\b|\bwait(?:ing)? ?list\b|\b(?:cancellation|reserve|standby) list\b"
        ),
    ),
    (
        "callback",
        re.compile(
            r"\banruf(?:en|t|e)\b|"
            r"\bzurueck(?:zu)?ruf\w*|\brueckruf\w*|\b(?:ruf\w*|meld\w*|klingel\w*)\b.*\b(?:zurueck|mich|uns|an|bei (?:mir|uns|ihnen|dir))\b|\b(?:call|ring|phone)(?:ed|ing)? (?:me|us|you)\b|\bcall(?:ed|ing)? back\b|\bcallback\b|\bgive (?:me|us|you) a (?:call|ring|bell|shout|buzz)\b|\bget back to (?:me|us|you)\b"
            r"|\bhear (?:back )?from\b|\b(?:mit|zu) (?:der|dem|frau|herrn?)\b.*\b(?:sprechen|reden)\b|\b(?:speak|talk) (?:to|with)\b"
        ),
    ),
    (
        "message",
        re.compile(
            r"\bsag(?:en|st|t)? (?:sie |du |mal |bitte |doch )*(?:der|dem|ihr|ihm|frau|herrn?|[a-z]+)\b.*\b(?:dass|ich|mein)\b|\b(?:sagen|mitteilen|bestellen|schreiben),? dass\b|\bausricht\w*|\bricht\w*\b.*\baus\b|\bnachricht\b|\bweiter(?:zu)?(?:geb|leit|sag)\w*|\bgeb\w*\b.*\bweiter\b|\bbescheid\b|\bmessage\b|\b(?:tell|let) (?:her|him|them|the|mr|mrs|ms|dr|[a-z]+)\b.*|\bpass(?: \w+){0,3} on\b|\bnote for\b|\bheads.?up\b|\bwarn\b"
        ),
    ),
    (
        "notification",
        re.compile(
            r"\b(?:schick\w*|send|sende[nt]?|text|mail|e-mail|simsen) (?:me|mir|uns|us|sie mir|sie uns|das|es|bitte|it|that)\b|\b(?:schicken|senden) sie\b|\bschriftlich\b"
        ),
    ),
    (
        "cancelled",
        re.compile(
            r"\babsag\w*|\baus(?:zu)?trag\w*|\btake (?:it|me|that|this|him|her) (?:out|off)\b|\babzusagen|\bsag\w*\b.*\bab\b|\bstornier\w*|\bcancel\w*|\babbestell\w*|\bloesch\w*|\bstreich\w*|\brausnehm\w*|\bcall(?:ing)? off\b|\bnicht (?:kommen|schaff\w*|wahrnehm\w*)|\b(?:can't|cannot|won't|not) (?:be able to )?(?:make it|come)\b(?! (?:till|until|before|by|on time))|\bscrap\b|\bdrop (?:it|my|the)\b"
        ),
    ),
    (
        "moved",
        re.compile(
            r"\b(?:\w*stunde|stuendchen|minuten|minutes|tag|woche|bisschen|etwas|hour|day|week|bit|little) (?:spaeter|frueher|later|earlier)\b|\bverschieb\w*|\bverleg\w*|\bumbuch\w*|\bumleg\w*|\bvorzieh\w*|\banderen (?:termin|tag)\b|\bmov(?:e|ing)\b|\breschedul\w*|\bpush(?:ed|ing)?\b|\bpostpone\w*|\bchang(?:e|ing)\b.*\b(?:appointment|booking|time|day|to)\b|\bswitch\b|\bbring\b.*\bforward\b|\bauf\b.*\b(?:legen|schieben|setzen)\b|\binstead\b|\bstattdessen\b|\b(?:an)?statt\b|\btausch\w*"
        ),
    ),
    (
        "price",
        re.compile(
            r"\bkost\w*|\blatz\w*|\bblech\w*|\bhinleg\w*|\bpreis\w*|\bteuer\b|\bwas (?:macht|machen|nehm\w*|nimmt|verlang\w*|bezahl\w*|zahl\w*|berechn\w*|wuerde|muss ich)\b|\bwie ?viel (?:kost\w*|macht|nehm\w*|ist|zahl\w*|verlang\w*|muss|wuerde|euro|geld)|\bwie ?viel\b(?!.*\b(?:uhr|zeit|stunden|minuten)\b)|\bhow much\b(?! time)|\bpric\w*|\bcosts?\b|\bcharg\w*|\bdamage\b|\bset me back\b|\bpay\b|\brate\b"
        ),
    ),
    (
        "duration",
        re.compile(
            r"\bwie ?lange? (?:dauer\w*|brauch\w*|muss|sitz\w*|ist|bin|wuerde|braeucht\w*|geht|kann ich|soll\w*|rechn\w*|plan\w*|haben sie (?:vor|eingeplant))|\bdauer\w*|\bwie viel zeit\b|\bhow long\b(?!.*\bopen\b)|\bhow much time\b|\btake long\b|\bzeit (?:einplan|mitbring|brauch)\w*"
        ),
    ),
    (
        "hours",
        re.compile(
            r"\b(?:ge)?oeffn\w*|\boffen\b|\b(?:hab\w*|hat|mach\w*|sind)\b[^.?!]*\b(?:auf|zu|offen)\b(?=[ ,]*(?:[.?!]|$|heut\w*|morgen|am|denn|noch|oder|und|\w+tags?\b))|\baufhab\w*|\baufmach\w*|\bzumach\w*|\bschliess\w*|\bgeschlossen\b|\bsind (?:sie|die|ihr|da)\b[^.?!]*\bda\b|\bjemand da\b|\bseid ihr\b[^.?!]*\bda\b|\bare you (?:guys )?(?:in|there|around|about)\b|\bbis wann\b|\bab wann\b|\bwie lange? (?:sind|habt?|hat|seid|haben)\b|\bruhetag\b|\bopen(?:ing|s)?\b|\bclos(?:e|ed|es|ing)\b|\bhours\b|\bzeiten\b|\bunter der woche\b|\buntil when\b|\bhow late\b|\bhow early\b|\buntil what time\b|\bwhat time do you\b"
        ),
    ),
    (
        "address",
        re.compile(
            r"\badress\w*|\bwo (?:sind|ist|seid|finde|find|liegt|genau|befind\w*|muss|komme)\b|\w*strasse\b|\bwhich number\b|\bwelche (?:haus)?nummer\b|\banfahrt\b|\bwie komme? ich\b|\bwhere\b|\baddress\b|\bdirections\b|\blocated\b|\bfind you\b|\bget to you\b"
        ),
    ),
    ("notification", re.compile(r"\bsms\b|\be-?mail\b|\b(?:schick\w*|send\w*|sent|texts?)\b|\bbestaetigung\b|\bconfirmation\b|\blink\b")),
    (
        "free",
        re.compile(
            r"\bfrei\b|\bwas frei\w*|\bhaben sie (?:noch|was|etwas)\b|\bhabt ihr (?:noch|was)\b|\bavailab\w*|\bopenings?\b|\banything\b|\bfree\b|\bslots?\b"
        ),
    ),
    (
        "booked",
        re.compile(
            r"\btermin\w*|\beintrag\w*|\bbuch\w*|\breservier\w*|\bappointments?\b|\bbook\w*|\bschedul\w*|\bget in\b|\bfit me in\b|\bsqueeze\b|\bvorbeikommen\b|\bpasst\b|\bgeht\b|<[dt]\d+>|\bum \w+\b"
        ),
    ),
)
FACTS: frozenset[Topic] = frozenset({"price", "duration", "hours", "address"})


def find_topic(plain: str) -> Topic | None:
    """Find the subject of folded text."""
    return next((topic for topic, pattern in PATTERNS if pattern.search(plain)), None)


def asks_for(topic: Topic, plain: str) -> bool:
    """Check whether folded text is about this, whatever else it is about."""
    return any(each == topic and pattern.search(plain) for each, pattern in PATTERNS)
