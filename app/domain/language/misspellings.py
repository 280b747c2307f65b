"""Repairs words of time as dialects say them and as speech recognition writes them: "mitwoch", "Donnerschdag", "halber viere"."""

# ruff: noqa: E501  (tables of words)

import re
from functools import lru_cache

from app.core.cologne_phonetics import encode
from app.domain.language.dialects import find_dialect_word
from app.domain.language.vocabulary import CARDINALS, ENGLISH_ORDINALS, MONTHS, ORDINALS, WEEKDAYS, split_words

# the word, and how else it is said or written
VARIANTS = {
    "montag": "monda mandi mentag mentig", "dienstag": "eritag erchtag erchtog ertag irtag irta erta aftermontag aftermendig",
    "mittwoch": "mittwochen mittwuchs gudenstag mitti", "donnerstag": "duenschtig pfinzdog pfinztag pfinsta pfinztog pfingsdig",
    "freitag": "freida fredag",
    "sonntag": "sunnda sunnti", "wednesday": "weds wendsday", "tuesday": "chooseday",
    "thursday": "thirstday", "juli": "julei julai", "juni": "juno", "maerz": "maertz meerz", "februar": "feba febber", "februari": "feberuar",
    "heute": "hueuet hiit huut hude vandaag hoit hoid hoite heit heid hait haite huet heut heude haid heind", "morgen": "moije moja mojn morga moan morschn morschen morjn morjen muern moern morrn moagen mohrgn moergen morng morgan muorgn moje morgn moagn moang morje morche moargn moing", "frueh": "froeh froe fria friah fruah frueah frihe frieh fruuh fruei freuh zmorge zmorga frua freh",
    "uebermorgen": "ueuebermorn ueberuebermoan", "gestern": "gesdern gestan geschtern",
    "mittag": "middoch zmettag zmittag",
    "abend": "abig abed avend ovend oabend obnd owend owet oweds omend abnt obend omd ahmd aobend zabig znacht zobig aabig abnd aubed", "nacht": "nocht", "nicht": "noed net nedd ned nit nich nid nischt nikt nisch", "nachts": "nochts",
    "tomorrow": "tomorra 2morrow 2moro tomoz tomoro morra", "afternoon": "arvo arternoon", "tonight": "tonite 2night 2nite", "morning": "mornin mourning", "evening": "evenin",
    "naechste": "naechst nechst", "naechsten": "naxtn nextn",
    "kommenden": "kommendn kumenden kummenden", "kommende": "kumende kummende",
    "tag": "dag daag", "tagen": "tog toeg dagen daegen dage", "vierzehn": "vierzeh", "woche": "weken wuche woch wuchn wochn wocha", "stunde": "stund schtund", "einer": "ner ana oana oaner aaner oner", "einem": "nem oam", "einen": "nen",
    "halb": "halver halvig halwig halwich halve halv hoibe hoeiba haeb haewe halbig halbi halber halba hoib hoiba halwa halwer hoebe haib", "half": "hauf hawf harf haff", "quarter": "quater qarter quorter quarta", "viertel": "veertel verdel viddel vertel viadl vierddl feerdel viatl viatel viaddl viertl vierdl vierdel fiertel virtel", "dreiviertel": "dreivertel dreiveertel dreiviadl dreiviadel dreivoerdel dreiviertl dreivierdl dreivierdel dreifiertel droiviertel",
    "uhr": "uah uehr uhrn", "um": "oem umme ume om ommer ommae uem umbe umma uma", "gegen": "geche gesche jaeje jejen jege gaege gaegen jaejen jeje gege jegen gaeng gega gegn geng", "kurz": "kuaz", "circa": "zirka", "zwanzig": "zwanzich zwanzg zwansig", "dreissig": "dreisig dreizig dreissich dreisich dreissg dreizzig",
    "vierzig": "vierzich virzig fierzig", "fuenfzig": "fuenfzich fuffzich", "fuenfzehn": "fuchzehn", "achtzehn": "achzehn", "siebzehn": "siebzen siebenzehn", "sechzehn": "sechszehn sechzen",
    "twelfth": "twelth twelvth", "ninth": "nineth", "forty": "fourty", "fourteen": "forteen", "nineteen": "ninteen", "twelve": "twelf", "eighth": "eigth", "fifth": "fith",
    "morgens": "morgns moagns moings morjens", "abends": "avends obends ovends obnds omds owends",
    "koennten": "choennted choennte choented chonnted", "moechten": "moechted mechten mechtn",
    "aber": "awer awwer awwa oba ower aevver aewwer ober", "davor": "dovoer dervor dervoer dofoer davoer dovor", "danach": "dono donoh dornoh dernoch donoch", "weiberfastnacht": "wieverfastelovend wiewerfastnacht weiberfasnacht",
    "dann": "nacha nachat nochand dernooch hernoch nochat noachad", "ab": "oab",
    "after": "efter aifter eftir", "two": "twa twae", "one": "wan yin", "eight": "aicht", "to": "tae", "from": "fae frae", "about": "aboot",
    "geht": "geiht jeht gaht goht geit", "passt": "basst poasst baschd passd baschst", "passen": "passa bassa bassn", "das": "dat dit det", "taet": "daed daeds", "also": "oiso aiso olso", "muss": "mutt muass muess moss", "habe": "hann hebb heff", "waere": "weer waer waar",
    "nimmer": "nemme nimme nemmer nimma nemma nimmi nueme nuemme nuemmi", "der": "dor", "ist": "isch", "nach": "noh",
    "thirtieth": "thirtyeth thirtith", "twentieth": "twentyeth",
}  # fmt: skip
# hours with an ending, and as dialects say them
HOUR_VARIANTS = {
    "eins": "een eene ees ooins oins eis oans oins eens ains oanse einse", "zwei": "zwa twee twe zwoo zwu zwue zwoei zwei zwoa zwee zwoi zwoie zwoe zweie", "drei": "dree drai drej troi drui droi drue drueue dreie droie", "vier": "veer vea vieer viere vieri viare fiere",
    "fuenf": "fuennef fuenef fuenwe finfe finf fuefe fuenfa fief fiew foef foif foiv fueuf fuefi fimf fimfe fuenfe fuemf fuemfe fuempf fuempfe fumf fumpf", "sechs": "soess soss sochs sechse sechse saechsi saechs segs sechsi sexe", "sieben": "siwwe siwwene siwe siewe siebna siwwa soeben soebn soewen suebe siebn sibm seve siebene siebne sibni siebni simme siem siema sieme sibe",
    "acht": "aecht aachte oocht achti ochte ocht", "neun": "nueng neng noinge naine neinge negen nege neechn naegn nuen nueni neune neini nueni noine noin neine", "zehn": "zeng zehje teihn teihne tein tian zeah zehnge zaene zaechni zaeni zehne zehni zaehni zaeh zaehne zene zehna", "elf": "elef oelef oelven oelben elven elwen oelm ooelf elfn elfe oelf oelfe elfi oife elwe", "zwoelf": "zwoelef zwelwe twoelf twoelven zwoeleve zwoelv zwuelf zwelef zwoelfe zwoelfi zwelf zwelfe zwoeife zwoeif zwolf",
}  # fmt: skip
# heard for numbers after a word that calls for an hour
HOMOPHONES = {
    "for": 4, "fore": 4, "too": 2, "to": 2, "tree": 3, "free": 3, "won": 1, "ate": 8, "fife": 5, "sicks": 6, "nein": 9, "sex": 6, "zahn": 10, "zen": 10,
    "neuen": 9, "achte": 8, "elfen": 11, "ein": 1, "vir": 4, "fier": 4, "trei": 3, "drey": 3, "zwey": 2, "zwai": 2, "funf": 5, "oelfen": 11,
}  # fmt: skip
HOUR_FOLLOWS = r"(?=$|[,.]| or\b| uhr\b| o'?clock\b| ?[ap]\.? ?m\b| (?:thirty|fifteen|forty|forty-five|twenty|dreissig|fuenfzehn)\b| (?:am|on|in der|in the|morgens?|abends?|nachmittags?|frueh|passt|geht|waere|please|bitte)\b)"
HOMOPHONE = re.compile(
    rf"\b(um|gegen|halb|viertel|dreiviertel|viertel vor|viertel nach|at|around|half|half past|quarter past|quarter to) ({'|'.join(HOMOPHONES)}){HOUR_FOLLOWS}"
)
HOMOPHONE_O_CLOCK = re.compile(rf"\b({'|'.join(HOMOPHONES)})(?= o[' ]?clock\b)")
# behind these stands an hour, so a slip in it is no other word
HOUR_LED = re.compile(
    r"\b(um|gegen|halb|viertel|dreiviertel|viertel vor|viertel nach|half|half past|quarter to|quarter past) ([a-z]{3,})\b"
)
HOUR_NAMES = "eins?|zwei|zwo|drei|vier|fuenf|sechs|sieben|acht|neun|zehn|elf|zwoelf"
SPOKEN_HOURS = split_words(
    "eins zwei drei vier fuenf sechs sieben acht neun zehn elf zwoelf one two three four five six seven eight nine ten eleven twelve"
)
NO_HOURS = split_words(
    "sein seine sehen zehen dreien viele vieler neue neues neuen neuer achten achtung elend frei fein viel vor nine's the then time times tea tee drin zwar einer eine ein einen einem uhr four's after"
)
SPLIT_WORDS = re.compile(
    r"\b(mon|diens|donners|frei|sams|sonn|mon|tues|wednes|thurs|fri|satur|sun|mitt|ueber) (tag|abend|day|woch|morgen)\b(?<!frei abend)(?<!mitt morgen)"
)
# a minute behind an hour: "zehn Uhr füffzehn"
MINUTE_WORDS = split_words(
    "fuenfzehn zwanzig dreissig vierzig fuenfzig fuenfundzwanzig fuenfunddreissig fuenfundvierzig fuenfundfuenfzig fifteen twenty thirty forty fifty"
)
MINUTE = re.compile(r"\b((?:uhr|half past|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: und)?) ([a-z]{5,})\b")
# "fry day", "mit Woch", "to morrow"
TORN_WORDS = re.compile(
    r"\b(?!(?:man|so|ein|der|den|die|das|jeden|jeder|an|any|some|one|the|a|my|good|each|every|this|that|week|work|bad|fine|free|same|first|last|next|whole|all|of|or|on|in|by|for)\b)([a-z]{2,7}) ([a-z]{0,4}(?:tag|dag|tach|dach|stog|day)s?|woch|wuch|morrow|dai)\b"
)
TORN_TARGETS = frozenset(
    [
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "tomorrow",
    ]
)
HOUR_FORMS = "|".join(variant for variants in HOUR_VARIANTS.values() for variant in variants.split())
# "am ein und zwanzigsten", "am drei zehnten Dezember", "vier zehn Uhr"
SPLIT_ORDINAL = re.compile(r"\b(ein|zwei|drei|vier|fuenf|sechs|sieben|acht|neun) (?:und )?(zwanzigst|dreissigst)")
SPLIT_TEEN = re.compile(rf"\b(drei|vier|fuenf|sech|sieb|acht|neun)(?:s|en)? (zehn(?= uhr\b)|zehnte[nr]? (?={'|'.join(MONTHS)}))")
SPLIT_ENGLISH_TEEN = re.compile(r"\b(thir|four|fif|six|seven|eigh|nine) (teen(?:th)?)\b")
# "um de zwölfe"
HOUR_ARTICLE = re.compile(rf"\b(um|ab|gegen|vor|nach|bis) (?:de|da|dr|d') ?(?=(?:halb|viertel|{HOUR_NAMES}|{HOUR_FORMS})e?\b)")
HALF_HOUR = re.compile(rf"\bhalbe (?=(?:{HOUR_NAMES})e?\b)")
# in Swiss German "am achti" is an hour
AM_HOUR = re.compile(rf"\bam (?=(?:halbi |halb |viertel (?:vor|ab) )?(?:{HOUR_FORMS})\b(?! und (?:zwanzig|dreissig)))")
GLUED_HALF = re.compile(rf"\b(halb|viertel|dreiviertel|um|gegen)({HOUR_NAMES})e?\b")
GLUED_HOUR = re.compile(r"\b(ein|[a-z]*(?:zwei|zwo|drei|vier|fuenf|sechs|sieben|acht|neun|zehn|elf|zwoelf|zwanzig))uhr([a-z]*)\b")
ROUGHLY = re.compile(r"\b([a-z]+|\d{1,2})[ -]?ish\b")
# "don nerstag", "sam stag", "thur sday"
SPLIT_ANYWHERE = re.compile(
    "|".join(
        rf"\b{word[:at]} {word[at:]}\b"
        for word in sorted(TORN_TARGETS | {"woche", "wochen"})
        for at in range(2, len(word) - 1)
        if word[:at] not in ("so", "to", "mi")
    )
)
TORN_OTHERWISE = re.compile(r"\bson abend\b|\bsat (?:a|er|ur) day\b|\bwhens? day\b|\bwed (?:nes|ens) ?day\b")
TORN_STARTS = {"so": "sonnabend", "sa": "saturday", "wh": "wednesday", "we": "wednesday"}
# "elf Uhr fünf zehn", "zehn Uhr fünf und vierzig"
SPLIT_MINUTE = re.compile(
    r"\b(uhr) (ein|zwei|drei|vier|fuenf|sechs|sieb|acht|neun) (und )?(zehn|zwanzig|dreissig|vierzig|fuenfzig)\b(?! uhr)"
)
# "fünfund vierzig", "ein und zwanzigsten", "fünf und zwanzig nach drei"
SPLIT_NUMBER = re.compile(
    r"\b(ein|zwei|drei|vier|fuenf|sechs|sieben|acht|neun)(?: und|und | ?und(?= ?[a-z]+ste[nrms]?\b| ?[a-z]+zig (?:vor|nach)\b| dreissigste)) ?(zwanzig|dreissig|vierzig|fuenfzig)(ste[nrms]?)?\b"
)
# "umhalb vier", "vier tel nach", "quarter too nine"
GLUED_FRACTION = re.compile(r"\b(um|ab|gegen|bis|vor|nach)(halb|viertel|dreiviertel)\b")
SPLIT_QUARTER = re.compile(r"\bvier tel\b")
MISHEARD_TO = re.compile(
    r"\b(quarter|five|ten|twenty) (?:too|two) (?=(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b(?! (?:o'?clock )?(?:hundred|past|to)\b))"
)
# long enough that a slip leaves no other word; what sounds the same in German may differ more
GERMAN_WORDS = split_words(
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar februar september oktober november dezember uebermorgen nachmittag vormittag fronleichnam pfingstmontag ostermontag himmelfahrt aschermittwoch rosenmontag karfreitag gruendonnerstag allerheiligen heiligabend weihnachten silvester wochenende"
)
FUZZY_WORDS = GERMAN_WORDS | split_words(
    "monday tuesday wednesday thursday friday saturday sunday january february october december august tomorrow afternoon weekend"
)
CODES = {encode(word): word for word in sorted(GERMAN_WORDS)}
MAX_SLIPS = 2
# ordinary words that look like them
UNLIKE = split_words(
    """dienst dienste diensten dienstes fertig fertige freudig freudige junior jammer janeiro monatige minuetige muendig muendige sonstige suendige sandig sandige santiago shindig joiner joinery fridge midweek winkten montage montagen montags freital mittig sundae sundry sturdy christian remember deceiver member feiertag feiertage
    feiertags feiertagen werktag wochentag wochentage wochentags sommertag festtag arbeitstag weihnacht weihnachts sister payday mayday birthday someday
    everyday anyday workday weekday weekdays noonday midday heyday holiday holidays monate monat sonntage freitage samstage dienstage mittwoche"""
)  # fmt: skip
# as dialects say "Nachmittag" and "Donnerstag"
SOUNDS = tuple(
    (re.compile(letters), same)
    for letters, same in (
        (r"dd(?=a)", "tt"),
        (r"sch(?=[dt])", "s"),
        (r"([aeo])\1", r"\1"),
        (r"(ue|oe|ae)\1", r"\1"),
        (r"(?<=[nsi])d(?=a)", "t"),
        (r"(?<=[dt]a)(?:ch|k)$", "g"),
    )
)
WORD = re.compile(r"[a-z][a-z0-9']*|\d[a-z]+")


