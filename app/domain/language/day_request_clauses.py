"""Tells the clauses that wish for a day from those that only tell one: "Montag hab ich Chor, also Dienstag"."""

# ruff: noqa: E501  (tables of words)

import itertools
import re
from dataclasses import dataclass
from typing import Literal

from app.domain.language.calendar_arithmetic import WEEK
from app.domain.language.dates import DayRange
from app.domain.language.fillers import ASIDE, CONCLUSION
from app.domain.language.marked_text import Scanner
from app.domain.language.marked_text_tokenizer import EXCLUDING, HARMLESS_NO, UNSUITABLE
from app.domain.language.vocabulary import CORRECTION, split_words

Kind = Literal["told", "excluded", "wish", "bare", "other"]

# they tell how things are
REPORT_WORDS = split_words(
    """ist is sind bin hab hob habe haben hat war muss muessen arbeite arbeit arbeiten schlaf schlafe fahr fahre faehrt flieg fliege fliegen heiraten heirate
    heiratet feier feiern feiert macht machens mach spielt fall trauer raeum back backe los beginnt faengt endet laeuft kriegt krieg krieg kommt bringt holt hol
    bring steht stell haett'st schneid wird werd werden gehn gehen geh faehrt abgeben fange fang steck heiss nehmen gilt verjessen
    are has have got had gets get was were works work sleep sleeping bake bakes starts start finishes finish ends opens open closes runs run lands land leave leaves
    fly lets singing babysit says told told fasting closed shut working off rest go goes playing plays teach teaches clock expects"""
)
# they say that it suits, or ask for it
REQUEST_WORDS = split_words(
    """passt passen passts passt's geht gehts geht's ginge gings klappt klappts wuerd wuerde wuerden waer waere waers wars haett haette haetten hett moecht moechte moecht's braeucht
    braeuchte brauch brauche kann koennt koennte koennen kannst will wollen wollt soll sollen solln sollten muesst muesste muessten lieber liebsten gern gerne
    termin frei zeit luft recht nehm nehme bitte vorbeikommen komm komme kaem kaeme haben's eintragen schreiben schreibt geben
    gebt gib tragen merken bleibt could can would want wants wanna need needs like please let's lets make give book put fine suits suit works
    available free appointment slot come squeeze fit prefer take possible moeglich ideal perfect perfekt besser better best good great gut super prima toll schoen do drop pop fit'll rather sooner love hope hoping"""
)
# beside marks they say nothing
QUESTION_WORDS = split_words("ist is are have has haben habt hat")
# "das müsste ein Montag sein" tells the same day again
SAYS_AGAIN = re.compile(
    r"^(?:das|that|it|des)(?:'s| is| ist| muesst\w*| waer\w*| should be| must be)(?: (?:ja|doch|a|an|ein|eine|der|the|dann|then))* <d\d+>"
)
PLAIN_WORDS = split_words(
    f"""{ASIDE} am an um on at the der die das den dem des and und or oder in im zu zum zur vom von bis to till until from ab vor nach before after by gegen about
    around so then dann halt eben noch nur only just erst gleich wieder ja uhr aber but sondern na gut oh well ok okay a an ein eine einen of for fuer
    again schon auch doch jetzt now no nein nee ach ah go hm es it's it that's das day tag sharp instead yeah da weil because"""
)
REASONS = split_words("weil denn because cos cause since")
STARTS = (
    r"(?:weil|denn|because|cos|sondern|aber|but|(?:und|and)(?! (?:(?:um|am|the|at|on|der|den|dem|zwischen|von) )*(?:<|\d))|da (?=(?:wa?er|wa?ere|wuerd|koennt|kann|geht|passt|hab|bin|muss|ist|is|war|waer)\w*)|dann (?=(?:waer|haett|koennt|komm|geht|brauch|passt|lieber|am|<d)\w*)"
    r"|(?:it's|it is) (?=(?:the )?<d)|can (?:i|you|we)|could (?:i|you|we|ya)|(?:please )?(?:give|book|put|fit|squeeze|have) (?:me|us|her|him)\b|let's|make it|i'd|we'd|i'll be|i want|i need|i shan't|i can't|can't|we can't|how about|what about|na gut|machen wir|nehmen wir"
    r"|nein|nee|nope|no(?= <| on| the| i)|sorry|wait|moment"
    r"|(?<=[a-z] )(?:und|and) (?:(?:am|on|the|den) )*<d\d+>"
    r"|(?:(?:it's|it is|es ist|am|on|the|den|der|an) )*<d\d+>(?: <[tp]\d+>)*,? (?:ist|is|hab|hob|habe|hat|haben|bin|sind|muss|geh|fahr|fall|wird|i|i'm|i've|we|we're|he|she|he's|she's|has|are|passt|geht|kann|they|trauer|raeum|braeuchte?|brauche?|moechte?|haette?|waere?|ginge?)\b)"
)
CLAUSE_START = re.compile(
    rf"(?:(?<!\d)[.,;:]+(?= |$)|(?<! on)(?<! am)(?<! the)(?<! den)(?<! der)(?<!it's)(?<!it is)(?<!es ist) (?={STARTS}))"
)
DAY = re.compile(r"<d(\d+)>")
TIME = re.compile(r"<t\d+>")
TIME_OR_PART = re.compile(r"<[tp]\d+>")
REPORTED_TIMES = re.compile(r"(?:\b(?:um|at|bis|till?|until|vo[nm]|from|to|ab|gegen|around|about|zwischen|between|und|and|by) )*<[tp]\d+>")
MARK = re.compile(r"<[dtp]\d+>")
EXCLUDED = re.compile(rf"{UNSUITABLE}|{EXCLUDING}")
# they bound the time and leave the day
HARMLESS = re.compile(
    rf"{HARMLESS_NO}|\b(?:not|nicht|nie)(?: (?:so|super|ganz|very|all that|gar|unbedingt))? (?:too ?|zu ?)?(?:early|late|frueh|spaet)\b|\b(?:not|nicht) (?:before|until|till|after|vor|nach|bis)\b|<[dtp]\d+> (?:or|oder) (?:nothing|not at all|gar nicht|garnicht|nie|never)\b"
)
COMMENTS = re.compile(r"(?:(?:no|wait|nein|nee|ach|moment|sorry|oh) )*(?:das|that|it|des|da)(?:'s| is| ist)?\b")
# no preposition leads it
BARE_TAIL = re.compile(
    r"(?= <d)(?<![.\d])(?<!\bam)(?<!\ban)(?<!\bon)(?<!\bthe)(?<!\bden)(?<!\bder)(?<!\bvon)(?<!\bbis)(?<!\bto)(?<!\btill)(?<!\buntil)(?<!\bum)(?<!\bat)(?<!\ba)(?<!\bein)(?<!\bis)(?<!\bist)(?<!\ball)(?<!\bab)(?<!\bfrom)(?<!\bvor)(?<!\bnach)(?<!\bbefore)(?<!\bafter)(?<!\bund)(?<!\band)(?<!\bbe)(?<!\bsein)(?<!\bnot)(?:(?<!\bnicht)|(?<=\bauch nicht))(?<!\bkein)(?<!\bno)(?<!\bausser)(?<!\bexcept)(?<!\bthan)(?<!\bals)(?<!\bor)(?<!\boder)(?<!\bover)(?<!\bstatt) <d\d+>(?:,?(?: (?:um|at|gegen|ab|nach|vor|around|about|after|before))? <[tp]\d+>)*(?: (?:then|dann|geht|passt|works|geht's|instead|stattdessen))?$"
)
# "am Freitag hab ich Probe am Montag um neun"
LED_TAIL = re.compile(
    r"<d\d+>(?: <[tp]\d+>)? (?:ist|is|hat|hab ich|i've got|i've|i have|i'm at|has)(?: [a-z]+){1,2}(?P<tail> (?:am|on) <d\d+>(?:,?(?: (?:um|at|gegen|ab|nach|vor|around|about|after|before))? <[tp]\d+>)*)$"
)
# "das Training geht bis sechs"
REPORT_PHRASES = re.compile(
    r"\b(?:i|we|he|she|they)'ll be\b|\b(?:come|comes|coming|get|gets|getting) back\b|\bkomme?n?\b.*\b(?:zurueck|heim|wieder)\b|\b(?:geht|gehen|goes|go) (?:bis|von|um|los|until|till|from|on)\b|\bgeht\b.*\blos\b"
)
REQUEST_PHRASES = re.compile(r"\b(?:zu|to) (?:ihnen|euch|you)\b")
# the main clause behind "weil am Mittwoch …"
INVERSION = re.compile(
    r" (?=(?:braeuchte?|brauche?|haette?|moechte?|koennte?|kann|wuerde?|waere?|will|komme?|soll|muesste?|passt|ginge?|geht) (?:ich|wir|es|mir|uns|das|nur|der|die)\b|(?:i|we)(?:'d| need| want| could| can| would)\b|(?:could|can) (?:i|we|you)\b)"
)
BARE_DAY = re.compile(r"(?:(?:am|on|the|den|der) )*<d\d+>(?P<joint> (?:und|oder|and|or))?")
JOINT = re.compile(r"(?:und|oder|and|or) ")
ITS = re.compile(
    r"^(?:it's|it is|es ist|(?:it|es|that|das) (?:muss|muesste|must be|has to be|needs to be|sollte|should be|would be)) (?:(?:the|am|on|der|dann) )*<d\d+>"
)
# "I have Friday as well", "I'm off Thursday, so that or Friday"
ALSO = re.compile(r"\b(?:auch|too|also|as well|ebenso)\b")
THAT_OR = re.compile(r"\b(?:that|das|den|then|either|entweder)\b[^<]*\b(?:or|oder)\b")
STRETCH = re.compile(
    r"\b(?:bis|vo[nm]|from|between|zwischen|ab|until|till|through|thru|nach|after|before|vor)(?: (?:dem|den|der|the|zum|zur|on|am))* <d|<d\d+>,? (?:bis|to|through|thru|till|until|onwards?|und|and|-)\b"
)
# "Montag kann ich nicht, doch, Montag kann ich doch"
ONLY = re.compile(r"(?:bloss|nur|only|just|aber|but)\b")
LEFT_OPEN = re.compile(r" (?:bloss|nur|only|just|aber|but)$")
TAKEN_BACK = re.compile(r"\b(?:doch|after all|actually)\b")
JOINED = re.compile(r"^(?:oder|or)\b")
# "it's tuesday", "that's the 2nd"
CONTRACTED = re.compile(r"(?!it's|that's|let's|what's)[a-z]+'(?:s|re|ve|m)$")


