"""Brings what was said into the form that is scanned: folded, repaired, without fillers, numbers as digits."""

# ruff: noqa: E501  (patterns are read in one line)

import re

from app.domain.language.clock_digits import rewrite_clock_digits
from app.domain.language.contrasted_days import CONTRASTS
from app.domain.language.dialects import DIALECT_PHRASES, HOUR_WORDS
from app.domain.language.fillers import ASIDE, GREETING, SECOND_BEST, drop_fillers, mark_asides
from app.domain.language.misspellings import KNOWN_WORDS, repair_words
from app.domain.language.vocabulary import CARDINALS, CORRECTION, WEEKDAYS, fold, replace_number_words

MAX_TEXT_LENGTH = 300
FULL_WEEKDAYS = [name for name in WEEKDAYS if len(name) > 5]
# "um 4 am donnerstag" is not a.m.
AM_PREPOSITION = re.compile(
    r"\b(\d{1,2}) am (?=(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|wochenende|frueh|spaet|naechst|kommend|uebernaechst|folgend|(?:nach|vor)?mittag|abend|\d{1,2}\.)"
)
# "um elf. Nein, …" is no ordinal, "that's a Saturday. Monday then" no abbreviation
SENTENCE_END = re.compile(rf"\b({'|'.join(sorted([*CARDINALS, *FULL_WEEKDAYS], key=len, reverse=True))})\.(?= )")
HOUR_PREPOSITION = re.compile(r"\b((?:um|gegen|ab|halb|viertel|nach|vor|bis|uhr|und) \d{1,2}) am (?=[a-z\d])")
# "morgen" after these means the morning, not tomorrow
MORNING_WORD = re.compile(
    r"\b(am|heute|jeden|gegen|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|morgen|uebermorgen|<d\d+>) ((?:frueh|spaet)en )?morgen\b"
)
# "dienstag geht nicht, lieber mittwoch": what is excluded is not mentioned
EXCLUDED_CLAUSE = re.compile(
    r"(?:^|[,.;] ?)[^,.;]*\b(?:(?:geht|passt|klappt|kann|koennte|schaffe)\b[^,.;]*\bnicht"
    r"|nicht (?!vor\b|nach\b|spaeter\b|frueher\b)[^,.;]*(?=, ?(?:sondern|lieber|dafuer))|(?:can't|won't)\b"
    r"|(?:does|do|would|can|could|will|is)(?:n't| ?not)\b(?: (?:work|suit|make|do|good|fit))?)(?: [^,.;<\d]{0,20})?(?=[,.;]|$)"
)
# the stop of a sentence: after a word, or after a time; that of "am 24." makes an ordinal
FULL_STOP = re.compile(r"(?:(?<=[a-z])|(?<=\d[.:]\d\d)|(?<= uhr \d\d)|(?<= uhr \d))\s*\.+(?=\s*$)")
# "Montag – nein, Dienstag" stops, "Montag – Mittwoch" spans
DASH = re.compile(r"\b([a-z']+)[,.!?]*(?: -+ | -+$|(?<=[,.!?])-+ )([a-z']+)")
BESIDE_NUMBERS = ("uhr", "jahr", "am", "pm", "vormittags", "nachmittags", "mittags", "abends", "noon", "midday")
LONE_POINTS = re.compile(r" \.\.+(?= )")
NEARLY = r"(?:about |around |roughly |etwa |ca\.? |ungefaehr |circa |gut |knapp |so )?"
# counts something, never a time
THOUSANDS = re.compile(r"(?<![\d.,:/])\d{1,3}[.,]\d{3}\b(?![.:/,]?\d)")
# "tomorrow's Saturday", "Thanksgiving's Thursday"; not "Valentine's", "New Year's Day"
CONTRACTION = re.compile(
    r"\b((?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow|tonight|yesterday|christmas|easter|thanksgiving|halloween|eve|day|that|it|there|weekend|week|wedding|birthday)'s (?=[a-z\d])(?!time\b|eve\b|day\b)"
)
REWRITES = tuple(
    (re.compile(pattern), rewrite)
    for pattern, rewrite in (
        *DIALECT_PHRASES,
        *CONTRASTS,
        (rf"\bin {NEARLY}(?:eine[rm]? )?(?:drei ?|3 ?)viertel ?stunden?\b|\bin {NEARLY}(?:three|3) quarters of an hour\b", "in 45 minuten"),
        (rf"\bin {NEARLY}(?:eine[rm]? )?viertel ?stunde\b|\bin {NEARLY}(?:a )?quarter of an hour\b", "in 15 minuten"),
        (rf"\bin {NEARLY}an hour and a half\b", "in 90 minuten"),
        (rf"\bin {NEARLY}an hour and a quarter\b", "in 75 minuten"),
        (r"\b(?:apart|aside) from\b|\bwith the exception of\b|\babgesehen von\b", "except"),
        (r"\b(?:in )?the new year\b", "im neuen jahr"),
        # "give or take half an hour" is about as good as the hour itself; a day more or less is a stretch (`ranges.py`)
        (
            r",? ?\b(?:give or take|plus ?/?-?(?: ?minus)?|plus or minus|\+/-)(?: (?:a |an |eine[rn]? |ein )?(?:few |couple of |paar |half an |halbe |viertel ?|quarter of an |dreiviertel ?|bit|bisschen|\w+ ?)?(?:minutes?|minuten|hours?|stunde[n]?|mins?|stuendchen|bit|bisschen))?(?=$|[,.;]| (?:am|on|um|at)\b| <| \w+(?:day|tag|woch)\b)",
            "",
        ),
        (r"\b(?:um |um ein |ein |1 )(?:1 |ein )?(?=viertel (?:vor|nach|ueber|ab)\b)", "um "),
        (r"\b(?:at |on )?the (?:dot|stroke) of (?=\w)|\bon the (?:dot|stroke) of (?=\w)", "at "),
        # no end: "I'll pop by Saturday"
        (r"\b(pop|drop|swing|stop|nip|come|call) (?:by|past|round|over)(?= (?:on )?(?:[a-z]+day|tomorrow|today)\b)", r"\1 in"),
        # "Viertel vor, äh, Viertel nach zehn"
        (
            rf"\b(?:viertel|quarter|zehn|ten|fuenf|five) (?:vor|nach|to|past),? (?:{CORRECTION},? )*(?=(?:viertel|quarter|zehn|ten|fuenf|five) (?:vor|nach|to|past)\b)",
            "",
        ),
        # "the first appointment on Monday"
        (
            r"(?<!mein )(?<!meine )(?<!my )\b(?:(?:the very|the|your|der|den|ihr|euer) )?(?:aller)?(?:first|erste[nr]?) (?:available )?(?:termin|slot|appointment|opening)(?= (?:of the day|am|on|in der|of|heute|morgen|naechste[nr]?|next) ?)(?: of the day)?",
            "in der frueh",
        ),
        # "in zwei, nein, in drei Wochen"
        (
            rf"\bin [a-z\d]+,? (?:{CORRECTION},? )+(?:in )?(?=[a-z\d]+ (?:wochen?|tagen?|monaten?|weeks?|days?|months?)\b)",
            "in ",
        ),
        # the minute of opening
        (
            r"\b(?:(?:gleich|direkt|sobald|immer|right|straight away|as soon as|just) )*(?:wenn|sobald|nachdem|when|after|as soon as|whenever) (?:sie|ihr|du|der laden|die praxis|you|the shop|you guys|the doors?)(?: (?:morgens|frueh))? (?:aufmachen|aufmacht|aufsperren|aufsperrt|oeffnen|oeffnet|open(?:s)?(?: up| the doors)?|losgeht|anfangt|anfangen)(?=$|[,.;]| on\b| am\b| <)",
            "in der fruehe",
        ),
        (r"\b(?:gleich |direkt )?(?:zur|bei|zu) (?:laden)?oeffnung\b|\bat opening(?: time)?\b", "in der fruehe"),
        (r"\bfirst thing (?=next (?:week|month)|im neuen jahr|in (?:the )?[a-z]+(?:uary|ber|ril|ly|ust)\b)", "anfang "),
        # misheard "Tuesday two fifteen", "two pm"
        (
            r"\b(\w+day|\w+tag|mittwoch|tomorrow|today|morgen|heute)(?: at)?,? (?:to|too) (?=(?:fifteen|thirty|forty-?five|forty five|twenty|oh five)(?:$|,| (?:in the|pm|on|please)\b))",
            r"\1 at two ",
        ),
        (r"\btoo (?=[ap]\.?m\b|o'?clock\b|thirty\b|fifteen\b)", "two "),
        # a business may open late
        (r"\b(?:first thing(?: in the morning)?|early doors|bright and early)\b", "in the morning"),
        (r"\bin (?:the |aller )?herrgottsfrueh\w*\b|\bgleich (?:frueh|in der frueh)\b", "in der frueh"),
        (r"\bnext next (week|weekend|month)\b", r"\1 after next"),
        (r"\b(?:saint|sankt) (?=nicholas|patrick|paddy|george|andrew|david|stephen|martin|valentine)", "st "),
        (r"\b(?:the )?eve of (?=christmas eve\b|new year's eve\b)|\b(christmas|new year's) eve eve\b", "the day before "),
        # "denn Montag" gives no reason
        (
            r"(?<![a-z] )(?:denn)(?= (?:am |um |gegen )?(?:(?:mon|diens|donners|frei|sams|sonn)tag|sonnabend|mittwoch|morgen|uebermorgen|halb|viertel|\d)\b(?! (?:bin|ist|hab|habe|haben|muss|kann|geht|sind|war|hat|passt)\b))",
            "dann",
        ),
        (r"\b(?:nicht mehr|nimmer)(?= *(?:$|[,.;]| (?:aber|dafuer|sondern|dann)\b))", "nicht"),
        # "what have we got today, Friday"
        (
            r"\b(?:was|wat|welchen tag|what day|what)(?: (?:haben|hamm?|hammer|ist|is|have))(?: (?:mir|wir|denn|jetzt|we|got|it|mer))*(?: (?:heute|today))(?:,? (?:a |ein(?:en)? |is it )?[a-z]+(?:tag|day|woch|abend))?(?=$|[,.;])",
            ASIDE,
        ),
        (
            r"\bnot a (?:minute|moment|second|day|hour) (?:sooner|later|earlier|before|after)\b|\bkeine? (?:minute|sekunde|tag) (?:frueher|spaeter|eher)\b",
            "",
        ),
        (
            r"\b(?:if|as long as|wenn|falls|sofern) (?:that|it|this|das|es)(?:'s| is| isn't| ist)?(?: not| nicht)? (?:too|zu) (?!early|late|soon|frueh|spaet)[a-z]+(?: (?:for you|fuer sie|ist|waere))?(?=$|[,.;])",
            "",
        ),
        (r"\b(afternoon|morning|evening|weekend|tomorrow|noon|[a-z]+day)'d (?=[a-z])", r"\1 would "),
        (rf"\b({HOUR_WORDS}) o ?'?clock on(?=$|[,.])", r"\1 o'clock onwards"),
        (r"\bnext fortnight\b", "next 14 days"),
        (
            r"\b(?:call it|make it|make that|sagen wir|machen wir) (\w+ (?:weeks?|days?|wochen?|tage?n?|months?|monate?n?))\b(?! (?:later|earlier|spaeter|frueher|after|before|nach|vor))",
            r"in \1",
        ),
        (r"\bwie (?:heute|gestern|(?:beim )?letzte[sn]? mal|letzte woche)\b(?=$|[,.;])", ""),
        (
            r"\b(?:before|vor) (?:the |dem |der )?(?=(?:end of|ende (?:des|der|dieses|dieser|naechste[nrs]|von)|monatsende|jahresende|month end|year end)\b)",
            "bis ",
        ),
        (r"\bnot (?:till|until) after\b|\berst wieder nach\b", "after"),
        (r"(?:^|(?<=, ))week (?=(?:on |this |come |from )[a-z]+day\b)", "a week "),
        (r"\bbetween now and\b|\bzwischen (?:jetzt|heute) und\b|\bfrom now (?:till|until|to)\b", "bis"),
        (r"\bgive me (\w+ (?:days?|weeks?|months?))\b", r"in \1"),
        (r"\bcrack of dawn\b|\bbei sonnenaufgang\b|\bin aller herrgottsfrueh\w*", "in the morning"),
        (r"\b(?:by |before )(?:the )?(?:close|end) of (?:play|business|day)(?: on)?,? (?=[a-z]+day|tomorrow|the \d|today)", "by "),
        (r"\b(?:it's |it is )?just gone (?=\w)|\bgone (?=(?:two|three|four|five|half|ten|eleven|one)\b(?=[,.]|$))", "shortly after "),
        (r"\bthe ate of\b", "the eighth of"),
        (r"\b(?:um|at|gegen) (?:halb|half|viertel|quarter),? (?=um|at|gegen)", ""),
        (r"\begal,? um welche zeit\b|\bum welche zeit,? (?:ist )?(?:mir )?(?:ist )?egal\b", "egal welche uhrzeit"),
        # "Donnerstag, also nicht den jetzt, sondern den in einer Woche"
        (
            r"\b([a-z]+tag|mittwoch)[,;]* (?:nicht (?:den|der|die) [a-z]+(?: [a-z]+)?,? )?(?:sondern )?(?:den|der) (in (?:einer|zwei|drei|1|2|3) wochen?)\b",
            r"\1 \2",
        ),
        # "hätten Sie Dienstag, oder wissen Sie was, Mittwoch"
        (
            r",? ?\b(?:oder|or|ach|oh)?,? ?(?:wissen s(?:ie)?'? was|weisst du was|weisste was|wissts was|(?:do )?you know what|tell you what|i'll tell you what)\b,?",
            ", nein, ",
        ),
        # "am früh nach mittag"
        (
            r"\b((?:am|frueh(?:en)?|spaet(?:en)?|[a-z]+tag|mittwoch|sonnabend|morgen|uebermorgen|heute),?) (nach|vor) mittag\b",
            r"\1 \2mittag",
        ),
        # "letzten Dienstag ging's nicht, jetzt den kommenden"
        (
            r"\b((?:letzte|vorige|vergangene)[nr] ((?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)\b[^.]{0,60}? (?:kommende|naechste)[nr]?)(?=$|[,.])",
            r"\1 \2",
        ),
        (
            r"\b(think|hop|look|wonder|com|go|mak|hav|try|plann|wish|want|get|work|see|ask|call|ring|book|start|finish|leav|do)in'?(?= )",
            r"\1ing",
        ),
        # "Brückentag nach Auffahrt"
        (r"\b(nach|an|vor|ueber) auffahrt\b", r"\1 himmelfahrt"),
        (r"\bthis day (week|fortnight)\b", r"today \1"),
        (r"\b(today|tomorrow) fortnight\b", r"\1 in 2 weeks"),
        (r"\b(anfang|mitte|ende|monatsende|monatsanfang|wochenende) hin\b", r"\1"),
        (r"\binner (?=mittagspause|pause|frueh|woche|naechsten)", "in der "),
        (r"\bklock\b", "um"),
        (rf"(?<!at )(?<!from )(?<!past )(?<!half )(?<!to )\b({HOUR_WORDS}) onwards\b", r"from \1 o'clock"),
        (r"\b(?:a )?half an hour from now\b|\bhalf an hour'?s? time\b", "in 30 minuten"),
        (r"\b(at|from|around|by|until|till) (\d{1,2}|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty) hours\b", r"\1 \2 uhr"),
        (r"\bin (\w+) (?:sleeps|naechten)\b", r"in \1 days"),
        (r"\b(zwei|drei|vier|fuenf)mal schlafen\b", r"in \1 tagen"),
        (r"\bk w (?=\d|[a-z]+)", "kw "),
        (r"\b(?:i'd|we'd|would) sooner\b", "i'd rather"),
        (r",? ?\b(?:je (?:frueher|eher) (?:desto|umso) (?:besser|lieber)|the (?:sooner|earlier) the better)\b", " so bald wie moeglich"),
        # "nine would be heaven", "say four", "ten sharp"
        (
            rf"(?<!\bat )(?<!\bum )(?<!half )(?<!halb )(?<!to )(?<!past )(?<!vor )(?<!nach )(?<!viertel )(?<!ab )(?<!bis )(?<!after )(?<!before )\b({HOUR_WORDS}) (?=(?:would be|would suit|is (?:fine|good|great|perfect|okay|ok|best)|works|wuerde? (?:mir )?passen|waere? (?:mir )?(?:am liebsten|recht|ideal|super|perfekt|gut))\b)",
            r"at \1 ",
        ),
        (
            rf"(?<!\bat )(?<!\bum )(?<!half )(?<!halb )(?<!to )(?<!past )(?<!till )(?<!vor )(?<!nach )(?<!viertel )\b({HOUR_WORDS}) (?:sharp|on the dot|on the nose|prompt)(?=$|[,.;])",
            r"at \1",
        ),
        (r"\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)-(?=oh|ten|fifteen|twenty|thirty|forty|fifty)", r"\1 "),
        (r"\b(?:um )?(?:punkt|schlag) (?=\w)|\b(?:exactly )?at exactly ", "um "),
        (r"\b(?:puenktlich|exakt|exactly|sharp|on the dot|on the nose)\b", ""),
        (r"\bon or before\b|\b(?:up )?(?:to|until|till|through) and including\b|\bbis und mit\b", "bis"),
        (r"\b(vor|nach)m\b\.?(?=$|,| (?:ab|um|zwischen|gegen|bis|\d))", r"\1mittags"),
        (r"\b(vor|nach|auf|bei|seit)m\b", r"\1 dem"),
        # "spätestens aber Freitag", "so um zwölf, sonst nimmer"
        (r"\b(spaetestens|fruehestens) (?:aber|jedoch|allerdings)\b", r"\1"),
        (r",? ?\b(?:sonst|otherwise|or else) (?:nicht|nichts|nie|nix|garnicht|never|not at all|not)(?=$|[,.;])", ""),
        # why it must be before: "I'm flying out that night"
        (
            r",? ?\b(?:because |as |since |for )?(?:i|we|they)(?:'m|'re|'ll be| am| are)? (?:flying|leaving|travelling|off|away|fly|leave|travel|go|going)(?: out| off| away| home)?(?: on)? (?:that|the same) (?:very )?(?:night|evening|day|afternoon|morning)(?=$|[,.;])",
            "",
        ),
        # what is second best is found when the first is not free
        (
            r",?(?: (?:oder|or|und|and|aber|but))?,? (?:zur not|notfalls|if need be|at a push|at a pinch|failing that|ansonsten|otherwise|sonst|wenn's nicht anders geht|wenn es nicht anders geht|wenn's sein muss|if all else fails|if push comes to shove)\b,?(?= [a-z\d])",
            f" {SECOND_BEST}",
        ),
        (r"\b(?:oder|or) (?:meinetwegen|von mir aus|vielleicht auch noch)\b", SECOND_BEST),
        (
            r",? ?\b(?:(?:or|oder|and|und),? )?(?:if|wenn|falls) (?!(?:der|die) weg)(?:that|this|it|das|der|es|da|die)(?:'s| is)? ?(?:no good|not possible|not free|full|taken|gone|isn't (?:free|possible)|doesn't (?:work|suit)|won't (?:work|do)|nicht (?:geht|passt|klappt|moeglich ist|frei ist)|(?:schon )?(?:voll|weg|belegt) ist),?",
            f" {SECOND_BEST}",
        ),
        # "the weekend after this one", "the week coming"
        (r"\b(?:the )?(week|weekend|month) (?:after this(?: one| week| weekend| month)?|coming)\b(?! (?:<|[a-z]+day\b|\d))", r"next \1"),
        (r"\b(woche|wochenende) nach (?:dieser|diesem)(?: woche| wochenende)?\b(?! [a-z]+tag\b)", r"kommendes \1"),
        (r"\b(\w+)-uhr-(?:termin|slot|platz)\b", r"um \1 uhr"),
        (r"\b((?:days?|weeks?|months?)) on from (?:the )?(?=[a-z\d])", r"\1 after "),
        # "this week or next"
        (
            r"\b(this|diese[smn]?) (week|weekend|month|woche|wochenende|monat) (or|and|nor|und|oder|noch) (next|(?:naechste|kommende)[sn]?)(?=$|[,.;]| (?!week|month|woche|monat|[a-z]+(?:day|tag)\b))",
            r"\1 \2 \3 \4 \2",
        ),
        # "nächstes Wochenende nicht, das übernächste"
        (
            r"\b(wochenende|woche|monat|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)\b([^.;]{0,40}? uebernaechste[nrs]?)(?=$|[,.;])",
            r"\1\2 \1",
        ),
        (r"\bon or after\b", "ab"),
        (r"\b(the|twenty) forth\b", r"\1 fourth"),
        (
            r"(?:(?<=^)|(?<=[,;] )|(?<=day )|(?<=morrow ))(?:(?:at|towards?|for) )?(?:the )?(?:(?:very )?end of (?:the )?(?:day|business|play)|close of (?:business|play))\b(?!(?: on)?(?: \w+day)?(?: is\b|'s))|\b(?:am|gegen|zum) (?:ende des (?:arbeits)?tag(?:e?s)?|tagesende)\b",
            "late afternoon",
        ),
        (r"\blast thing\b(?= (?:on |at |<|[a-z]+day\b|tomorrow|today|in the))", "late afternoon"),
        (r"\blast thing\b", "later"),
        (r"\b((?:any|every|all)[a-z]*(?: [a-z]+){0,3}?) but (?!not\b)", r"\1 except "),
        (r"\bno (?=(?:mon|tues|wednes|thurs|fri|satur|sun)days\b|mornings\b|afternoons\b|evenings\b|weekends\b)", "not "),
        (r"\bzu (frueh|spaet)\b", r"zu\1"),
        (r"\btoo (early|late)\b", r"too\1"),
        (r"\bzum monatsersten\b|\bam monatsersten\b", "am ersten"),
        (
            r"\b(?:im laufe|irgendwann|(?:in|over|during) the course of) (?:in )?(?:der|die|the) (?=woche\b(?! (?:vor|nach|drauf|darauf|danach|vom)\b)|week\b)",
            "diese ",
        ),
        # "it shouldn't be before the tenth", "I can't do anything until the new year"
        (
            r"\b(?<!why )(?:should|must|ca|can|could|wo|would|do|does|need|is)(?:n't| ?not) (?!you\b|we\b|they\b)(?:(?!work|suit|[a-z]+day|weekend|tomorrow|today)[a-z]+ ){0,3}?(before|until|till|after)\b(?! (?:that|then|all)\b)",
            r"not \1",
        ),
        # "geht gar nicht vor Ostern" sets no bound
        (r"\b(?:gar|ueberhaupt) nicht\b", "garnicht"),
        (r"\btonight\b", "today evening"),
        (r"\b(tomorrow|today|\w+day) night\b", r"\1 evening"),
        (r"\bthis (morning|afternoon|evening)\b", r"today \1"),
        (
            r"\bum (?:a|die|rum|herum) (?=(?:halb|viertel|dreiviertel|\d|eins?|zwei|drei|vier|fuenf|sechs|sieben|acht|neun|zehn|elf|zwoelf)\b)",
            "um ",
        ),
        (r"\b(\d{1,2})\.?s?te[nrsm]?\b", r"\1."),
        (r"\b(half|quarter)-(past|to|after)[- ]", r"\1 \2 "),
        (r"\bo[ ']?clock\b", "o'clock"),
        (r"\b(half|quarter|five|ten|twenty) passed (?=\w+)", r"\1 past "),
        (r"\b(?:'?til|till)\b", "till"),
        (r"\b([ap])\.? ?m\b(?:\.(?= |,|$))?", r"\1m"),
    )
)