def _build_table() -> dict[str, str]:
    table = {variant: word for words in (VARIANTS, HOUR_VARIANTS) for word, variants in words.items() for variant in variants.split()}
    return {variant: word for variant, word in table.items() if variant not in CARDINALS}


VARIANT_TABLE = _build_table()
KNOWN_WORDS = frozenset((*VARIANT_TABLE, *VARIANT_TABLE.values(), *CARDINALS, *ORDINALS, *ENGLISH_ORDINALS, *MONTHS, *WEEKDAYS)) | UNLIKE


def repair_words(text: str) -> str:
    """Repair folded text word by word; a word close to two words of time stays as it is."""
    text = re.sub(r"\b(nach|vor|gegen|ueber|zum) mit tag\b", r"\1 mittag", text)
    text = AM_HOUR.sub("um ", SPLIT_WORDS.sub(r"\1\2", text.replace("z'", "z")))
    text = TORN_OTHERWISE.sub(lambda match: TORN_STARTS[match[0][:2]], SPLIT_ANYWHERE.sub(lambda match: match[0].replace(" ", ""), text))
    text = GLUED_FRACTION.sub(r"\1 \2", SPLIT_QUARTER.sub("viertel", MISHEARD_TO.sub(r"\1 to ", text)))
    text = SPLIT_NUMBER.sub(lambda match: f"{match[1]}und{match[2]}{match[3] or ''}", text)
    text = SPLIT_MINUTE.sub(lambda match: f"{match[1]} {match[2]}{(match[3] or '').strip()}{match[4]}", text)
    text = SPLIT_ORDINAL.sub(r"\1und\2", text)
    text = SPLIT_ENGLISH_TEEN.sub(r"\1\2", SPLIT_TEEN.sub(r"\1\2", text))
    text = MINUTE.sub(_repair_minute, text)
    text = TORN_WORDS.sub(_join_torn, text)
    text = GLUED_HALF.sub(r"\1 \2", GLUED_HOUR.sub(r"\1 uhr \2", text))
    text = HOUR_ARTICLE.sub(r"\1 ", text)
    text = HALF_HOUR.sub("halb ", text)
    text = ROUGHLY.sub(_say_roughly, text)
    text = HOMOPHONE_O_CLOCK.sub(lambda match: str(HOMOPHONES[match[1]]), text)
    text = HOMOPHONE.sub(lambda match: f"{match[1]} {HOMOPHONES[match[2]]}", text)
    text = WORD.sub(lambda match: _repair_word(match[0]), text)
    return HOUR_LED.sub(_repair_hour, text)