@dataclass(slots=True)
class DateClause:
    """A piece of the text behind what separates it from the one before."""

    end: str
    text: str
    kind: Kind
    is_concluded: bool


def set_aside_reasons(scanner: Scanner) -> None:
    """Set aside what is told of other days, where a clause of its own wishes for one."""
    if len(MARK.findall(scanner.text)) < 2:
        return
    clauses = _split(scanner.text)
    if len(clauses) < 2:
        return
    wishes = [place for place, clause in enumerate(clauses) if _can_be_wish(clause) and DAY.search(clause.text)]
    concluded = [place for place in wishes if clauses[place].is_concluded]
    if concluded:
        # what stands before a conclusion gives its reasons
        wishes = [place for place in wishes if clauses[place].kind != "other" or place >= concluded[-1]]
    aside = [place for place in range(len(clauses)) if place not in wishes and _is_set_aside(scanner, clauses, place, wishes)]
    withdrawn = {day for place in aside for day in _list_days(scanner, clauses[place].text)}
    for place in list(wishes):
        # "am zweiten wär gut, nein, am zweiten ist Elternabend, am dritten"
        later = any(other > place for other in wishes)
        if later and any(other > place for other in aside) and set(_list_days(scanner, clauses[place].text)) & withdrawn:
            aside.append(place)
    told_after = any(
        clauses[place].kind == "told" and not _is_reason(clauses[place]) and DAY.search(clauses[place].text)
        for place in aside
        if place > max(wishes)
    )
    if told_after and not any(clauses[place].kind == "wish" or clauses[place].is_concluded for place in wishes):
        # nothing wishes plainly, and the last day is told
        return
    is_narrowed = _exclude_from_stretch(scanner, clauses, wishes)
    is_narrowed |= _set_aside_times(clauses)
    if aside or is_narrowed:
        texts = (f"{ASIDE}," if place in aside else clause.text for place, clause in enumerate(clauses))
        scanner.text = " ".join("".join(f"{clause.end} {text}" for clause, text in zip(clauses, texts, strict=True)).split()).rstrip(",")


