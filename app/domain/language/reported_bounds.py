"""Turns what is told of a day or an hour into a bound of what is wished: "bin bis zum 17. weg, danach", "before school's out at three"."""

# ruff: noqa: E501  (patterns are read in one line)

import re

from app.domain.language.calendar_arithmetic import WEEK, find_weekday
from app.domain.language.clarification_questions import which_time
from app.domain.language.dates import DayRange
from app.domain.language.fillers import ASIDE
from app.domain.language.marked_text import DAY, TIME, Scanner

# "bin bis zum 17. weg, danach", "meeting till three, so after that"
WORKING_UNTIL = re.compile(
    r"(?P<day><d\d+>) (?:muss|arbeite|bin|habe?|i have to|i'm|i|i've|i work)\b[^<,;]*\b(?:bis|until|till)(?: (?:um|etwa|about))* (?P<mark><t\d+>)[^<,;]*[,;] (?:(?:aber|but|und|and|any ?time|erst) )*(?:danach|nachher|after(?: that)?|afterwards)\b"
)
FROM_THEN_ON = re.compile(
    r"(?P<lead>\b(?:bis|until|till|til|through)(?: (?:zum|dem|den|the|um|etwa|about))*) (?P<mark><[dt]\d+>)(?P<between>[^<]*?)\b(?:(?:any ?day|any ?time|erst|irgendwann|immer|jederzeit|sometime|wieder|only|free) )*"
    r"(?:danach|nachher|hinterher|anschliessend|after(?: *(?=$|[,.;]))|after (?:that|then)|afterwards|from then(?: on)?|ab da|ab dann)\b"
)
# "I finish at four, after that"
AFTER_THE_END = re.compile(
    r"\b(?:(?:finish(?:es)?|gets? off|get out|lets? (?:her |him |them |us )?out|clock off|done|am out|is out|knock off|ends|endet|schluss|feierabend|fertig|frei) (?:\w+ ){0,2}?(?:at|um|gegen|around|about) |(?:um|gegen) )(?P<mark><t\d+>)(?P<between>(?: (?:schluss|feierabend|fertig|aus|frei))?(?:[^<]|<d\d+>)*?)\b(?:(?:any ?time|erst|irgendwann|immer|jederzeit|sometime) )*"
    r"(?:danach|nachher|anschliessend|after (?:that|then)|afterwards|ab da|from then(?: on)?)\b"
)
# "could I come straight after on Wednesday": no "after Wednesday"
AFTER_ON = re.compile(r"\b(?:(?:straight|right|directly|just|immediately|any ?time) )?after((?: then)? on(?= <d))")
# "ab dem dritten im Urlaub, also davor"
NO_DAY_BEFORE = r"(?<!tag )(?<!day )(?<!abend )(?<!evening )(?<!morning )(?<!night )(?<!woche )(?<!week )(?<!wochenende )(?<!weekend )(?<!stunde )(?<!hour )(?<!minuten )(?<!minutes )(?<!> )"
BEFORE_THEN = re.compile(
    rf"\b(?:ab|from|vom|von)(?: (?:dem|den|the))* (?P<mark><d\d+>)(?P<between>[^<]*?)\b{NO_DAY_BEFORE}(?:davor|vorher|zuvor|before (?:then|that))\b"
)
# "physio at three, after that": how long it takes is not told
AFTER_A_TIME = r"(<t\d+>[^<]*(?:<d\d+>[^<]*)?[^<]*?)\b(?:danach|nachher|hinterher|anschliessend|(?:nach|after) (?:that|then|her|him|them|ihm|ihr|ihnen)|(?<!day )(?<!week )(?<!weekend )(?<!month )(?<!1 )(?<!1\. )(?<!one )(?<!_ )(?<!> )after(?= *(?:$|[,.;]))|afterwards)\b(?!(?:,|;)?(?: (?:at|um|so|about|around|gegen|say))* <t)"
# "we're away from the fifth to the twelfth, any day after that"
AWAY = r"(?:weg|verreist|urlaub|fort|unterwegs|krank|away|holiday|vacation|abroad|out of town|travelling|off)"
AFTER_ABSENCE = re.compile(
    rf"(?P<before>(?=[^,;]*\b{AWAY}\b)[^,;]*?)(?<!weeks )(?<!week )(?<!wochen )(?<!woche )(?P<mark><d\d+>)(?P<between>(?:(?!wochen?|tage|weeks?|days?)[^<])*?)\b(?:(?:any ?day|any ?time|jeder tag|erst|irgendwann|immer|jederzeit|sometime|wieder) )*(?:danach|nachher|anschliessend|after (?:that|then)|afterwards)\b"
)
# "die nächsten zwei Wochen geht's nicht, danach jederzeit"
AFTER_UNSUITABLE = re.compile(
    r"(?P<mark><d\d+>)(?P<between> [^<,;]*\b(?:geht'?s?|kann|koennen|passt'?s?|klappt'?s?|bin|sind|habe?|haben|ist|is|are|can't|won't|doesn't|i'm|we're|i've|don't)\b[^<,;]*)[,;.] (?:(?:und|and|aber|but|ab|erst|wieder) )*(?:danach|nachher|anschliessend|after (?:that|then)|afterwards)\b(?! (?:die|the|der|den) )"
)
# "he turns seven on the twelfth, so before that"
SO_BEFORE = re.compile(
    r"(?P<mark><d\d+>)(?P<between>[^<]*?[;,.])(?: (?:it|das|es|so|also|ideally|am besten|any ?time|irgendwann|has|needs|to|be|muss|muesste|sein|noch|lieber|should|must|and|und))* (?:before (?:that|then)|davor|vorher)\b(?= *(?:$|[,.;]))"
)
# "I'm back on the third, so any day after that"
SO_AFTER = re.compile(
    r"(?P<mark><d\d+>)(?P<between>[^<]*?;)(?: (?:it|das|es|any|day|time|irgendwann|ab|erst|jederzeit|has|to|be|muss))* (?:after (?:that|then)|danach)\b(?= *(?:$|[,.;]))"
)
BEFORE_THE = r"\b(?:before|vor)(?: dem| der| the)? <d(?P<day>\d+)>(?P<between>[^<]*?[,;.](?: (?:so|ideally|am besten|say|maybe))*) (?:the|den|der) <d(?P<weekday>\d+)>"
# "anything before school's out at three"
BEFORE_AN_END = re.compile(
    r"\b(?P<lead>before|bevor|until|till|bis) (?:[a-z']+ ){1,4}?(?:at|um|gegen|around) (?P<mark><t\d+>)(?: (?:anfaengt|beginnt|losgeht|aus ist|zumacht|starts|begins))?"
)
# "um zwei fängt das Fest an, also vorher", "a hard stop at three so anything up to then"
UNTIL_A_TIME = re.compile(
    r"\b(?:um|at|gegen|around|about) (?P<mark><t\d+>)(?P<between>(?: (?!oder|or)(?:[^<;]|<d\d+>)*)?[;,]?[^<;]*?)\b(?:(?:anything|any ?time|irgendwann|noch|bitte|muss ich|i have to be|alles) )*(?:bis dahin|(?:up )?(?:to|until|till) then|before (?:then|that)|by then|vorher|davor|zuvor)\b"
)
END_WORDS = re.compile(
    r"\b(?:finish(?:es)?|gets? off|get out|lets? (?:her |him |them |us )?out|clock off|done|am out|is out|knock off|ends|endet|schluss|feierabend|fertig|aus|frei)\b"
)
# "vorher bin ich in Kur": it does not suit
UNSUITABLE_BEFORE = re.compile(
    r"(?P<mark><[dt]\d+>[^<]*?)\b(?:(?:vorher|davor|zuvor|bis dahin) (?:bin|sind|hab|habe|haben|kann|koennen|geht|ist|passt|klappt|schaff\w*|arbeite)|(?:danach|nachher) (?:(?:bin|sind|fahr\w*|flieg\w*|hab\w*|muss\w*)\b(?![^<,.;]*\b(?:zeit|frei|da|zurueck|immer|wieder|jederzeit|luft|flexibel)\b)|(?=[^<,.;]*\bnicht\b))|after (?:that|then),? (?:i'm|i am|we're|we are|i'll be|we'll be|we go|we fly|we leave|it's (?=no|too|not)) (?!free|around|back|available|flexible|here|home|good|fine)|(?:before|until|till) (?:that|then),? (?:i'm|i am|we're|we are|i've|i have|i can't|i work|it's|we|i))\b[^<,.;]*"
)
# "um zehn, vorher hol ich noch Brötchen": it bounds nothing
DONE_BEFORE = re.compile(
    r"(?P<mark><t\d+>),? (?:vorher|davor|zuvor) (?!soll|muss|muess|kann|koennt|wuerd|waer|haett|moecht|braeucht|ging|geht|komm|pass)[a-z]{3,} (?:ich|wir|er|sie|mein\w*|der|die) [^<,.;]*"
)
ABSENT_UNTIL_THEN = re.compile(
    r"(?<=[,.;] )(?:i'm|i am|we're|we are|ich bin|wir sind|bin|sind) [^<,.;]*\b(?:until|till|bis) (?:then|dahin)\b"
)
# "we fly out on the first, so it has to be before that"
BEFORE_LEAVING = re.compile(
    rf"\b(?:fly|flying|leave|leaving|travel\w*|go(?:ing)? away|flieg\w*|fahr\w*|reis\w*|verreis\w*|weg|wedding|hochzeit|taufe|konfirmation|party|interview|exam|pruefung|bewerbungs\w*|vorstellungs\w*|away|off|urlaub|holiday)\b(?P<to>[^<.]{{0,40}})(?P<mark><d\d+>)(?P<between>[^<]*?)\b{NO_DAY_BEFORE}(?:davor|vorher|zuvor|before(?: (?:then|that|it))?)\b(?! <)(?=$|[,.;]| (?:noch|sein|kommen|dran)\b)"
)
# "close of business Friday is my deadline, any time before that"
DEADLINE = re.compile(
    r"(?:\b(?:end|close) of (?:business|play|the day) )?(?P<mark><d\d+>)(?:'s| is| ist)(?: (?:my|the|our|mein|der|die|unser|dann))* (?:deadline|cut-?off|limit|frist|abgabe\w*|stichtag|schluss)\b[^<]*(?:before (?:then|that)|by then|vorher|davor|bis dahin)\b[^<]*"
)
# "um zwölf muss ich weg sein": the only hour bounds the wish
LEAVING_AT = re.compile(
    r"\b(?:um|gegen|bis|spaetestens|ab)(?: (?:um|gegen|spaetestens))* (?P<german><t\d+>) (?:muss|muessen|soll|sollte) (?:ich|wir)\b(?![^<,.;]*\b(?:termin|kommen|dran|absagen|verschieben|verlegen|stornieren|umbuchen|streichen)\b)[^<,.;]*"
    r"|\b(?:ich|wir) (?:muss|muessen)(?: [a-z]+)* (?:um|gegen|bis|spaetestens)(?: (?:um|spaetestens))* (?P<other><t\d+>) [^<,.;]*\b(?:weg|los|raus|fort|gehen|zurueck|daheim|zuhause|zu hause|zur|zum|beim|bei|auf|im|in)\b[^<,.;]*"
    r"|\b(?:i|we)(?:'ve|'ll| have| will)? (?:have to|need to|must|got to|gotta|should)(?: (?:leave|go|head off|run|set off|pick [a-z ]+ up|collect [a-z ]+)| (?:be|get) (?:off|out|gone|away|back|home|at|in|on)\b[^<,.;]*)(?: [a-z]+)? (?:at|by|around|before|for) (?P<english><t\d+>)[^<,.;]*"
    r"|\b(?:at|by|around) (?P<inverted><t\d+>),? (?:i|we)(?:'ve)? (?:have to|need to|must|got to|gotta) (?!come|have an|get in)[^<,.;]*"
)


