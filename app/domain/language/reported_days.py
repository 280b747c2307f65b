"""Sets aside days and times that are told and not wished: what was, whose appointment it is, what a day is, where one is moved from."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from datetime import date, datetime

from app.domain.language.dates import DayRange
from app.domain.language.fillers import ASIDE
from app.domain.language.marked_text import Scanner
from app.domain.language.times import ClockTime
from app.domain.language.vocabulary import MOVES, RELATIVE

# "… und brauche", "… aber", "… so": what follows says something of its own
CLAUSE_END = re.compile(
    r"(?:(?<!\d)[.,;:]+(?= |$)| (?=(?:aber|but|sondern|jetzt|now|deshalb|deswegen|drum|darum|daher|so(?! (?:um|gegen|ab|zwischen)\b))\b)"
    r"| (?=(?:und|and) (?:(?:ich|i|wir|we|er|sie|he|she|they|jetzt|now|deshalb|then|dann|so) )?(?:brauch\w*|braeucht\w*|moecht\w*|haett\w*|will|wuerd\w*|koennt\w*|kann|can|could|would|needs?|wants?|i'd|we'd|she'd|he'd|they'd|like)\b)"
    # a wish begins without a stop
    r"| (?=(?:can|could) (?:i|we|you|ya)\b|(?:please )?(?:give|book|put|fit|squeeze|pop) (?:me|us|her|him)\b|(?:geben|gebt|schreiben|tragen) (?:sie|ihr|mich|uns|mir)\b|(?:braeuchte?|moechte?|koennte?|wuerde?) (?:ich|wir|i)\b"
    r"|(?:der|die|das) passt\b|(?:der|das|dem|am) <d\d+> (?:waere?|ginge?|passt)\b|(?:is|ist) (?:that|das|it|es) (?:a|an|ein|n|nicht)? ?<d|(?:then (?:the )?|dann (?:der|den) )<d|(?:(?:the|den|am|der|okay|well) )*<d\d+>,? (?:then|dann)(?=$|[,.;])))"
)
DAY_OR_TIME = re.compile(r"<[dtp]\d+>")
DAY_MARK = re.compile(r"<d(\d+)>")
PARTICIPLE = r"(?:(?:an|ab|auf|aus|ein|mit|vor|nach|zu|her|hin|um|weg|los|zurueck|durch|kaputt)?ge[a-z]{2,}(?:t|en)|be[a-z]{3,}(?:t|en)|ver[a-z]{3,}(?:t|en)|er[a-z]{3,}(?:t|en)|[a-z]{3,}iert)"
PERSON = r"(?:ich|wir|er|sie|mein\w* \w+|unser\w* \w+|i|we|he|she|they|you|my \w+|our \w+|it|es|das)"
PAST = re.compile(
    r"\bwaere?n?\b.*\bgewesen\b|\bwould(?:'ve| have) been\b|\b(?:war|waren|warst|wart|hatten?|hattest|wurden?|were|wasn't|weren't|had|hadn't|'ve been|have been|has been)\b"
    rf"|\b(?:habe?|bin) (?:ich|i)\b(?:(?!\b(?:ich|wir)\b).)*\b{PARTICIPLE}\b|\b(?:ich habe?|ich bin|wir haben|wir sind|er hat|sie hat|er ist|sie ist|sie haben|ihr habt|man hat|mein\w* \w+ (?:hat|ist)|unser\w* \w+ (?:hat|ist))\b.*\b{PARTICIPLE}\b"
    rf"|\b(?:hat|haben|ist|sind) (?:mein\w* \w+|unser\w* \w+|er|ihr\w* \w+|jemand|man)\b.*\b{PARTICIPLE}\b"
    rf"|(?<!have )(?<!'ve )(?<!haven't )(?<!has )\b{PERSON} (?:\w+ly |also |already |just |then |even |schon )?(?:[a-z]{{2,}}(?<!e)ed|came|saw|rang|went|got|did|didn't|broke|lost|fell|hurt|left|took|spoke|wrote|forgot|found|met|kam|kamen|rief|riefen|ging|gingen|fuhr|fiel|verlor|bekam)\b"
)
# "haben Sie was am Montag"
ENGLISH_WAS = re.compile(
    r"^(?!.*\b(?:ich|sie|ihr|am|um|im|noch|nochmal|mal|haben|habt|haette|gibt|brauche|ist|fuer|bei|der|das|den|dem|geht|und|oder|ab|mit|wir)\b)"
    r".*\b(?:i|he|she|it|we|they|you|that|there|who|which|this|one|(?:my|our|the|his|her|your|last) \w+(?: \w+)?) (?:was|were)\b"
)
# "ich hatte an Dienstag gedacht", "I was hoping for Monday", "if Monday was free": past in form only
WISHED = re.compile(
    r"\b(?:wollten?|dachten?|gedacht|gehofft|vorgestellt|ueberlegt|gesagt|sagte (?:ich|doch)|ich sagte|gemeint|meinten?|ausgesucht|frei\w*|moeglich|offen|geoeffnet|verfuegbar|geschlossen|recht|gern|lieber|ob|wenn|falls|dass"
    r"|hoping|hoped|wondering|thinking|thought|looking|wanting|wanted|wishing|going to|in mind|i said|we said|meant|asked|free|available|open|possible|if|whether|after|planning|aiming|asking|request(?:ed|ing)?|preferred|chose|picked(?! up)|like|liked|love|loved)\b"
)
BIRTH = re.compile(r"\b(?:geboren|geburtsdatum|born|date of birth|dob)\b")
# what the caller will do at the telephone
CALL_BACK = re.compile(
    r"\b(?:i should|i'm to|told me to|asked me to|said to|i have to|i've got to|ich soll(?:te)?|dass ich|ich muss)\b.*\b(?:ring|call|phone|anrufen|melden|durchrufen)\b"
    r"|\b(?:i'?ll|i will|i can|let me|i'm going to) (?:\w+ )?(?:ring|call|phone|try|get back)\b(?! in\b)(?: \w+)? ?(?:back|again|later|to you)?\b"
    r"|\b(?:ruf|rufe|meld|melde)\b[^,.;]*\b(?:wieder|zurueck|nochmal|nochmals|noch einmal|spaeter)\b|\b(?:probiere?|versuche?)(?: ich)? (?:es|'s)\b[^,.;]*\b(?:wieder|nochmal|nochmals|noch einmal)\b"
    r"|\b(?:rufe?|melde?)(?: ich| mich)* (?:(?!termin)[a-z]+ )*<[dt]\d+>[^,.;]*\ban\b|\bmelde?(?: ich)? (?:mich|uns)\b(?!.*\b(?:wegen|termin\w*|an)\b)[^,.;]*<d|\bi'm (?:calling|ringing|phoning) about <d"
)
# what leaves and arrives, begins and ends
SCHEDULED = r"(?:zug|zuch|bus|bahn|flieger|flug|faehre|taxi|schule|kita|kindergarten|arbeit|kurs|training|schicht|unterricht|hochzeit|taufe|beerdigung|umzug|lieferung|handwerker|train|flight|plane|ferry|school|nursery|work|class|course|shift|wedding|funeral|delivery|plumber|electrician|klempner|elektriker|installateur|exam|interview|pruefung|meeting)"
OTHERS = re.compile(
    rf"^(?:(?:und|and|weil|because|nur|only|{ASIDE}) )*(?:(?:mein\w*|my|unser\w*|our|der|die|the|ihr\w*|sein\w*|his|her) (?:\w+ )?(?:{RELATIVE}|{SCHEDULED})(?: [a-z]+)?|{SCHEDULED}|(?:mein\w*|my|unser\w*|our) {ASIDE}(?= (?:(?:am|on|the|den) )*<)|{ASIDE}|er|he|she)"
    rf"(?:'s| (?:macht|schliesst|oeffnet|closes|opens|shuts|gets|arrives|leaves|lands|starts|ends|finishes|begins|faengt|beginnt|endet|landet|faehrt|kommt)\b| (?:kommt|ist|hat|war|geht|faehrt|muss|arbeitet|is|has|comes|goes|works|was|had|booked|got|heiratet|feiert)\b| {ASIDE}(?= (?:(?:am|on|the|den) )*<)| (?:wird|werden|turns?)(?: (?:am|on|the|den))* <|(?<={ASIDE})(?= (?:(?:on|the|am|den) )+<d\d+>$))"
)
NEEDS = re.compile(r"\b(?:braucht|braeuchte|moechte|will|wuerde|haette|koennte|kann|soll|sollte|needs?|wants?|would|could|can|'d|like)\b")
OWN = re.compile(
    r"^(?!.*\b(?:auch|too|also|as well|both|und|and)\b).*\b(?:deshalb|deswegen|drum|darum|daher|therefore|so|ich|mir|mich|wir|uns|i|me|we|us|i'd|i'll|dann|lieber|bitte|geht|ginge|passt|could|can|haben sie|habt ihr|have you|do you)\b"
)
CELEBRATION = (
    r"(?:birthday|anniversary|wedding|party|geburtstag|hochzeitstag|hochzeit|feier|taufe|konfirmation|kommunion|jubilaeum|pruefung|exam)"
)
# "mein Zug kommt um drei an", "am Montag um acht kommt der Klempner": no hour to come
OF_TIMETABLE = re.compile(
    rf"^(?:(?:und|and|weil|because|da|nur|only) )*(?:(?:mein\w*|my|unser\w*|our|der|die|de|dr|the) )?{SCHEDULED}(?:'s)? (?!(?:i|ich|we|wir)\b)[a-z]{{3,}} (?:[^<]|<d\d+>)*<t\d+>"
    rf"|<t\d+> (?:kommt|kommen|faehrt|geht|beginnt|endet|faengt|landet) (?:(?:der|die|das|mein\w*|unser\w*) )?(?:{SCHEDULED}|[a-z]+mann|techniker|monteur|post)\b"
)
# "morgen ist Samstag", "Thanksgiving's Thursday", "Freitag ist Feiertag", "my birthday's the 17th"
FACT = re.compile(
    r"<d(?P<one>\d+)>(?:'s| ist| is| sind| faellt auf| falls on| waere| would be)(?: (?:my|mein|our|unser|ja|doch|schon|auch|wieder|a|an|am|ein|eine|der|the|on|auf|einen|leider|bei uns|for us|already|public|bank|gesetzlicher))*"
    rf" (?:<d(?P<other>\d+)>|{ASIDE}|feiertag|ruhetag|fenstertag|holiday|day off|dein|mein|christmas)"
    rf"|^(?:[a-z']+ )?(?:[a-z]+ )?{CELEBRATION} (?:ist|is|faellt|falls)(?: (?:on|am|auf|den|der|the|ein|einen|a))* <d\d+>$"
    rf"|\b(?:habe?|haben|have|got|feiere?n?)(?: (?:am|on|the|den|ich|wir|ja))* <d\d+>(?: (?:my|our|mein\w*|unser\w*))? {CELEBRATION}$"
)
# when one has to leave
LEAVING = re.compile(
    r"^(?:(?:und|and|weil|because|da) )*(?:ich|wir|i|we)(?:'d| have| would)? (?:muss|muessen|have to|must|need to|got to|'ve got to)\b.*\b(?:weg|los|raus|fort|gehen|out|off|gone|away|leave|go)\b"
)
# "I get in at twelve", "nur bis zwölf offen"
ARRIVING = re.compile(
    r"\b(?:ich|wir|i|we) (?:komme?n?|arrive|land(?:e|en)?|get (?:in|back|home|off))\b.*<t\d+>(?: (?:an|zurueck|heim|raus|wieder|los))*$|^(?:(?:nur|only|just) )*(?:bis|ab|until|till|from) <t\d+> (?:offen|auf|geoeffnet|open)$"
)
# "das ist ja ein Sonntag", of the day before it
COMMENT = re.compile(
    r"^(?:(?:ach|oh|no|nein|nee|ne|moment|wait|since|as|because|weil) )*(?:(?:das|that|it|es|da|des)(?:'s| ist| is| waere| would be)|(?:is|ist) (?:that|das|it|es))(?: (?:ja|doch|schon|auch|a|an|ein|eine|n|der|the|ein|already|auf|nicht|not))* <d\d+>(?: (?:ist )?<d\d+>)?$"
)
# "I'd prefer Monday to Tuesday" is no stretch
PREFERENCE = re.compile(r"\bprefer((?: (?:the|a|on|at))* <[dtp]\d+>) (?:to|over)(?= (?:the |a |on |at )?<[dtp])")
ONLY_THIS = re.compile(r"(?:aber|but)\b.*\b(?:nur|only|lieber|rather|besser|better|machen|make it|muss|must|has to|stattdessen|instead)\b")
GIVEN_UP = re.compile(r"\b(?:wollten?|wanted|was (?:hoping|thinking)|hoped|gedacht|gehofft)\b")
# the appointment that there is: "I'm ringing about my appointment on the fifth"
ABOUT_BOOKING = re.compile(
    r"\b(?:wegen|bezueglich|about|regarding|concerning)(?: (?:dem|des|meine[mrs]|unsere[mrs]|my|the|our))+ (?:[a-z]+ )?(?:[a-z]*termins?|appointment|booking|slot|buchung)(?: (?:am|vom|von|on|of|for|from|um|at|den|dem|the))* <[dt]\d+>"
)
# "I need to cancel tomorrow at three"
CANCELLED = re.compile(r"\b(?:absagen|abgesagt|stornier\w*|cancel\w*)\b")
# since when something lasts
SINCE = re.compile(
    r"\b(?:seit|since|(?:ist|sind|stammt|stammen|are|is|dates?) (?:noch |alle )?(?:vom|von|from))(?: (?:dem|der|last|letzte[nrms]?|um|the|circa|about))* <[dt]\d+>(?! (?:an|on)\b)"
)
ACCEPTED = re.compile(
    r"\b(?:das|den|die|it|that|one)\b nehme? ich|\bi'll (?:take|have) (?:it|that)\b|\b(?:das|der) passt(?: mir)?(?=$|[,.;])|\bthat (?:works|suits me|would be fine)(?=$|[,.;])"
)
TARGET = re.compile(r"\b(?:auf|to|into|onto)(?: (?:den|die|das|the|einen|my|dem|um|at|kommenden|so))*(?= <(?P<kind>[dt])\d+>)")
# "what time do you shut on a Friday", "wie lange haben Sie samstags auf"
HOURS_QUESTION = re.compile(
    r"(?:\b(?:what time|how (?:late|early|long)|(?:until|till|from) when|what days?|which days?)\b|^(?:(?:and|so|oh|_|,) )*when\b)(?: (?:do|are|does|is|will|would))? (?:you|they|the (?:shop|salon|practice|surgery|garage|office|place))\b[^,.;]*\b(?:open|opened|close|closed|shut)\b"
    r"|\b(?:opening|business|working) (?:hours|times)\b|\bwhat(?:'s| are| is)(?: your| the) hours\b|\boeffnungszeit\w*"
    r"|\b(?:um )?(?:wie ?viel uhr|wann|wie (?:lange?|spaet|frueh)|(?:bis|ab|von) (?:wann|wie ?viel uhr))\b[^,.;]*\b(?:haben|habt|hat|macht|machen|seid|sind|ist|sperrt|sperren|schliesst|schliessen|oeffnet|oeffnen) (?:sie|ihr|der laden|die praxis|der salon|die werkstatt|da|denn|bei ihnen|<)(?:(?!\b(?:was|etwas|termin\w*|frei\w*)\b)[^,.;])*\b(?:auf|zu|offen|geoeffnet|geschlossen|da)(?= *$| (?:am |an )?<d)"
    r"|\b(?:are you|do you|is the \w+)(?: \w+)? (?:open|closed?|shut)\b[^,.;]* an? <d|\b(?:do you|are you)[^,.;]* an? <d\d+>[^,.;]*\b(?:open|closed?|shut)\b"
)
# "gosh, half ten already", "es ist ja schon zehn nach elf", "it's gone five"
REMARK_WORD = (
    r"(?:es|it|it's|is|ist|wir|haben|jetzt|now|already|schon|bereits|grad|gerade|fast|nearly|almost|gone|past|just|about|gleich|kurz|nach|vor|durch|vorbei|oh|ah|ach|je|gott|mein|gosh|god|my|goodness|gracious|heavens|blimey|wow|huch|ui|hoppla|hier|doch|so|spaet|is it|and|und|uhr|what|was|erst|only|"
    rf"{ASIDE}|<p\d+>)"
)
REMARK_ON_NOW = re.compile(
    rf"^(?=.*\b(?:already|schon|bereits|gone|es ist|ist es|it is|it's|is it|haben wir|wir haben|jetzt ist|durch|nearly|almost|gleich|erst)\b)(?:{REMARK_WORD} )*<t(?P<clock>\d+)>(?: {REMARK_WORD})*$"
)
# a remark rounds the hour
NOW_TOLERANCE, HALF_DAY = 30, 720
SWAP = re.compile(r"\b(?:swap\w*|trade|exchang\w*|tausch\w*|\w+tausch\w*)\b")
SWAP_TARGET = re.compile(TARGET.pattern.replace("(?:auf|to|into|onto)", "(?:auf|to|into|onto|gegen|for)").replace("|so)", "|so|a|an)"))
SAME_TIME = re.compile(
    r",? ?\b(?:(?:zur|um die|at the|at|die|the) )?(?:gleichen?|selben?|dieselbe|same) (?:uhr)?(?:zeit|time|stunde|hour)(?: of (?:the )?day)?(?: (?:wie|as) (?:sonst|immer|usual|always|before|bisher))?\b"
)


def set_aside_reports(scanner: Scanner, local_now: datetime) -> None:
    """Replace clauses that report days by a mark of what is understood; nothing is wished where nothing else is said."""
    scanner.text = SINCE.sub(ASIDE, scanner.text)
    scanner.text = PREFERENCE.sub(r"\1 rather than", scanner.text)
    _repeat_time(scanner)
    _set_aside_origin(scanner)
    if not DAY_OR_TIME.search(scanner.text):
        return
    clauses = _split_clauses(scanner.text)
    told = [_is_report(clause) or _is_remark_on_now(scanner, clause[1], local_now) for clause in clauses]
    if ACCEPTED.search(scanner.text):
        # "you offered me Monday at eleven, I'll take that"
        told = [False] * len(clauses)
    for place in range(1, len(clauses)):
        # "Dienstag, da war ich schon", "on Monday, that's when I was there"
        if (
            told[place]
            and re.match(r"(?:da|dort|that's when|that is when)\b", clauses[place][1])
            and not DAY_MARK.search(clauses[place][1])
        ):
            told[place - 1] = True
    for place in range(len(clauses)):
        if not told[place]:
            later = [
                text
                for (_, text), is_told in zip(clauses[place + 1 :], told[place + 1 :], strict=True)
                if not is_told and DAY_MARK.search(text)
            ]
            told[place] = bool(later) and (
                _is_of_others(clauses[place][1], later)
                or _is_fact(scanner, clauses[place][1], later)
                or _is_past(scanner, clauses[place][1], local_now.date())
                or ABOUT_BOOKING.search(clauses[place][1]) is not None
                or CANCELLED.search(clauses[place][1]) is not None
            )
            told[place] = told[place] or (bool(later) and _is_given_up(clauses[place][1], later[0]))
            told[place] = told[place] or _is_timetable(clauses[place][1], [text for _, text in clauses[place + 1 :]])
    marked = [place for place, (_, text) in enumerate(clauses) if DAY_OR_TIME.search(text)]
    if (
        len(marked) == 1
        and scanner.text.count("<t") == 1
        and OF_TIMETABLE.search(clauses[marked[0]][1])
        and not NEEDS.search(clauses[marked[0]][1])
    ):
        told[marked[0]] = True
    if any(is_told and DAY_OR_TIME.search(clause[1]) for clause, is_told in zip(clauses, told, strict=True)):
        # what is said of the day before corrects it: "oh, that's Sunday, Monday then"
        texts = (
            (ASIDE if not COMMENT.search(text) and not _withdraws(scanner, clauses[:place], text) else "nein")
            if told[place] and DAY_OR_TIME.search(text)
            else text
            for place, (_, text) in enumerate(clauses)
        )
        scanner.text = " ".join("".join(f"{end} {text}" for (end, _), text in zip(clauses, texts, strict=True)).split())


def _repeat_time(scanner: Scanner) -> None:
    """Say the one hour again: "Monday at two won't work, so Tuesday same time"."""
    clocks, same = re.findall(r"<t\d+>", scanner.text), SAME_TIME.search(scanner.text)
    if same and len(clocks) == 1 and scanner.text.index(clocks[0]) < same.start():
        scanner.text = f"{scanner.text[: same.start()]} um {clocks[0]}{scanner.text[same.end() :]}"


def _split_clauses(text: str) -> list[tuple[str, str]]:
    """Split into clauses, each behind the stop that ends the one before."""
    clauses, end, since = [], "", 0
    for stop in CLAUSE_END.finditer(text):
        clauses.append((end, text[since : stop.start()].strip()))
        end, since = stop[0], stop.end()
    return [*clauses, (end, text[since:].strip())]


def _is_report(clause: tuple[str, str]) -> bool:
    text = clause[1]
    return bool(
        ((PAST.search(text) or ENGLISH_WAS.search(text)) and not WISHED.search(text))
        or BIRTH.search(text)
        or CALL_BACK.search(text)
        or HOURS_QUESTION.search(text)
    )


def _is_past(scanner: Scanner, text: str, today: date) -> bool:
    """Check for what is told of a day that has passed: "mein Termin um neun gestern ist ausgefallen"."""
    named = [scanner.found[int(number)] for number in DAY_MARK.findall(text)]
    return bool(named) and all(isinstance(days, DayRange) and days.is_single and days.last < today for days in named)


def _is_remark_on_now(scanner: Scanner, text: str, local_now: datetime) -> bool:
    """Check for what the clock says: "ist ja schon halb elf"."""
    remark = REMARK_ON_NOW.match(text)
    clock = scanner.found[int(remark["clock"])] if remark else None
    if not isinstance(clock, ClockTime):
        return False
    apart = (clock.hour * 60 + clock.minute - local_now.hour * 60 - local_now.minute) % (HALF_DAY if clock.loose else 2 * HALF_DAY)
    return min(apart, (HALF_DAY if clock.loose else 2 * HALF_DAY) - apart) <= NOW_TOLERANCE


def _is_of_others(text: str, later: list[str]) -> bool:
    """Check for an appointment of somebody else, where the caller's own day follows."""
    return bool(DAY_OR_TIME.search(text) and OTHERS.search(text) and not NEEDS.search(text) and any(OWN.search(other) for other in later))