def _stop_at_dash(match: re.Match[str]) -> str:
    return match[0] if all(word in KNOWN_WORDS or word in BESIDE_NUMBERS for word in match.groups()) else f"{match[1]}, {match[2]}"


def normalize(text: str) -> str:
    """Normalize an expression; asides are marked."""
    plain = re.sub(r"[<>\"'„“”»«]{1,2}(?=\W|$)|[<>\"„“”»«]", " ", fold(text[:MAX_TEXT_LENGTH].replace("—", ", ")))
    plain = DASH.sub(_stop_at_dash, LONE_POINTS.sub(",", " ".join(plain.split())))
    plain = SENTENCE_END.sub(r"\1,", FULL_STOP.sub("", plain))
    plain = CONTRACTION.sub(r"\1 is ", THOUSANDS.sub(" 100000 ", plain))
    plain = repair_words(GREETING.sub(" ", re.sub(r"[!?;]+", ",", plain)))
    plain = rewrite_phrases(drop_fillers(plain))
    plain = rewrite_clock_digits(plain)
    return MORNING_WORD.sub(r"\1 \2morgens", mark_asides(HOUR_PREPOSITION.sub(r"\1, am ", AM_PREPOSITION.sub(r"\1, am ", plain)))).strip()


def normalize_mentions(text: str) -> str:
    """Normalize a text with several expressions in it: names and spellings stay, what is excluded goes."""
    plain = GREETING.sub(" ", re.sub(r"[<>]|[!?]+", " ", fold(text[:MAX_TEXT_LENGTH])))
    plain = re.sub(r"(?<![,.;]) (sondern|aber) (?!nicht\b)", r", \1 ", plain)
    included = EXCLUDED_CLAUSE.sub("", plain).strip(" ,.;")
    plain = rewrite_phrases(included if re.search(r"\w", included) else plain)
    return MORNING_WORD.sub(r"\1 \2morgens", AM_PREPOSITION.sub(r"\1, am ", plain)).strip()


def rewrite_phrases(text: str) -> str:
    """Rewrite phrases to the ones that are scanned, and number words to digits."""
    for pattern, rewrite in REWRITES:
        text = pattern.sub(rewrite, text)
    return " ".join(replace_number_words(text).split())
