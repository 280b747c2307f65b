"""Finds words that stand where a day or a time stands and are not understood: they are asked about, never dropped."""

# ruff: noqa: E501  (tables of words)

import re
from dataclasses import dataclass
from typing import Literal

from app.domain.language.fillers import ASIDE
from app.domain.language.marked_text_tokenizer import Tokens, Word
from app.domain.language.misspellings import is_near_word
from app.domain.language.vocabulary import MONTHS, split_words

TIME_LEADS = split_words("um gegen at halb viertel half quarter punkt")
DAY_LEADS = split_words(
    "am an on jeden jede every each naechsten naechste naechster kommenden kommende folgenden next diesen this letzten last coming following"
)
EITHER_LEADS = split_words("ab bis nach vor after before until till by seit since zwischen between waehrend during around kurz shortly")
# taken by the rules where they stand rightly before a day or a time
OPERATORS = split_words(
    """ab bis nach vor after before until till by seit since zwischen between through thru within innerhalb binnen past letzte letzten letzter letztes last previous vorige vorigen
    uebernaechste uebernaechsten uebernaechster uebernaechstes ohne ausser bar barring save minus plus including included inclusive einschliesslich inklusive exklusive ausgenommen following preceding
    prior ahead beyond towards toward pending hinter weder neither nor"""
)
# they may stand between the preposition and what it leads
DETERMINERS = split_words(
    """der die das den dem des ein eine einen einem einer mein meine meinen meinem meiner unser unsere unseren unserem unserer sein seine seiner ihr ihre
    ihrer the a an my our his her their your so ca etwa zum zur den dann naechsten naechste kommenden ganz ungefaehr about around next erst allen alle"""
)
# follow any preposition and name no time
INNOCENT = split_words(
    """hause haus hinten vorne moeglichkeit absprache vereinbarung ort allem allen einen einem eine ein was es ihn ihm sie mich mir uns zu dass ob say something anything all me you
    us him her them your you're any no one now then here there this that these those it it's which what when where is are was were would will can could may
    might must shall should do does did ist sind war waere wird werden haben habe hat haette koennte kann moechte will soll muss darf bin geht passt frei
    um am im in auf bei mit von fuer ohne und oder aber auch noch nur schon wieder dann denn doch nun der die das den dem des the a an i i'd i'm we we'd he
    she they of to for with from nach vor bis ab"""
)
# follow "am", "um", "at" and "on" and name no time
PLACES = split_words(
    """besten liebsten ehesten angenehmsten schoensten einfachsten guenstigsten telefon apparat handy hoerer stueck rande tisch schalter computer bahnhof
    markt platz hilfe rueckruf termin termine terminen uhr uhrzeit zeit anruf anrufen least home once phone way line chance work office school salon place
    shop clinic street house uebrigens haaren haare anything something nothing everything else earliest latest freie freien freier moegliche moeglichen
    available appointment appointments slot slots opening openings possible gelegenheit"""
)
# "am Knie", "am Hauptbahnhof"
PLACE_NAME = re.compile(
    r"[a-z]*(?:bahnhof|platz|markt|see|rhein|main|ring|tor|park|berg|ufer|weg|haus|center|stelle|garten|knie|ruecken|kopf|fuss|fuesse|arm|hals|auge|ohr|bein|schulter|hand|finger|zeh|bauch|auto|wagen|motor|reifen|fenster|zahn|zaehne|anfang|bord)"
)
# follow a day and say that it suits
VERBS = split_words(
    """geoeffnet offen auf zu geschlossen open opened closed waer waere haett haette koennt wollt moecht braeucht ginge gehen klappt klappen passen passte reicht waers wuerde wuerd ideal perfekt super prima gut schoen toll recht lieber besser bitte danke gerne gern noch schon auch erst nur rum herum dazu kommen komme kaeme kriegen bekommen buchen
    nehmen machen legen verschieben vorbei vorbeikommen moeglich irgendwo zwar jeweils immer meistens so etwa ungefaehr zirka circa termin termine works work suits fits sounds looks good great fine perfect best better ideal
    please thanks though still yet already anyway definitely hopefully obviously again back down up out off over under free open have has had need want like take get make come go been being going got put my your his our their halt eh sowieso natuerlich nochmal nochmals spontan kurz schnell her mit dich euch ihnen dir jemand niemand etwas nichts hab habt hatte sollte wollte muesste duerfte brauche braeuchte bekomme nehme hast habe verfuegbar buchbar zeit maybe only also too either roughly around about approximately again if who because weil falls wenn wo wie was dran da nehm nimm nehmen gedacht gehofft ueberlegt vorgestellt tausche tausch move moved push pushed change changed swap forward fahre fahr sind seid reinkommen rein vorbeischauen anrufen tagsueber"""
)
# "auf Mittwoch vorziehen", "am Dienstag vorbeibringen"
INFINITIVE = re.compile(
    r"(?:ver|vor|um|ein|be|ab|an|aus|auf|zu|zurueck|her|hin|vorbei|rein|weg|mit|nach|unter)(?:zu)?[a-z]{2,}(?:en|eln|ern)"
)
ORDINARY_WORDS = INNOCENT | PLACES | VERBS | TIME_LEADS | DAY_LEADS | EITHER_LEADS | DETERMINERS
# they name a time wherever they stand
TIME_WORD = re.compile(
    r"(?:[a-z]*(?:tag(?:e[sn]?|s)?|woche[n]?|monat[es]*|jahr(?:e[sn]?|s)?|stunden?|minuten?|quartal\w*|semester\w*|ferien|saison|abend|mittag|nacht)|(?:tages|wochen|monats|jahres|ferien|urlaubs|feiertags|abend|mittags|nacht)[a-z]+"
    r"|urlaub\w*|\w*daemmerung|sonnen\w+gang|feierabend|\w*schluss|\w*pause|kirmes|kirchweih|kerwe|karneval|fasching|wiesn|oktoberfest|ramadan|zuckerfest|opferfest|eid|diwali|hanukkah|chanukka|passover|pessach"
    r"|[a-z]*days?|[a-z]*weeks?|[a-z]*months?|[a-z]*years?|[a-z]*hours?|[a-z]*minutes?|[a-z]*nights?|[a-z]*noon|[a-z]+time|[a-z]+zeit(?:en)?|holidays?|vacations?|half-term|semester|quarter|dawn|dusk|sunset|sunrise|nightfall|teatime|breakfast|birthday|geburtstag|namenstag"
    r"|anfang|mitte|ende|beginn|haelfte|drittel|halb|viertel|half|beginning|middle|end|werktags?|wochentags?|demnaechst|neulich|damals|kuerzlich|recently)"
)
HARMLESS_TIME_WORDS = split_words(
    """today tag tags vertrag auftrag antrag vortrag betrag beitrag ertrag anfrage zeit uhrzeit uhrzeiten uhr mahlzeit jederzeit derzeit zurzeit vollzeit
    teilzeit freizeit auszeit sometime sometimes anytime everytime lifetime overtime full-time fulltime parttime part-time meantime realtime termintag
    kalendertag kalender geburtsjahr lebensjahr stundenlang ganztags someday egal minute jahrgang baujahr jahreswagen abschluss
    anschluss beschluss entschluss ausschluss"""
)
# what happens every day, and so names an hour
DAILY_EVENTS = split_words(
    """schule arbeit essen mittagessen fruehstueck abendessen kindergarten kita krippe training sport uni vorlesung kirche gottesdienst schicht dienst feierabend tagesschau kurs unterricht
    oeffnung ladenschluss geschaeftsschluss school work class classes church gym practice training breakfast dinner tea supper lessons lesson shift nursery daycare opening closing"""
)
CALENDAR_UNITS = split_words("day tag week woche weekend wochenende")
# "gleich morgens oder ganz spät"
UNCLEAR_PARTS = split_words("frueh spaet early late")
INTENSIFIERS = split_words("ganz sehr recht very really quite eher")
COMPARED = split_words("spaeter frueher later earlier sooner")
SAME = split_words(
    """gleiche gleichen gleicher selbe selben selber dieselbe derselben dasselbe same usual gewohnte gewohnten uebliche ueblichen immer sonst gehabt always danach davor vorher nachher hinterher darauf drauf
    anschliessend afterwards beforehand thereafter"""
)
FOLLOWING = split_words("danach nachher hinterher anschliessend darauf drauf afterwards thereafter davor vorher beforehand")
CONDITIONS = split_words("wenn wenns sobald bevor nachdem solange when once while whenever unless")