def _is_timetable(text: str, later: list[str]) -> bool:
    """Check for "mein Zug kommt um 13:20 an" where another time follows."""
    return bool(
        "<t" in text
        and not DAY_MARK.search(text)
        and ((OTHERS.search(text) and not NEEDS.search(text)) or LEAVING.search(text) or ARRIVING.search(text))
        and (any("<t" in each for each in later) or OF_TIMETABLE.search(text))
    )


def _is_given_up(text: str, later: str) -> bool:
    """Check for "eigentlich wollte ich Dienstag, aber jetzt geht nur Mittwoch"."""
    return bool(DAY_MARK.search(text) and GIVEN_UP.search(text) and ONLY_THIS.match(later))


def _is_fact(scanner: Scanner, text: str, later: list[str]) -> bool:
    """Check for "morgen ist Samstag" where another day follows; a stretch of days is narrowed by what follows."""
    if COMMENT.search(text):
        return True
    if not FACT.search(text):
        return False
    named = [scanner.found[int(number)] for number in DAY_MARK.findall(text)]
    return all(getattr(days, "is_single", False) for days in named)


def _withdraws(scanner: Scanner, before: list[tuple[str, str]], text: str) -> bool:
    """Check for a fact of the day that was just named: "Montag, Montag ist ja Allerheiligen, dann Dienstag"."""
    last = [scanner.found[int(number)] for _, clause in before[-1:] for number in DAY_MARK.findall(clause)]
    return (
        bool(last)
        and bool(FACT.search(text))
        and all(days in [scanner.found[int(number)] for number in DAY_MARK.findall(text)] for days in last)
    )


def _set_aside_origin(scanner: Scanner) -> None:
    """Set aside what an appointment is moved from: "von Donnerstag auf Mittwoch vorziehen", "move it from three to four"."""
    if not scanner.has(MOVES) and not scanner.has(r"\bvon (?:(?:<[dt]\d+>|um|den|dem|dem) )+auf <[dt]"):
        return
    targets = list((SWAP_TARGET if SWAP.search(scanner.text) else TARGET).finditer(scanner.text))
    if not targets:
        return
    before, after = scanner.text[: targets[0].start()], scanner.text[targets[0].end() :]
    keeps_time = bool(SAME_TIME.search(after) or SAME_TIME.search(before)) and "<t" not in after
    kinds = ("d" if "<d" in after else "") + ("tp" if "<t" in after or ("<d" in after and not keeps_time) else "")
    if kinds:
        before = re.sub(rf"(?:\b(?:von|vom|from|am|on|um|at|den|the) )*<[{kinds}]\d+>", ASIDE, before)
    scanner.text = f"{before} {SAME_TIME.sub('', after) if keeps_time else after}".strip()