def _exclude_from_stretch(scanner: Scanner, clauses: list[DateClause], wishes: list[int]) -> bool:
    """Exclude what is told of days of a stretch: "morgen bis Dienstag, bloß Sonntag bin ich bei meiner Schwester"."""
    is_narrowed = False
    for place in range(wishes[0] + 1 if wishes else len(clauses), len(clauses)):
        clause, before = clauses[place], clauses[place - 1]
        if (
            clause.kind != "told"
            or not (ONLY.match(clause.text) or LEFT_OPEN.search(before.text))
            or not _is_stretch(scanner, clauses, wishes)
        ):
            continue
        if days := DAY.findall(clause.text):
            clause.text = "".join(f", nicht <d{number}>" for number in days)
            before.text = LEFT_OPEN.sub("", before.text)
            is_narrowed = True
    return is_narrowed


def _is_stretch(scanner: Scanner, clauses: list[DateClause], wishes: list[int]) -> bool:
    wished = [day for wish in wishes for day in _list_days(scanner, clauses[wish].text)]
    return any(STRETCH.search(clauses[wish].text) for wish in wishes) or not all(day and day.is_single for day in wished)


def _set_aside_times(clauses: list[DateClause]) -> bool:
    """Set aside the times that are told with a day: "morgen bin ich bis zwölf beim Zoll, also um zwei"."""
    last = max((place for place, clause in enumerate(clauses) if clause.is_concluded and TIME_OR_PART.search(clause.text)), default=0)
    told = [clause for clause in clauses[:last] if clause.kind == "told" and TIME_OR_PART.search(clause.text)]
    for clause in told:
        clause.text = REPORTED_TIMES.sub(ASIDE, clause.text)
    return bool(told)


