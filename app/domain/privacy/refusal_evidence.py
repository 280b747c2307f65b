"""Words without which the classifier hears no refusal: of recording, notes, the AI, or a person instead of it.

They refuse nothing by themselves; they keep the classifier from hearing a refusal in talk of something else.
"""

# ruff: noqa: E501  (a pattern is a line)

import re

from app.domain.privacy.answer_vocabulary import PERMISSION
from app.domain.privacy.human_requests import INSTEAD
from app.domain.privacy.refusal_vocabulary import OBJECTION, OPPOSITION, ConsentKind, compile_any

# what is said of storing words, in whatever way
STORAGE = compile_any(
    r"aufz\w*|aufgez\w*|\bzeichn\w*|aufn\w*|\bauf(?:ge|zu)?n\w*m\w*|\bnehm\w*|\bnimm\w*|mitschn\w*|mitgeschn\w*|mitschr\w*|mitgeschr\w*|mitzu\w*|mitnotier\w*|mithör\w*|mitgehört|mitlauf\w*|mitläuft|\bschreib\w*|\bgeschrieben\w*|\bnotier\w*|\bnotiz\w*",
    r"protokoll\w*|transkri\w*|transcri\w*|speicher\w*|festh\w*|festg\w*|aufbewahr\w*|\bbehalt\w*|dokument\w*|abschrift|verschriftlich\w*|mitles\w*|\btipp\w*|mittipp\w*|mitzutipp\w*|\bsteht\b|aufgeschr\w*|\bablage\w*|\bgerät\w*|halten? .*\bfest\b|\bakten?\b|\bbänder?\b|\bband\b|\bton\w*|\baudio\w*|\bstimme\w*|\bmikro\w*|\bschriftlich\w*|\btext\w*|\bwort\w*|\bworte?n?\b",
    r"\bdaten\w*|\bdsgvo|\bprivat\w*|\blösch\w*|\bgelöscht|\beinverst\w*|\beinwillig\w*|\bzustimm\w*|\bwidersp\w*|\bspur\w*|\binternet|\bcloud|\bserver\w*|\babhör\w*|\bhören? .*\bmit\b|\blauschen",
    r"\brecord\w*|\btap(?:e|ed|es|ing)\b|\bnotes?\b|\bnot(?:ed|ing) down|\bwrit\w*|\bwrote|\bdown\b|\bjot\w*|\btyp(?:e|ed|ing)\b|\bsav(?:e|ed|ing)\b|\bstor(?:e|ed|ing|age)\b|\bkeep(?:ing)?\b|\bkept\b|\blog(?:s|ged|ging)?\b|\bfile\b|\bdocument\w*",
    r"\bdata\b|\bgdpr|\bprivacy|\bprivate|\bdelet\w*|\berase\w*|\bconsent\w*|\bagree\w*|\bobject\w*|\bopt\b|\baudio|\bsound\b|\bvoice\b|\bmic\b|\bmicrophone|\bwords?\b|\bin writing|\btrace\b|\blisten\w*|\boverhear\w*|\bquality|\bwip(?:e|ed)\b|\btraining|\boff the record",
)
# a machine, or what callers call one
MACHINE = compile_any(
    r"\bki\b|\bk\. ?i\b|\bai\b|\ba\. ?i\b|intelligen\w*|robo\w*|\bbots?\b|chatbot\w*|computer\w*|maschin\w*|automat\w*|machine\w*|\bblech\w*|\bkasten\b|\bkastl\b|\bkiste\b|\bdose\b|\bding\w*|\bapparat\w*|\bgerät\w*|\bprogramm\w*|\bsoftware|\bmodell\w*|\brechner\w*|\bdigital\w*|\bvirtu\w*",
    r"assistent\w*|\bassistan\w*|\btechnik\w*|\btechnisch\w*|\bsystem\w*|\balgorithm\w*|\bkünstlich\w*|\bartificial\b|\bprogram\w*|\bdevice\w*|\bgadget\w*|\bthing\b|\btin\b|\bautomated|\btech\w*|\bsiri\b|\balexa\b|\bchatgpt|\bsprach\w*|\bcomput\w*|\belectronic\w*|\belektron\w*|\bglump\b|\bklump\w*|\bplastic\b|\bsynthetic\w*|\bsynthetisch\w*|\bgadgets?\b|\bcontraption\b|\bansage\w*|\btoaster\b|\bautomate\b|\bcan\b(?= ?$)|\brecorder\b",
)
# a person, and what sets one against the machine
PERSON = compile_any(
    r"\bmensch\w*|\bechte[nrms]?\b|\brichtige?[nrms]?\b|\bleit\b|\bfräulein\b|\böpper\b|\bwen\b|\bener\b|\bagents?\b|\boperator\b|\brepresentative\b|\bhumans?\b|\bpuls\b|\bperson(?:en)?\b|\bpersonal\b|\bjemand\w*|\bmitarbeit\w*|\bkolleg\w*|\bansprechpartner\w*|\bchef\w*|\bfrau\b|\bherrn?\b|\bperson\b|\bhuman\w*|\bsome(?:body|one)\b|\bany(?:body|one)\b|\bstaff\b|\bcolleague\w*|\bpeople\b|\bmanager|\bowner|\breceptionist|\blady\b|\bdoctor\b|\bdoktor\w*|\bleute?n?\b|\bdame\b|\bwer\b|\bfleisch\b|\bblut\b|\bflesh\b|\bblood\b|\bpulse?\b|\blebend\w*|\bliving\b",
)
# contrast of a person with what is no person
REAL = compile_any(
    r"\b(?:echt\w*|richtig\w*|wirklich\w*|leibhaftig\w*|lebend\w*|lebendig\w*|menschlich\w*|fleisch|puls|selber|selbst|persönlich\w*|mensch\w*|real|actual\w*|live|alive|living|breathing|flesh|human\w*|proper|person|people|pulse|atmet)\b"
)
# a wish to be called back is one whoever answers
CALLBACK = compile_any(
    r"\bzurück(?:zu)?ruf\w*|\bzurückgeruf\w*|\brückruf\w*|\brufen?t?\b(?! ich)[^.!?]{0,40}\bzurück\b|\b(?:ruft|sie|jemand|wer|mich)\b[^.!?]{0,40}\b(?:anruf(?:en|t)|anriefe)\b|\bzurück ?meld\w*|\bmeldet\b|\bmelden sie sich\b",
    r"(?<!i'll )(?<!i will )\b(?:call|ring|phone|get|buzz)(?:s|ed|ing)?\b[^.!?]{0,20}\bback\b|\b(?:call|ring|phone)(?:s|ed|ing)? me\b|\bcallback\b|\breturn my call\b|\b(?:rang|phones?|gets? back to) me\b",
)


