"""Splits the agent's turns into clauses and determines what each one does: state, ask, offer, intend, repeat, look back."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.domain.claims.action_vocabulary import VERBS
from app.domain.claims.hesitation_removal import remove_hesitations
from app.domain.claims.self_corrections import CORRECTION_WORDS, HESITATIONS, REPAIR, remove_contrast
from app.domain.language.vocabulary import MONTHS, fold

# statement: it is so · future: it will be so · intention: "I will do it" · offer: it could be done · question, condition
# echo: what the caller said · past: an earlier visit · general: a rule of the house · other: another customer's
SpeechAct = Literal["statement", "future", "intention", "offer", "question", "condition", "echo", "past", "general", "other"]

MAX_TEXT_LENGTH = 4000
NOT_ABBREVIATED = "".join(
    rf"(?<!\b{word}\.)"
    for word in ("Dr", "ca", "Nr", "St", "Prof", r"z\.B", "Mr", "Mrs", "Ms", "bzw", r"a\.m", r"p\.m", "bzgl", "str", "Str")
)
# "half three... no, half past two"
GOES_ON = rf" *(?:(?:{HESITATIONS}),? )*\b(?:{CORRECTION_WORDS})\b"
SENTENCE = re.compile(
    rf"(?<=[!?]) +|(?<=…)(?!{GOES_ON}) +|{NOT_ABBREVIATED}(?<=\.)(?<!\d\.)(?!(?<=\.\.\.){GOES_ON}) +|(?<=\d\.) +(?=(?-i:[A-ZÄÖÜ]))(?!(?:{'|'.join(MONTHS)})\b)|\n+|; +",
    re.IGNORECASE,
)
# words that begin a clause
CLAUSE_STARTS = (
    r"ich|wir|sie (?!am|um|für|fur|und\b)|du|(?:der|ihr|dein|euer|your|the) (?:\w+ )?(?:termin|platz|appointment)|wenn|falls|sobald|sofern|ob|dass|weil|damit|deshalb|daher|denn|bitte|(?:planen|bringen|kommen|seien|denken|rufen|melden|schauen|geben|klingeln|parken) sie|da (?:ist|sind|wird|werden|müss\w*|muess\w*|könn\w*|koenn\w*|kann|hab\w*|brauch\w*)|(?:wann|wie|wo|wohin|was|warum|wer|wen|wem|where|how|what|why|whether) (?!gesagt|besprochen|gewünscht|gewuenscht|vereinbart|immer|about)"
    r"|(?:das|es|er|dort) (?:ist|sind|macht|kostet|dauert|waere?n?|wäre|wird|werden|hab|habe|haben|trag|trage|mach|mache|geht|ging|war|steht|passt|bekommen|kriegen)|alles (?=\w+(?:t|en)\b)|dafür|dafuer|die bestätigung|die kosten|der preis"
    r"|i(?:'ve|'ll|'m|'d)?|we(?:'ve|'ll|'re|'d)?|you(?:'ll|'re|'ve|'d)?|it(?:'s|'ll)?|that(?:'s|'ll)|your appointment|if|once|when|because|please|which|she|he|they(?:'ll)?"
)
# a second predicate of the same subject
PREDICATE = r"(?:hat|haben|habe|hab|ist|sind|kostet|kosten|dauert|dauern|macht|has|have|is|are|costs?|takes?) (?!nicht gesagt)"
# ", Jonas will look after you": a subject and its verb
NEW_SUBJECT = (
    r"(?!\d|halb|viertel|half|quarter|(?:ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|dreizehn|vierzehn|fünfzehn|sechzehn|siebzehn|achtzehn|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b|der |die |den |dem )(?:\w+ ){1,2}"
    r"(?:will|is|has|can|would|wird|ist|hat|kann|freut|erwartet|kümmert|macht|übernimmt|nimmt|schneidet|wartet|looks?|does|takes|meldet|ruft)\b"
)
# ", but for now you're in on Thursday"
ADVERSATIVE = r", (?:aber|doch|but) (?=(?:(?!zwar\b)[\w']+ ){0,4}?(?:sind sie|sie sind|bist du|steht|stehen|bleib\w*|hab\w*|ist|sind|you're|you are|i've|i have|it's|that's|stays?|is|are)\b)"
CLAUSE = re.compile(
    rf" (?:und|and) (?={PREDICATE})|, (?=erst (?:ab|um|wieder|gegen)\b)|{ADVERSATIVE}|, (?={NEW_SUBJECT})(?!(?:{CORRECTION_WORDS})\b)|,? (?:und|aber|doch|and|but|so) (?=(?:{CLAUSE_STARTS})\b)|, (?=(?:{CLAUSE_STARTS})\b)(?!(?:{CORRECTION_WORDS})\b)| [–—-] (?!(?:ach |oh |äh,? |ähm,? )*(?:{CORRECTION_WORDS})\b)",
    re.IGNORECASE,
)
ENDS_WITH_TAG = re.compile(
    r"^(.*), (?:ja|ist das|passt|okay|ok|richtig|stimmt|nicht wahr|oder|gut so|recht|in ordnung|geht|kann|darf|soll|moechte|haben sie|hast du|brauch|gibt es|sonst|was|welche|wann|waere|wuerde"
    r"|alright|all right|right|is|isn't|are|does|do|can|would|will|anything|which|what|or)\b[^,]*\?$"
)
INTRODUCTION = r"^(?:(?:und|also|gut|okay|ok|so|ja|aber|and|well|right|great|but),? )*"
QUESTION = re.compile(
    INTRODUCTION
    + r"(?:soll|sollen|darf|duerfte|duerfen|kann|koennen|koennte|moechten|moechtest|wollen|willst|wuerde|wuerden|haben sie|hast du|hatten sie|haetten|sind sie|bist du|ist das|ist der|waere|meinen sie"
    r"|would|shall|should|could|can|may|might i|do|does|did|are you|is that|is it|have you)\b"
)
WH_QUESTION = re.compile(
    INTRODUCTION
    + r"(?:passt(?! ?[,.])|wann|was|wie|wo|wer|auf welchen|fuer wann|um wie viel|welche[rnms]?|when|what|which|who|how|where)\b"
)
CONDITION = re.compile(
    r"^(?:(?:und|aber|also|oder|and|but|so),? )?(?:nur )?(?:wenn|falls|sobald|sofern|sollten?|ob|bevor|solange|vorausgesetzt|if|once|unless|as soon as|whether|in case|before|provided|as long as|only if)\b"
)
CONDITION_INSIDE = re.compile(r"\b(?:wenn|falls|sobald|sofern|if|once|unless|as soon as|in case|provided)\b")
# "wenn ich das richtig sehe", "if I'm not mistaken": no condition
PARENTHESIS = re.compile(
    r"^(?:sobald|as soon as|once|when) [^,]{2,40}\b(?:da|zurueck|fertig|here|back|in|out|done)\b(?: ist| sind| hat)?, ?|^(?:wenn|falls|if) (?:ich|i|i'm|i am|wir|we)\b.{0,40}\b(?:richtig|recht|irre|taeusche|seh\w*|mistaken|right|correctly|see)\b[^,]*, ?"
)
# the rest of the sentence is an offer only
CONSENT_CONDITION = re.compile(
    r"\b(?:wenn|falls|sofern|if|as long as) (?:sie|du|ihr|ihnen|dir|das|es|you|that|it|this)\b.{0,30}\b(?:moecht\w*|woll\w*|willst|magst|wuensch\w*|pass\w*|recht|einverstanden|in ordnung|okay|ok|like|want|suits?|works?|fine|prefer|happy)\b"
)
MODAL = re.compile(
    r"\b(?:braeuchten?|muessten?|waeren?|wuerden?|koennten?|haetten?|moechten?|sollen?|sollten?|wollen|wollten?|koennen|kann|kannst|darf|duerfen|vorschlag\w*|vorschlagen|anbieten|gerne? noch"
    r"|would|could|can|may|might|should|shall|let me|want(?:ed)?|i'd|we'd|you'd|he'd|she'd|need to|happy to)\b"
)
FUTURE = re.compile(r"\b(?:werden?|wird|wirst|will|'ll|going to|about to|'m going|gonna)\b|\w'll\b")
# "I will see you", "then we would have it" are certain
CERTAIN_FUTURE = re.compile(
    r"\bdann haetten wir(?:'?s| es| das| alles)|\bdas haetten wir\b|\bzu (?:duerfen|koennen)\b|\bwaeren wir (?:soweit|so weit|fertig|durch)\b|\b(?:will be|'ll be) (?:seeing|expecting|ready|with you|looking)|you can expect (?:a|an|her|his|our|their|the)\b|\b(?:will|'ll) (?:see|expect) you\b|\bi can see you\b|\b(?:werden|wird)(?: sie| dich)?(?: \w+){0,4} erwartet\b"
)
INTENTION = re.compile(
    r"\b(?:ich|wir) (?:werde|werden)\b|\b(?:werde|werden) (?:ich|wir)\b|\b(?:i|we)(?:'ll| will|'m going to| am going to|'re going to|'m about to)\b"
    r"|\b(?:trage?|buche?|setze?|schreibe?|notiere?|lege?|nehme?|plane?|verschiebe?|verlege?|storniere?|sage?|streiche?|reserviere?|loesche?|packe?|schiebe?|hole?|vermerke?) (?:ich|wir)\b|\b(?:ich|wir) (?:trage?n?|buche?n?|setze?n?|schreibe?n?|notiere?n?|lege?n?|nehme?n?|plane?n?|verschiebe?n?|verlege?n?|storniere?n?|sage?n?|streiche?n?|reserviere?n?|loesche?n?|packe?n?|vermerke?n?)\b"
    r"|\b(?:i'm|we're|i am) (?:just )?(?:booking|putting|scheduling|moving|cancel+ing|adding|noting|popping|reserving)\b"
)
ALTERNATIVE = re.compile(r"\b(?:oder|or|gern\w* (?:einen?|auch)|auf wunsch)\b")
NEGATION = re.compile(
    r"\b(?:niemand\w*|nobody|no one|nicht|keine?[nmrs]?|nichts|nie|weder|not|no|never|nothing|unable|neither|none)\b|n't\b"
)
NOT_NEGATION = re.compile(
    r"\b(?:kein(?:e)? (?:problem|sorge|ursache|thema|ding|akt|stress)|gar kein thema|(?:das |es )?(?:stimmt|war|ist) (?:so )?nicht(?: ganz)?(?: richtig)?(?=,|$)|that(?:'s| is| was|) ?(?:not|n't|isn't|wasn't) (?:quite )?(?:right|correct)|no (?:problem|worries|trouble|bother)|not a problem|not at all|nicht wahr|nicht nur|nichts zu danken|why not)\b"
    r"|\bdo(?:n't| not) worry\b|\b(?:vergessen|forget)\b.*"
)
ECHO = re.compile(
    r"\b(?:sie|du) (?:moecht\w*|wollt?\w*|willst|wuensch\w*|sagt?\w*|hattet?\w*|meint?\w*|haett\w*|such\w*|bat\w*|frag\w*|nann\w*)\b|\bsie brauch\w* (?:also |dann )?eine?n?\b(?! (?:stunde|viertel|halbe|gute))|\b(?:moechten|wollten|hatten|sagten|haetten|meinten|brauchen) sie\b|\bihr(?:em)? wunsch\b|wie gewuenscht waere"
    r"|\byou(?:'d| would) like|\byou(?:'re| are| were) (?:after|looking(?! at)|asking|hoping)|\byou (?:wanted|want|asked|said|mentioned|requested|need|told|thought)\b"
    r"|\b(?:hab\w*|have|'ve) (?:ich |i )?(?:sie |dich |das |you )?(?:richtig )?(?:verstanden|understood)\b|\bif i understand|verstehe ich"
)
# what follows in the sentence is the caller's: "Sie sagen, Sie sind …"
REPORT = re.compile(
    r"\b(?:sie|du|ihr mann|ihre frau) (?:sag\w*|mein\w*|glaub\w*|denk\w*|dacht\w*|erwaehn\w*)\b|\b(?:you|he|she) (?:say|says|said|think|thought|mentioned|mean|believe)\b|\b(?:verstanden|understand|understood)\b"
)
# "ich kann Ihnen anbieten, dass …": what follows is offered only
OFFERING = re.compile(r"\b(?:anbieten|vorschlagen|moecht\w*|offer|suggest|arrange for)\b")
SUBORDINATE = re.compile(r"^(?:dass|that|ob|whether)\b")
REGRET = re.compile(r"\b(?:leider|aber|but|unfortunately|afraid)\b")
OTHER_CUSTOMER = re.compile(
    r"\b(?:jemand\w*|(?:noch |schon |gerade )?eine? (?:kund\w+|patient\w*|gast)|(?:naechste[rn]?|seinen?|ihren?) (?:naechsten? )?(?:kund\w+|patient\w*|gast)|(?:next|a|another) (?:client|customer|patient)|andere[rnms]? (?:kund\w*|gast|gaeste|patient\w*|termin\w*)|someone|somebody|(?:another|other) (?:customer|client|patient|appointment)\w*|ihre (?:frau|mutter|tochter|kollegin) hat (?:sie|dich|gesagt|angerufen)|ihr (?:mann|vater|sohn|kollege) hat (?:sie|dich|gesagt|angerufen))\b"
)
# "Tom wurde eben für halb vier gebucht": by another one
JUST_TAKEN = re.compile(
    r"\b(?:wurden?|ist|sind) (?:\w+ ){0,3}?(?:gerade|eben|soeben|inzwischen|zwischenzeitlich)\b(?!.*\b(?:sie|dich|ihnen|ihre\w*)\b).*\b(?:gebucht|reserviert|genommen|weggegangen)\b|\b(?:has|have|was|were|'s) (?:\w+ )?just (?:\w+ )?(?:booked|taken|reserved|snapped)\b(?!.*\bfor you\b)"
)
# "would have been", "hätte auch gepasst": it is not so
COUNTERFACTUAL = re.compile(
    r"\b(?:would|could) have (?:been|had|worked|liked|gone|suited|fitted)\b|\b(?:waeren?|haetten?)\b.*\b(?:gewesen|gehabt|gegangen|gepasst|geklappt)\b"
)
# an unavailable time, unless followed by the person for whom it is booked
UNAVAILABLE = re.compile(
    r"\b(?:schon|bereits|komplett|leider|already|fully) (?:\w+ ){0,2}(?:aus)?(?:gebucht|reserviert|booked|reserved|taken|full)\b|\b(?:leider|schon|bereits|gerade) (?:\w+ )?(?:weg|raus)\b|\b(?:ausgebucht|vergeben|belegt|booked (?:up|out|solid)|fully booked|all (?:taken(?! care)|full|gone))\b"
)
FOR_YOU = re.compile(r"\b(?:fuer (?:sie|dich)|ihre?[nmrs]?|sie|dich|for you|your?|you're|i've|ich)\b")
PAST = re.compile(
    r"\b(?:letzte[nrms]?|zuletzt|damals|frueher (?:mal|hatten|waren)|bisherige[rnms]?|vergangene[nrms]?|last (?:time|visit|month|year|week|appointment)|previous(?:ly)?|used to|(?:days?|weeks?|months?|years?) ago)\b"
    r"|\b(?:waren|war|were|was|hatten|had) (?:sie|ihr|der|du|you|your|the)\b|\b(?:sie|ihr termin|du|you|your appointment|you last) (?:waren|war|warst|hatten|hattest|were|was|had|came)\b|\burspruenglich\b|\boriginally\b"
)
# what only introduces a statement: "I can confirm that …", "ich kann Ihnen sagen, …"
INTRODUCED = re.compile(
    r"\b(?:i can|i'm happy to|i'm pleased to|happy to|glad to|let me(?: just)?|just to|i'd like to|ich kann(?: ihnen| dir)?|ich darf(?: ihnen| dir)?|kann ich(?: ihnen| dir)?|darf ich(?: ihnen| dir)?) (?:\w+ )?(?:confirm|bestaetigen|sagen|mitteilen|tell you|say)\b(?: that)?"
)
# "aufgschrieben", "eingtragen"
DIALECT = re.compile(r"\b((?:auf|ein|rein|vor|ab)?)g(?=(?:schrieb|trag|buch|mach|strich|plant|merkt)\w*\b)")
# "hab's", "gehts"
CONTRACTION = re.compile(r"\b(hab|habe|haben|ist|geht|macht|mach|steht|sind|wir|ich|trag|trage|richt|richte|geb|gebe|sag|sage)'?s\b")
# it is still being looked up
PENDING = re.compile(
    r"\b(?:moment|momentchen|augenblick|sekunde|sekuendchen|schaue?n?|gucke?n?|suche?n?|nachsehen|nachschauen|sehe? (?:mal |kurz |gleich )?nach|pruefe?n?|bleiben sie dran|let me|one (?:moment|second|sec)|just a|hang on|hold on|bear with me|checking|i'll check|have a look)\b"
)
GENERAL = re.compile(
    r"\b(?:grundsaetzlich|generell|in der regel|normalerweise|ueblicherweise|meist|meistens|erfahrungsgemaess|immer|jeweils wenn|man (?:muss|kann|sollte|darf|zahlt|liegt|nimmt|sagt|rechnet)|alle termine|termine, die|bei termine?n|unsere regel\w*|usually|normally|generally|always|in general|as a rule|our policy|the policy)\b"
    r"|^(?:gebuchte |alle )?termine (?!sind\b|stehen\b)|^(?:booked |any |all )?(?:appointments|bookings) (?!are\b)"
)
# until when the caller may cancel: "bis Montag um neun könnten Sie noch absagen"
DEADLINE = re.compile(
    r"(?=.*\b(?:bis|spaetestens|vor|vorher|until|till|by|before|no later than|latest|up to)\b)(?!.*\b(?:ich|wir|i|we|i'm|i've|i'll|we've|we'll)\b)"
    r"(?=.*\b(?:absag\w*|abzusagen|stornier\w*|stornierung\w*|verschieb\w*|verleg\w*|umbuch\w*|abmeld\w*|bescheid|cancel\w*|resched\w*|change|move|let us know|tell us|notice)\b)"
    r"(?=.*\b(?:koenn\w*|kann|duerf\w*|darf|muess\w*|muss|sollt\w*|bitte|genuegt|reicht|geht|moeglich|kostenlos|kostenfrei|gebuehrenfrei|can|could|may|must|need|have to|should|please|free|fine|possible|enough|no charge)\b)"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """`raw` is the original text, `plain` the folded one; `sentence` is quoted on pages."""

    position: int
    sentence: str
    raw: str
    plain: str
    act: SpeechAct
    negated: bool
    # ends in a tag question that does not retract it: "…, passt das?"
    has_tag: bool = False
    # the sentence holds a condition: "…, sobald etwas frei wird"
    is_conditional: bool = False

    @property
    def asks(self) -> bool:
        return self.act == "question"


def split_clauses(position: int, text: str) -> Iterator[Clause]:
    """Split a turn into clauses, in order; of a sentence that begins with a condition only what it leaves certain."""
    for sentence in split_sentences(text):
        yield from _split_sentence(position, sentence)


def split_sentences(text: str) -> list[str]:
    return [sentence.strip() for sentence in SENTENCE.split(text[:MAX_TEXT_LENGTH]) if sentence and sentence.strip()]


def _split_sentence(position: int, spoken: str) -> Iterator[Clause]:
    sentence = remove_hesitations(spoken)
    folded = fold(sentence)
    if parenthesis := PARENTHESIS.match(folded):
        sentence = sentence.partition(", ")[2]
        folded = folded[parenthesis.end() :]
    has_tag = ENDS_WITH_TAG.match(folded) is not None
    # the tag begins at the last comma of the original text too
    body = sentence[: sentence.rindex(",")] if has_tag else sentence
    asks = folded.endswith("?") and not has_tag
    begins_with_condition = CONDITION.match(folded) is not None
    is_offer = CONSENT_CONDITION.search(folded) is not None
    raws = list(_split_actions(body))
    reported = offered = False
    is_conditional = CONDITION_INSIDE.search(folded) is not None
    for raw in raws:
        plain = INTRODUCED.sub(" ", CONTRACTION.sub(r"\1 es", DIALECT.sub(r"\1ge", fold(remove_contrast(raw))))).strip(" ,.!?…:")
        if plain:
            act = _find_act(plain, ends_plainly=sentence.rstrip().endswith((".", "!")) and not has_tag)
            if asks:
                act = "question"
            elif begins_with_condition and act != "question":
                act = "condition"
            elif reported and act == "statement" and not REGRET.search(plain):
                act = "echo"
            elif (offered and SUBORDINATE.search(plain)) or (is_offer and act in ("statement", "future", "intention")):
                act = "offer"
            reported = reported or REPORT.search(plain) is not None
            offered = act == "offer" and OFFERING.search(plain) is not None
            negated = NEGATION.search(NOT_NEGATION.sub(" ", REPAIR.sub(" ", plain))) is not None
            # "11 Uhr 15." is no 15th
            yield Clause(position, spoken, remove_contrast(raw).rstrip(" .,!"), plain, act, negated, has_tag, is_conditional)


def _split_actions(body: str) -> Iterator[str]:
    """Split at words that begin a clause, and between two actions: "abgesagt und neu eingetragen"."""
    for raw in CLAUSE.split(body):
        halves = (raw.partition(joint) for joint in (" und ", " and ", ", "))
        several = next(((first, rest) for first, joint, rest in halves if joint and _is_action(first) and _is_action(rest)), (raw,))
        yield from several


def _is_action(half: str) -> bool:
    return any(verbs.search(fold(half)) for verbs in VERBS.values())


def _find_act(plain: str, *, ends_plainly: bool) -> SpeechAct:
    if QUESTION.match(plain) or (WH_QUESTION.match(plain) and not ends_plainly):
        return "question"
    if CONDITION.match(plain):
        return "condition"
    if ECHO.search(plain):
        return "echo"
    if PAST.search(plain) or COUNTERFACTUAL.search(plain):
        return "past"
    if OTHER_CUSTOMER.search(plain) or JUST_TAKEN.search(plain) or (UNAVAILABLE.search(plain) and not FOR_YOU.search(plain)):
        return "other"
    if GENERAL.search(plain) or DEADLINE.match(plain):
        return "general"
    return _find_mood(CERTAIN_FUTURE.sub(" ", plain))


def _find_mood(plain: str) -> SpeechAct:
    if MODAL.search(plain):
        return "offer"
    if INTENTION.search(plain):
        return "offer" if ALTERNATIVE.search(plain) else "intention"
    return "future" if FUTURE.search(plain) else "statement"