def _split(text: str) -> list[DateClause]:
    clauses, end, since = [], "", 0
    for stop in CLAUSE_START.finditer(text):
        piece = text[since : stop.start()].strip()
        if (bare := BARE_DAY.fullmatch(piece)) and (bare["joint"] or JOINT.match(text[stop.end() :])):
            # "Monday and Tuesday are out"
            continue
        if piece in REASONS:
            continue
        clauses += _divide(end, piece)
        end, since = stop[0], stop.end()
    clauses += _divide(end, text[since:].strip())
    for before, clause in itertools.pairwise(clauses):
        if before.kind in ("told", "excluded") and clause.kind in ("bare", "other") and clause.text.startswith(("und ", "and ")):
            # "Montag bin ich auf Montage und Dienstag in Kiel"
            clause.kind = before.kind
    return clauses


def _divide(end: str, text: str) -> list[DateClause]:
    """Divide "that's election day Wednesday half ten" before what stands by itself at its end."""
    if text.split(" ", 1)[0] in REASONS and (main := INVERSION.search(text)):
        return [_classify(end, text[: main.start()]), _classify(" ", text[main.end() :])]
    if led := LED_TAIL.search(text):
        return [_classify(end, text[: led.start("tail")]), _classify(" ", led["tail"].strip())]
    tail = BARE_TAIL.search(text)
    whole = _classify(end, text)
    if not tail or whole.kind not in ("told", "excluded") or not (COMMENTS.match(text) or DAY.search(text[: tail.start()])):
        return [whole]
    return [_classify(end, text[: tail.start()]), _classify(" ", tail[0].strip())]