Part = Literal["day", "time", "either", "date", "later", "spare day", "spare time"]


@dataclass(frozen=True, slots=True)
class UnreadWord:
    """A word not understood: the part it stands for; `date` and `later` are asked even where day and time are known,
    `spare` ones only where no day or time is.
    """

    part: Part
    segment: int


def find_unread_words(tokens: Tokens) -> list[UnreadWord]:
    """Find the words that stand for a day or a time and are not understood."""
    return [UnreadWord(part, word.segment) for word in tokens.words if (part := _judge(word, tokens))]


def _judge(word: Word, tokens: Tokens) -> Part | None:
    text = word.text
    if text == ASIDE or not re.search(r"[a-z0-9]", text):
        return None if text == ASIDE or text.isascii() else "either"
    if re.search(r"\d", text):
        return _judge_number(word, tokens)
    if text == "hin":
        return "date" if tokens.sequence[word.place - 1 : word.place] == ["<d>"] else None
    if text in ("um", "gegen", "at") and word.place == len(tokens.sequence) - 1:
        return "time"
    if text in ("then", "dann", "dahin") and word.place and tokens.sequence[word.place - 1] in EITHER_LEADS:
        return "date"
    if text in OPERATORS:
        return _judge_operator(word, tokens)
    if text.startswith(("naechst", "next", "kommend", "folgend")):
        return _judge_next(word, tokens)
    if text in COMPARED or text in ("halb", "half", "viertel", "quarter", "dreiviertel"):
        return "later"
    if text in CALENDAR_UNITS and tokens.sequence[word.place + 1 : word.place + 2] in (["after"], ["before"], ["nach"], ["vor"]):
        # "the day after I get back": a day of its own, whatever other is named
        return "date"
    if text in UNCLEAR_PARTS and _is_alternative(word, tokens):
        return "later"
    if text in SAME:
        return _judge_reference(word, tokens)
    if text in MONTHS:
        return "either"
    if text in CONDITIONS:
        return "either"
    if text in HARMLESS_TIME_WORDS:
        return None
    if text in ("am", "pm"):
        return "later" if text == "pm" else None
    if TIME_WORD.fullmatch(text) and _is_alternative(word, tokens):
        return "later"
    if TIME_WORD.fullmatch(text):
        return _judge_lead(word, tokens, names_time=True) or "either"
    if is_near_word(text):
        return "date"
    return _judge_lead(word, tokens) or _judge_neighbour(word, tokens)