def _repair_hour(match: re.Match[str]) -> str:
    word = match[2]
    if word in KNOWN_WORDS or word in NO_HOURS:
        return match[0]
    near = {
        hour for hour in SPOKEN_HOURS if hour[0] == word[0] and len(hour) > 2 and _count_slips(word, hour) <= (1 if len(word) > 3 else 0)
    }
    return f"{match[1]} {near.pop()}" if len(near) == 1 else match[0]


def _repair_minute(match: re.Match[str]) -> str:
    word = match[2]
    if word in CARDINALS or word in KNOWN_WORDS:
        return match[0]
    near = [minute for minute in MINUTE_WORDS if minute[0] == word[0] and _count_slips(word, minute) <= (2 if len(minute) > 8 else 1)]
    return f"{match[1]} {near[0]}" if len(near) == 1 else match[0]


def _join_torn(match: re.Match[str]) -> str:
    joined = match[1] + match[2]
    if VARIANT_TABLE.get(match[2], match[2]) in TORN_TARGETS:
        return match[0]
    whole = joined if joined in TORN_TARGETS else VARIANT_TABLE.get(joined) or find_dialect_word(joined) or find_fuzzy_word(joined)
    return whole if whole and whole.removesuffix("s") in TORN_TARGETS else match[0]


def _say_roughly(match: re.Match[str]) -> str:
    """ "tenish" is about ten; "ten thirtyish" keeps its hour."""
    word = re.sub(r"n+$", "n", match[1])
    number = CARDINALS.get(word, int(match[1]) if match[1].isdigit() else None)
    if number is None and match[1] not in ("noon", "midday", "midnight"):
        return match[0]
    if re.search(r"\b(?:half|quarter|past|to|halb|viertel) $", match.string[: match.start()]):
        return match[1]
    return f"about {word}" if number is None or number <= 12 else match[1]