def _classify(end: str, text: str) -> DateClause:
    words = MARK.sub(" ", text).split()
    plain = HARMLESS.sub(" ", text)
    is_concluded = CONCLUSION in end
    kind: Kind = "other"
    if EXCLUDED.search(plain):
        kind = "excluded"
    elif REPORT_PHRASES.search(text):
        kind = "told"
    elif any(word in REQUEST_WORDS for word in words) or REQUEST_PHRASES.search(text):
        kind = "wish"
    elif any(word in REPORT_WORDS or CONTRACTED.match(word) for word in words):
        kind = "told"
    elif all(word in PLAIN_WORDS or re.fullmatch(CORRECTION, word) for word in words):
        kind = "bare"
    if ITS.match(text):
        kind = "wish"
    if kind == "told" and ((words[0] in QUESTION_WORDS and not text.startswith("<")) or SAYS_AGAIN.match(text)):
        kind = "other"
    if text.split(" ", 1)[0] in REASONS and kind != "excluded":
        kind = "told"
    return DateClause(end, text, kind, is_concluded)


def _is_reason(clause: DateClause) -> bool:
    return clause.text.split(" ", 1)[0] in REASONS


def _can_be_wish(clause: DateClause) -> bool:
    return clause.kind in ("wish", "bare", "other") or (clause.kind == "told" and clause.is_concluded)


def _is_set_aside(scanner: Scanner, clauses: list[DateClause], place: int, wishes: list[int]) -> bool:
    clause = clauses[place]
    if not wishes or JOINED.match(clause.text) or (clause.kind == "told" and ALSO.search(clause.text)):
        return False
    if any(clauses[wish].is_concluded and THAT_OR.search(clauses[wish].text) for wish in wishes):
        return False
    days = _list_days(scanner, clause.text)
    if not days:
        return (
            clause.kind == "told"
            and bool(TIME_OR_PART.search(clause.text))
            and any(TIME_OR_PART.search(other.text) for other in clauses if other.kind in ("wish", "bare"))
        )
    later = [wish for wish in wishes if wish > place]
    if clause.kind == "excluded" and any(
        TAKEN_BACK.search(clauses[wish].text) and _list_days(scanner, clauses[wish].text) == days for wish in later
    ):
        return True
    wished = [day for wish in later or wishes for day in _list_days(scanner, clauses[wish].text)]
    if _is_stretch(scanner, clauses, later or wishes) and (clause.kind == "excluded" or place > wishes[0]):
        # "ab Montag, nur nicht Mittwoch", "next week, I've choir on Thursday"
        return False
    concludes_stretch = any(clauses[wish].is_concluded for wish in wishes) and any(day and not day.is_single for day in wished)
    is_exact = bool(wished) and all(day and day.is_single and day.weekday is None and not day.is_day_of_month for day in wished)
    if any(day is None or (day.last - day.first >= WEEK and not concludes_stretch and not is_exact) for day in days):
        return False
    if concludes_stretch and clause.kind == "told":
        # "the harvest runs till mid August, so the second half of August"
        return True
    return not any(day is None or any(day.first <= other.last and other.first <= day.last for other in days if other) for day in wished)


def _list_days(scanner: Scanner, text: str) -> list[DayRange | None]:
    """List the days of a clause; None for one that is asked about."""
    found = [scanner.found[int(number)] for number in DAY.findall(text)]
    return [day if isinstance(day, DayRange) else None for day in found]