def _is_alternative(word: Word, tokens: Tokens) -> bool:
    """Check for "or an hour"."""
    place = word.place - 1
    while place > 0 and tokens.sequence[place] in DETERMINERS | INTENSIFIERS:
        place -= 1
    return place >= 0 and tokens.sequence[place] == "<o>"


def _judge_neighbour(word: Word, tokens: Tokens) -> Part | None:
    """Judge by what stands beside: "Sonntag Namiddach", "Dunschtig um drei"."""
    if word.text in ORDINARY_WORDS or INFINITIVE.fullmatch(word.text):
        return None
    if word.place > 0 and tokens.sequence[word.place - 1] == "<d>":
        return "spare time"
    follows = [piece for piece in tokens.sequence[word.place + 1 : word.place + 3] if piece not in TIME_LEADS]
    return "spare day" if follows[:1] == ["<t>"] else None


def _judge_lead(word: Word, tokens: Tokens, *, names_time: bool = False) -> Part | None:
    """Judge by the preposition in front."""
    if word.text in INNOCENT:
        return None
    place, has_article = word.place - 1, False
    while place >= 0 and tokens.sequence[place] in DETERMINERS and tokens.sequence[place] not in EITHER_LEADS:
        has_article = has_article or tokens.sequence[place] not in DAY_LEADS
        if tokens.sequence[place] in DAY_LEADS and (
            place == 0 or tokens.sequence[place - 1] not in DETERMINERS | EITHER_LEADS | DAY_LEADS | TIME_LEADS
        ):
            break
        place -= 1
    if place < 0:
        return None
    lead = tokens.sequence[place]
    if lead in EITHER_LEADS:
        # "am Montag nach der Hochzeit"
        if word.text in DAILY_EVENTS:
            return "time"
        before = [piece for piece in tokens.sequence[:place] if piece != ","]
        return "date" if lead in ("nach", "vor", "after", "before") and before[-1:] == ["<d>"] else "either"
    if word.text in PLACES or PLACE_NAME.fullmatch(word.text):
        return None
    if lead in TIME_LEADS:
        return None if has_article else "time"
    if lead in ("am", "on") and not has_article:
        # "am Brückentag" is a day of its own, even beside another
        return (
            "day"
            if names_time and not (re.fullmatch(r"[a-z]{3,}(?:tag|day)", word.text) and "<d>" in tokens.sequence[: word.place])
            else "date"
        )
    if lead in DAY_LEADS:
        return None if has_article and lead in ("on", "an") else "day"
    return None