def mark_reported_bounds(scanner: Scanner) -> None:
    """Rewrite what is told with a reference to it: the bound stays."""
    scanner.text = DEADLINE.sub(r"bis \g<mark> ", scanner.text)
    scanner.text = UNSUITABLE_BEFORE.sub(rf"\g<mark>{ASIDE}", scanner.text)
    scanner.text = DONE_BEFORE.sub(rf"\g<mark>, {ASIDE}", scanner.text)
    scanner.text = ABSENT_UNTIL_THEN.sub(ASIDE, scanner.text)
    scanner.text = AFTER_ON.sub(r"after that\1", scanner.text)
    scanner.text = WORKING_UNTIL.sub(r"\g<day> nach \g<mark>", scanner.text)
    scanner.text = FROM_THEN_ON.sub(lambda m: f"{ASIDE}{m['between']}, nach {m['mark']}", scanner.text)
    scanner.text = SO_AFTER.sub(lambda m: f"{ASIDE}{m['between']} nach {m['mark']}", scanner.text)
    scanner.text = SO_BEFORE.sub(lambda m: f"{ASIDE}{m['between']} vor {m['mark']}", scanner.text)
    scanner.rewrite(BEFORE_THE, lambda m: _last_before(scanner, m))
    scanner.text = BEFORE_THEN.sub(lambda m: f"{ASIDE}{m['between']}, vor {m['mark']}", scanner.text)
    scanner.text = BEFORE_LEAVING.sub(lambda m: f"{ASIDE}{m['to']}{ASIDE}{m['between']}, vor {m['mark']}", scanner.text)
    if (ends := AFTER_THE_END.search(scanner.text)) and END_WORDS.search(ends[0]):
        scanner.text = AFTER_THE_END.sub(lambda m: f"{ASIDE}{END_WORDS.sub('', m['between'])}, nach {m['mark']}", scanner.text, count=1)
    scanner.text = BEFORE_AN_END.sub(r"before \g<mark>", scanner.text)
    scanner.text = UNTIL_A_TIME.sub(lambda m: f"{ASIDE}{m['between']} vor {m['mark']}", scanner.text)
    scanner.text = AFTER_UNSUITABLE.sub(lambda m: f"{ASIDE}, nach {m['mark']}", scanner.text)
    scanner.text = AFTER_ABSENCE.sub(lambda m: f"{m['before']}{ASIDE}{m['between']}, nach {m['mark']}", scanner.text)
    if scanner.text.count("<t") == 1:
        scanner.text = LEAVING_AT.sub(lambda m: f"vor {next(mark for mark in m.groups() if mark)}", scanner.text)
    scanner.rewrite(AFTER_A_TIME, lambda m: f"{m[1]} {scanner.mark(TIME, which_time())}")


def _last_before(scanner: Scanner, match: re.Match[str]) -> str:
    """Get the last such weekday: "it has to be before Thanksgiving, the Tuesday"."""
    day, named = scanner.get(match["day"]), scanner.get(match["weekday"])
    if day.weekday is not None or named.weekday is None:
        return match[0]
    last = find_weekday(named.weekday, day.first - WEEK)
    return f"{ASIDE}{match['between']} {scanner.mark(DAY, DayRange(last, last))} "