@lru_cache(maxsize=4096)
def _repair_word(word: str) -> str:
    if word in VARIANT_TABLE:
        return VARIANT_TABLE[word]
    if word.endswith("'d") and word[:-2] in VARIANT_TABLE:
        # "Friday arvo'd be good"
        return f"{VARIANT_TABLE[word[:-2]]} would"
    if len(word) < 5 or word in KNOWN_WORDS or (word.endswith("s") and word[:-1] in KNOWN_WORDS):
        return word
    if dialect := find_dialect_word(word):
        return dialect
    plain = word
    for letters, same in SOUNDS:
        plain = letters.sub(same, plain)
    return VARIANT_TABLE.get(plain) or find_fuzzy_word(plain) or find_fuzzy_word(word) or word


def find_fuzzy_word(word: str) -> str | None:
    """Find the one word of time that differs by a slip, by two in a long one, or that sounds the same; None where several do."""
    near = {target: _count_slips(word, target) for target in FUZZY_WORDS if abs(len(word) - len(target)) < 3 and word[0] == target[0]}
    near = {target: slips for target, slips in near.items() if slips <= (2 if len(target) > 7 else 1)}
    best = [target for target, slips in near.items() if slips == min(near.values())]
    if best:
        return best[0] if len(best) == 1 else None
    # "Donnerschdach", "Freidaach"
    alike = CODES.get(encode(word)) if len(word) > 5 else None
    return alike if alike and alike[0] == word[0] and _count_slips(word, alike) <= MAX_SLIPS else None


def _count_slips(one: str, other: str) -> int:
    """Count letters left out, added, changed or swapped (Damerau-Levenshtein, restricted)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, its in enumerate(other, start=1):
            cost = min(last_row + 1 for last_row in (before[j], row[j - 1]))
            cost = min(cost, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


@lru_cache(maxsize=4096)
def is_near_word(word: str) -> bool:
    """Check whether a word that was not repaired could be one of several words of time: "thuesday"."""
    if len(word) < 5 or word in KNOWN_WORDS or word.removesuffix("s") in KNOWN_WORDS:
        return False
    return any(abs(len(word) - len(target)) < 3 and word[0] == target[0] and _count_slips(word, target) < 2 for target in FUZZY_WORDS)
