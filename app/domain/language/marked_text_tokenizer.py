"""Splits a marked text into what is named and the words between, and notices words that exclude, correct or join."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from dataclasses import dataclass, field
from typing import Any

from app.domain.language.fillers import CONCLUSION
from app.domain.language.marked_text import DAY, Scanner
from app.domain.language.vocabulary import CORRECTION

# a "no" that excludes nothing
HARMLESS_NO = (
    r"(?:(?:is|are|was|were|does|do|will|wo|ca|could|would|have|has)n't (?:it|you|they|that|we|i|he|she|there)\b(?= *(?:$|[,.;])))"
    r"|\b(?:isn't|don't|aren't|doesn't|won't|wasn't|didn't|haven't|hasn't) (?:it|they|she|he|we|you|there)\b(?= *(?:$|[,.;]| (?:and|but|no|yes|on|at|in|the)\b))"
    r"|\b(?:if |wenn )?(?:it|es)(?:'s| is| ist)?(?:n't| not| nicht)? (?:not |nicht )?(?:too much|zu viel) (?:trouble|bother|hassle|muehe|umstaende)\b|\bdon't be late\b"
    r"|\b(?:can't|cannot|can not|kann(?: ich)?) (?:nicht (?:lange? (?:reden|sprechen))|(?:talk|hear|speak|remember|complain|believe|decide|find|say|see|tell|wait|stand)(?: (?:long|much|you|it))?|be (?:more|any more) [a-z]+)\b"
    r"|\b(?:i'm|i am|we're|ich bin|bin) (?:not|nicht) (?:superstitious|fussed|bothered|picky|choosy|waehlerisch|aberglaeubisch|sure|particular|the type|in a hurry|in eile)\b|\b(?:not|nicht) (?:that|dass) (?:anyone|anybody|it|i|es|jemand|ich)\b"
    r"|(?:^|(?<=, )|(?<=why ))(?:don't|haven't|can't|couldn't|won't|isn't|aren't|wouldn't) (?:you|there|we|they)\b"
    r"|\b(?:if|wenn'?s?|falls|sofern|solange|as long as|provided|unless|ausser wenn) [^<>,.;]*(?:\b(?:not|nicht|nichts|nix|kein\w*|never|nie|no)\b|n't\b)[^<>,.;]*(?=$|[,.;])"
    r"|\b(?:kein(?:e|en)? (?:problem|ding|thema|stress|ahnung|sorge|umstaende|eile)|no (?:problem|worries|rush|bother|idea|preference)|not a problem|nicht (?:schlecht|verkehrt|wahr|so wichtig|schlimm|sicher|ganz|unbedingt eilig)|not (?:bad|sure|certain|urgent)|weiss (?:ich )?(?:noch )?nicht(?: genau| so genau)?"
    r"|(?:i )?(?:don't|do not) (?:know|mind|care)|macht nichts|gar kein problem|wenn nicht|if not|why not|warum nicht|ob nicht|nicht dass)\b"
)
GAP_WORDS = r"(?: [a-z_']+){0,4}?"
# said after what it excludes: "Dienstag geht nicht", "Monday I'm away"
UNSUITABLE = (
    rf"\b(?:geht'?s?|ginge|gehen|passt'?s?|passen|klappt'?s?|kann|koennen|koennte|schaffe?|haut|funktioniert|komme|will|moechte|mag){GAP_WORDS} (?:gar)?nicht(?: (?:so )?(?:gut|hin|da|mehr|ganz))?\b"
    rf"|\b(?:leider|lieber|bloss|auch|da|dann|bin ich|ist) nicht(?= *(?:$|[,.;]))|\b(?:ist|waere?|waers|sind|sieht){GAP_WORDS} (?:schlecht|unguenstig|ungeschickt|ungeeignet|doof|bloed|unmoeglich|belegt|besetzt|ausgebucht|voll|tabu|schwierig|eng|raus)\b|\b(?:schlecht|unguenstig)(?= *(?:$|[,.;]))"
    rf"|(?<!das )(?<!es )(?<!that )(?<!it )\b(?:ist|waere?|waers|sind|wird|is|are|would be|will be){GAP_WORDS} (?:zu ?(?:spaet|frueh|knapp|kurzfristig|bald|eng|stressig|hektisch|voll|viel)|too ?(?:hectic|busy|much|stressful)|too ?(?:late|early|soon|tight|short notice)|gone|taken|vorbei|rum|gelaufen|vergeben|over|vorueber|passe)\b"
    r"|\bwird'?s (?:wohl |leider |heute |eh )*(?:nichts|nix|nicht|eng|knapp)(?: mehr)?\b|\bmust(?:n't| not) (?:clash|collide|overlap)(?: with)?\b"
    rf"|\b(?:wird|werden)(?: das| es| die)?(?: bei mir| mir)?(?: wohl| leider| auch| sicher| eh)* (?:nichts|nix|eng|knapp|schwierig|schlecht|zu knapp)(?: mehr)?\b|\bmir (?:zu ?(?:spaet|frueh|knapp|kurzfristig|bald))\b"
    rf"|\b(?:haben|habt|hat|seid|sind|ist|macht|you'll be|you will be|you're|you are|they're|is|are){GAP_WORDS} (?:zu|geschlossen|zugesperrt|dicht|shut|closed)(?= *(?:$|[,.;]))"
    rf"|\b(?:bin|sind) (?:ich|wir){GAP_WORDS} (?:beim [a-z]+|bei mein\w+ [a-z]+|auf (?:einer|einem|der|montage|reisen|dienstreise|geschaeftsreise)(?: [a-z]+)?)"
    rf"|\b(?:fahre?|fliege?|reise|fahren|fliegen) (?:ich|wir){GAP_WORDS} (?:weg|ab|los|heim|in urlaub|in den urlaub|in die ferien|nach [a-z]+)|\b(?:ich|wir) (?:fahre?n?|fliegen?|flieg|reisen?)\b(?=(?: (?:<[dt]\d+>|[a-z_]+)){{0,4}}? (?:weg|ab|los|heim|in urlaub|in den urlaub|in die ferien|nach [a-z]+))"
    r"|\b(?:i'm|i am|we're|we are) (?:leaving|flying(?: out| off)?|travelling|going away)\b|\b(?:i|we) (?:leave|fly)(?: out| off)?\b(?= (?:on )?(?:the )?<d)"
    rf"|\b(?:bin|sind){GAP_WORDS} (?:weg|verreist|unterwegs|krank|im urlaub|verhindert|ausgebucht|auf reisen|auf arbeit|arbeiten|in der arbeit|nicht (?:da|wieder da|zurueck|wieder zurueck|zu hause|zuhause|im lande?|in der stadt))\b|\b(?:habe?|haben){GAP_WORDS} (?:keine zeit|was vor|etwas vor|dienst|schicht|schule|zu tun|einen anderen termin)\b(?! (?:rum|um|aus|vorbei|ende|hinter|frei)\b)|\bkeine zeit\b|\b(?:muss|arbeite){GAP_WORDS} arbeiten\b|\b(?:ich arbeite|arbeite ich)\b"
    r"|\b(?:does|do|would|will|is|are|could|can|was)(?:n't| not)(?: (?:really|quite|going to|gonna|going))*(?: (?:work|suit|fit|do|good|great|possible|ideal|available|free|make it|make|go|an option|come|be))*\b|\b(?:can't|cannot|won't)(?: (?:really|do|make|come|be))*(?: it| in)?\b"
    rf"|\b(?:geht|gibt'?s|gibt es|wird|ist|haben sie|habt ihr){GAP_WORDS} (?:gar |wirklich |leider )*(?:nichts|nix)(?: mehr)?(?: (?:frei|drin|moeglich|zu machen|bei (?:mir|uns|ihnen|euch)))*(?= *(?:$|[,.;]))"
    r"|\b(?:zu ?(?:spaet|frueh|knapp|kurzfristig)|too ?(?:late|early|soon|short notice)|nothing(?: left| free)?|keine chance(?: mehr)?|no chance)(?: (?:for|on|fuer|am|an))+(?= (?:the |den |das )?<d)"
    r"|\b(?:faellt|fallen)(?: (?:leider|da|bei mir|mir|also|schon))* (?:weg|aus|flach|raus|ins wasser)\b|\b(?:entfaellt|scheidet aus|koennen (?:wir|sie) (?:vergessen|streichen)|(?:is|are) (?:ruled out|off the table|a non-starter|chock-a-block|chocka?|chocker|rammed|packed|manic|mental|a nightmare|mad))\b"
    r"|\bi (?:always |usually )?work\b(?! (?:from|for|in|at|with|as|near|around)\b)"
    r"|\b(?:i'm|we're) (?:useless|no use|no good|hopeless)\b|\b(?:is|are|would be) (?:no good|no use|useless|hopeless|a no-go|a no go|bad|out|full|booked|impossible|tricky|difficult|off)\b(?! (?:of|by|at)\b)|\b(?:you're|you are|you'll be|they're|it's|it is) (?:closed|shut)\b|\b(?:i|we)(?:'m|'re| am| are|'ll be)? (?:busy|away|working|out|at work|booked|off (?:sick|on holiday|to [a-z]+)|on holiday|on vacation|not free|tied up|out of town)\b|(?<=> )neither\b(?= *(?:$|[,.;]))|\b(?:no good|no time|not possible|not available|out of the question)\b"
)
# a day that is taken: "Montag hab ich Chor", "I've choir on Monday"
BUSY_DAY = (
    r"(?P<day>(?<!seit )<d\d+>) habe? ich(?: da| ja| leider| immer| schon| doch)* (?!zeit|frei\w*|luft|platz|urlaub|gerne?|nix|nichts|keine?n?|was|etwas|lust|lieber|ge[a-z]+t\b|ge[a-z]+en\b|[a-z]*schmerzen)[a-z]{4,}(?=$|[,.;])"
    r"|\b(?:i've|i have)(?: got)?(?: a| an| my)? (?!time|space|nothing|no|free|got|off|been|to|had|not|the|only|appointment|slot|booking|something|a|work|day)[a-z]+(?= on (?:the )?<d)"
)
# "when the in-laws are gone" excludes nothing
SUBORDINATE = (
    r"(?:(?<=, )|(?<=\d> ))(?:if|when|while|because|since|as|once|wenn'?s?|falls|sofern|weil|solange|sobald)\b [^<>,.;]*(?=$|[,.;])"
)
# said before what it excludes
EXCLUDING = r"\b(?:(?:gar)?nicht|kein(?:e|en|er|em)?|nie(?:mals)?|not|never|avoid)\b"
# said between what counts and what it excludes
INSTEAD_OF = (
    r"\b(?:(?:aber|nur|bloss|und|but|and|just|only) (?:nicht|not)|alles ausser|ausser|ohne|(?:any|every)(?:thing| ?day|one)? (?:but|except)|except(?: for)?|excluding|other than|besides|apart from|bis auf|bar(?= <)|barring|save for|minus|mit ausnahme (?:von|des|der)|ausgenommen|statt(?: am| an)?|anstatt|anstelle von|instead of|rather than)\b"
    r"|\b(?:als|than)(?= (?:am |den |on |um |at |der |die |das |the )*<)"
)
# these exclude the one that follows
REPLACING = r"\b(?:statt|anstatt|anstelle von|instead of|rather than)(?: am| an| dem| den| on| the)*"
# "Heute noch? … Morgen dann": a day concluded on takes the place of those before
CONCLUDED = r"(?P<before><[dx]\d*>[^<]*(?:<[^<]*)*?[,.;])(?: (?:on|am|the|den|na|gut|well|right|ok|oh))* (?P<concluded><d\d+>(?:,? (?:um |at )?<[tpw]\d+>)*) (?:then|dann)(?=$|[,.;])"
OR = r"(?:oder|or|und|and|bzw\.?|beziehungsweise|respektive|/)"
BOUNDARY = r"(?:aber|but|jedoch|sondern|dafuer|though|however|dann|then)"
HOUR_LEADS = ("um", "gegen", "at", "around", "about")
TOKEN = re.compile(r"<(?P<kind>[dtwp])(?P<number>\d+)>|<(?P<sign>[xneco])>|(?P<stop>[,.;:])|(?P<word>[^\s<>,;:]+(?<!\.))")


@dataclass(slots=True)
class Item:
    """A marked day or time; a correction begins the next segment."""

    kind: str
    value: Any
    segment: int
    is_alternative: bool = False
    is_excluded: bool = False
    # said not to suit: "vor zehn kann ich nicht"
    is_unsuitable: bool = False
    # excluded together with a day: "Freitag Nachmittag geht nicht"
    is_of_day: bool = False
    # behind a word that calls for an hour: "um <t0>"
    is_led: bool = False
    # which of the clauses it stands in
    clause: int = 0


@dataclass(slots=True)
class Word:
    """A word that is not marked, with its place among the tokens."""

    text: str
    place: int
    segment: int


@dataclass(slots=True)
class Tokens:
    items: list[Item] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    # the text as it stands: words, and the letter of each mark
    sequence: list[str] = field(default_factory=list)


def mark_signs(scanner: Scanner) -> None:
    """Mark words that exclude, correct or join."""
    scanner.drop(HARMLESS_NO)
    scanner.rewrite(SUBORDINATE, lambda m: "" if re.search(f"{UNSUITABLE}|{EXCLUDING}", m[0]) else m[0])
    scanner.rewrite(UNSUITABLE, lambda m: " <x> ")
    # "den vierten haben Sie mir gegeben, der passt nicht"
    scanner.rewrite(r"(?<=_),? (?:der|die|das|that|it|this) <x>", lambda m: ", ")
    scanner.rewrite(BUSY_DAY, lambda m: f"{m['day'] or ''} <x> ")
    # "tomorrow's impossible, so is Sunday"
    scanner.rewrite(
        r"(<x>[^<]*)\b(?:(?:so|neither|nor) (?:is|are|does|do|can|will|would)|same goes for|ebenso|genauso(?: wenig)?|auch nicht)(?= (?:the |on |am |der |den )?<d)",
        lambda m: f"{m[1]} <n>",
    )
    scanner.rewrite(rf"{CORRECTION}(?: und zwar)?,? nicht(?= (?:am |um |den |on )?<)", lambda m: " <c> <n> ")
    scanner.rewrite(rf"{REPLACING} (<d\d+>(?: (?:um |at )?<[tp]\d+>)?),? (?=(?:am |on |den |the |um |dem )?<d)", lambda m: f" <e> {m[1]}, ")
    # "the 24th, not the 23rd"
    scanner.rewrite(
        r"(<d\d+>),? not (?:(?:on|the|for) )*(<d\d+>)(?! (?:is|works|but|though|can|could|would)\b)", lambda m: f"{m[1]} <e> {m[2]},"
    )
    scanner.rewrite(CONCLUDED, lambda m: f"{m['before']} <c> {m['concluded']}")
    if not scanner.has(r"\b(?:erst|zuerst|zunaechst|first)\b"):
        # "um zwölf, nur bis zwölf offen? Dann um elf"
        scanner.rewrite(r"(<t\d+>.*[,.;]) (?:dann|then) (?=(?:(?:halt|eben|lieber|doch|um|at|gegen|around) )*<t)", lambda m: f"{m[1]} <c> ")
    # "um zehn, also halb elf"
    scanner.rewrite(rf"(<t\d+>[^<{CONCLUSION}]{{0,20}}){CONCLUSION}(?= (?:(?:um|at|gegen|around|about) )?<t)", lambda m: f"{m[1]} <c>")
    scanner.rewrite(INSTEAD_OF, lambda m: " <e> ")
    scanner.rewrite(EXCLUDING, lambda m: " <n> ")
    scanner.rewrite(rf"\b(?:{CORRECTION})", lambda m: " <c> ")
    scanner.rewrite(rf"(?<![\w<]){OR}(?![\w>])", lambda m: " <o> ")


def tokenize_marks(scanner: Scanner) -> Tokens:
    """Tokenize the marked text into items and words."""
    tokens, clause, segment, clause_number = Tokens(), list[Item](), 0, 0
    before_stop: list[Item] = []
    excluding = joining = False
    found = list(TOKEN.finditer(scanner.text))
    for place, match in enumerate(found):
        if match["kind"]:
            item = Item(match["kind"], scanner.found[int(match["number"])], segment, joining, excluding)
            item.clause = clause_number
            item.is_led = place > 0 and found[place - 1][0] in HOUR_LEADS
            tokens.items.append(item)
            clause.append(item)
            joining = False
            tokens.sequence.append(f"<{match['kind']}>")
            continue
        tokens.sequence.append(match[0])
        if match["sign"] == "o":
            joining = True
        elif match["sign"] == "c":
            segment, clause, excluding, joining = segment + 1, [], False, False
        elif match["sign"]:
            follows = _get_next_kinds(found, place)
            is_concluded = place > 0 and found[place - 1][0] == CONCLUSION
            if (match["sign"] == "x" or is_concluded) and not clause and not follows:
                clause = before_stop
            before = {item.kind for item in clause}
            excluding = not clause if match["sign"] == "x" else bool(follows)
            if match["sign"] == "x" or (match["sign"] == "n" and (not follows or before & follows)):
                _exclude(clause, is_unsuitable=match["sign"] == "x")
            clause = [] if match["sign"] == "x" else clause
        elif match["stop"] or re.fullmatch(BOUNDARY, match["word"] or ""):
            before_stop, clause, excluding, clause_number = clause or before_stop, [], False, clause_number + 1
        if match["word"]:
            tokens.words.append(Word(match["word"].rstrip("."), place, segment))
    return tokens


def _exclude(clause: list[Item], *, is_unsuitable: bool) -> None:
    for item in clause:
        item.is_unsuitable = is_unsuitable
        item.is_excluded, item.is_of_day = True, any(other.kind == DAY for other in clause)


def _get_next_kinds(found: list[re.Match[str]], place: int) -> set[str]:
    """Get the kind of the next mark in the same clause, as a set."""
    for match in found[place + 1 :]:
        if match["kind"]:
            return {match["kind"]}
        if match["stop"] or match["sign"] in ("c", "x", "n", "e") or re.fullmatch(BOUNDARY, match["word"] or ""):
            break
    return set()