def _judge_next(word: Word, tokens: Tokens) -> Part | None:
    """Judge "this Wednesday or next"."""
    follows = tokens.sequence[word.place + 1] if word.place + 1 < len(tokens.sequence) else ""
    joined = word.place > 0 and tokens.sequence[word.place - 1] == "<o>"
    return "date" if joined and not follows.startswith("<") else _judge_lead(word, tokens)


def _judge_operator(word: Word, tokens: Tokens) -> Part | None:
    """Judge a preposition that no rule has taken: it bends what follows it."""
    place = word.place + 1
    while place < len(tokens.sequence) and tokens.sequence[place] in DETERMINERS:
        place += 1
    follows = tokens.sequence[place] if place < len(tokens.sequence) else ""
    if word.text in ("vor", "nach", "past") and word.place and tokens.sequence[word.place - 1] == "<t>" and follows in ("", ",", "."):
        return "later"
    return "date" if follows in ("<d>", "<o>") else "later" if follows in ("<t>", "<w>", "<p>") else None


def _judge_reference(word: Word, tokens: Tokens) -> Part:
    """Judge a word that points to another time: "in der Woche darauf", "same time"."""
    if word.text in FOLLOWING and "<t>" in tokens.sequence[: word.place]:
        return "later"
    beside = {tokens.sequence[place] for place in (word.place - 1, word.place + 1) if 0 <= place < len(tokens.sequence)}
    if beside & {"<d>", "woche", "tag", "tage", "monat", "week", "day", "month"}:
        return "date"
    return "later" if beside & {"zeit", "uhrzeit", "time", "stunde", "hour"} else "either"


def _judge_number(word: Word, tokens: Tokens) -> Part | None:
    """Judge a number: beside a noun it counts something, after "for" people."""
    sequence, place = tokens.sequence, word.place
    before = sequence[place - 1] if place else ""
    after = sequence[place + 1] if place + 1 < len(sequence) else ""
    if before in TIME_LEADS:
        return "later"
    if before in ("am", "den", "dem", "on", "the", "zum"):
        return "date"
    if before in ("fuer", "for", "of", "mit", "with", "zu"):
        return "either"
    is_counting = re.fullmatch(r"[a-z]{3,}", after) and after not in INNOCENT and not TIME_WORD.fullmatch(after)
    if is_counting and before not in EITHER_LEADS:
        return None
    return "later"