# other ways of going against a notice
AGAINST = compile_any(
    r"\b(?:dagegen|einspruch|verzicht\w*|unterlass\w*|bleiben|vergessen|unpersönlich|vergeht|bei anderen|muss (?:das|des|es)|muaß)\b",
    r"\b(?:exempt|leave|take me|off|out of|nobody)\b",
)
# "Mitarbeiter", "human please": what is said to a menu
COMMAND_WORDS = 2


def bears_evidence(what: ConsentKind, agent_text: str, text: str) -> bool:
    """Check for what a refusal needs, named by the caller or by the agent just before; both texts folded."""
    if what != "ai":
        return STORAGE.search(text) is not None or _is_answer_to(STORAGE, agent_text, text)
    if MACHINE.search(text) is not None:
        return True
    if MACHINE.search(agent_text) is not None and _asks_about(PERSON, agent_text):
        return True
    if CALLBACK.search(text) is not None:
        return False
    if _is_answer_to(MACHINE, agent_text, text) or _asks_about(PERSON, agent_text):
        return True
    return PERSON.search(text) is not None and (len(text.split()) <= COMMAND_WORDS or _opposes(text) or REAL.search(text) is not None)


def _is_answer_to(subject: re.Pattern[str], agent_text: str, text: str) -> bool:
    """Check whether the agent asked about it, or told of it and the caller goes against something."""
    return subject.search(agent_text) is not None and (_asks_about(subject, agent_text) or _opposes(text))


def _asks_about(subject: re.Pattern[str], agent_text: str) -> bool:
    last = re.findall(r"[^.!?]+[.!?]*", agent_text)[-1:]
    return bool(last) and last[0].rstrip().endswith("?") and (subject.search(last[0]) or PERMISSION.search(last[0])) is not None


def _opposes(text: str) -> bool:
    return (INSTEAD.search(text) or OPPOSITION.search(text) or OBJECTION.search(text) or AGAINST.search(text)) is not None
