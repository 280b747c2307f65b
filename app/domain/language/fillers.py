"""Words that say nothing about a time: greetings, hesitations, polite conditions, and figures that count something else."""

# ruff: noqa: E501  (patterns are read in one line)

import re

from app.domain.language.misspellings import KNOWN_WORDS
from app.domain.language.vocabulary import CARDINALS, ENGLISH_ORDINALS, MONTHS, ORDINALS, RELATIVE, WEEKDAYS

# a hesitation between two of a kind corrects: "Montag äh Dienstag"
DAYS = frozenset((*WEEKDAYS, "heute", "morgen", "uebermorgen", "today", "tomorrow"))
HOURS = frozenset(word for word, number in CARDINALS.items() if 0 < number <= 12)
ASKS_ONESELF = re.compile(r"\bwas (?:sag|red|erzaehl|schwaetz)e?(?: ich|'? i)(?: denn| da)*\b|\bwhat am i (?:saying|talking about)\b")
SLIP = re.compile(
    r"\b(?P<one>[a-z]{3,}),?(?: (?:ae+h*m*|oe+hm?|eh+m?|hm+|uhm*|uhh+|erm*|um(?=,| [a-z]*day\b| (?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|quarter)\b)|well|tja|naja|ach|och|nee|moment|wart|warte|hang on|aeh),?)+ (?=(?:(?:am|den|on|at|next|this|um|naechsten|kommenden|the|diesen|naechste woche) )?(?:(?P<fraction>halb|half|viertel|quarter|dreiviertel)(?: (?:vor|nach|past|to))? )?(?P<other>[a-z]{3,})\b)"
)
# stands for words that are understood and name no time: a name, an age, a house number
ASIDE = "_"
# stands for "also" and "so" before what follows from what was said
CONCLUSION = ";"
# stands for "zur Not", "failing that" before what counts only where the first is not free
SECOND_BEST = "secondbest"
GREETING = re.compile(
    r"\b(?:(?:guten |good )(?:morgen|tag|abend|morning|afternoon|evening)(?:,? (?:oder|or|well|na|nein|no|sorry|ach|i mean|i should say|ich meine|besser|eher|naja|wait|good|guten|schon))+,? (?:good |guten )?(?:tag|abend|morgen|afternoon|evening|morning)(?: (?:now|already|schon|jetzt|by now|is it))?(?=$|[,.;])"
    r"|(?:(?:einen? )?(?:wunder)?(?:guten|schoenen|good) (?:guten )?(?:morgen|tag|abend|nachmittag|morning|day|evening|afternoon)(?! (?:frueh|um|at|gegen)\b)(?: (?:noch|zusammen|auch))?"
    r"|(?:schoenes|nice|great|lovely) (?:wochenende|weekend)|have a (?:nice|good|great|lovely) \w+|gruess (?:gott|di|sie)|moin(?: moin)?|servus|gruezi|mahlzeit|hallo|hello|hiya?|hey)\b)"
)
HESITATION = re.compile(
    r"\b(?:(?:wenn|falls|sofern) (?:der|die|das|mein|meine) [a-z]+(?: [a-z]+)? (?:da|im haus|im dienst|frei) (?:ist|is|isch|waere)|if (?:the )?[a-z]+(?:'s| is) (?:in|there|around|on shift)(?=$|[,.;])|wohl oder uebel|if (?:you're|you are) (?:open|working)(?: (?:then|that day))?|auf (?:jeden|alle) f(?:ae|a)lle?|(?:or|oder) (?:it's no (?:good|use)|bust|nothing|never|not at all|gar nicht|garnicht|nie)|oh go on(?: then)?|no(?= no\b)|listen|look(?= (?:the|on|at|how|can|could|[a-z]+day|tomorrow))|you hear me|passen sie auf|ae+h*m*|oe+hm?|eh+m?|hm+|mhm+|uhm*|uhh+|erm+|er|ums?(?=,)|(?<=, )um$|(?:(?:und|aber|but|and) )?(?:wenn,? (?:schon,? )?dann(?= (?:an?m?|im|so|eher|nur|erst|um|[a-z]+s)\b)|if at all)|(?:if|falls|wenn|sofern) (?:you|sie|ihr)\b(?: [a-z']+){0,3} (?:feiertags?|feiertagen|bank holidays?|public holidays?|holidays)(?: (?:arbeiten|arbeitet|offen|auf|geoeffnet|haben|habt|open))*|(?:der|das) (?:tag|datum) (?:bleibt|ist)(?: (?:der|das))? (?:gleiche?|selbe|derselbe|dasselbe)|um (?:himmels|gottes) willen|tja|naja|na ja|na gut|ach so|(?<!dann )(?:halt|hoit|eben)|eigentlich|quasi|sozusagen|irgendwie"
    r"|sagen wir(?: mal)?|sag(?:e|n)? (?:ich|ma|mer|wir)(?: jetzt)?(?: mal)?|ich sage? mal|(?:wuerde?|taet) (?:ich|i) (?:mal )?sagen|wie gesagt|weisst du|weisste|wissen sie|wissens|gelle?|gel|woisch"
    r"|oder so(?: (?:was|aehnlich|rum|um den dreh|in der (?:richtung|drehe)))?(?! (?:gegen|um|ab|zwischen)\b)|so in etwa|so ungefaehr|ja|jo|jop|joa|jawohl|jaja|genau|okay|ok|bitte(?: ?schoen| ?sehr)?|danke(?: ?schoen)?"
    r"|gerne?|mal|einfach|vielleicht|eventuell|moeglicherweise|wohl|(?:glaube?|denke?|schaetze?|mein) ich|ich (?:glaube?|denke?|schaetze?|nehme an)|schauen wir mal|schau ma mal|mei|selbstverstaendlich|natuerlich"
    r"|well|yeah|yea|yes|yep|yup|like(?! that)|you know|kind ?of|kinda|sort ?of|sorta|i (?:guess|think|suppose|believe|reckon)|maybe|perhaps|possibly|probably|preferably|ideally|please|thanks(?: a lot| very much)?"
    r"|thank you(?: very much)?|cheers|(?:how|what) about(?= (?!a (?:week|fortnight)))|wie (?:waer'?s|waere es|steht'?s|sieht'?s aus) mit|let'?s say|shall we say|say(?= (?:\d|a quarter|quarter|half|noon|midday|around|about|at|on|between|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b)|(?:the )?same again|wieder das gleiche|(?:noch ?mal|wieder) dasselbe|basically|just|really|by the new (?:time|clock)|nach (?:der )?neue[nr] (?:uhr)?zeit|or so|or something(?: like that)?|or thereabouts|if you (?:will|like)|mate|love|lovely|alright)\b"
)
# "Montag bin ich weg, also Dienstag", "the post comes at eleven so after eleven"; "Mittwoch, also am 25." tells the same day again
CONCLUDING = re.compile(
    r"[ ,]+(?=(?:deshalb|deswegen|drum|darum|daher|therefore|hence)\b)|[ ,]*\b(?<!dann )(?:also|bleibt(?: (?:also|ja|da|mir|uns|nur|noch|eh|dann|eigentlich))* (?=\w)|(?:that|which) leaves(?: (?:me|us))?(?: (?:just|only|with))?)\b[ ,]*"
    r"|[ ,]*(?<=\w)(?:,)? so,? +(?=(?:no later|nothing|between|ideally|after|before|from|until|till|by|not|any|an?|another|could|can|i|i'd|i'll|we|it|it'd|the|maybe|make|let's|later|give|put|come|see|shall|meet|book|do|drop|pop|fit|have|how|what|on|at|next|this|that|then|tomorrow|today|tonight|my|our|say|first|half|quarter|same|kindly|rather|would"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|midday|noon)\b)"
)
SAY_HOUR = re.compile(
    r"(?:(?<=[a-z] )(?<!to )(?<!you )(?<!i )say|(?<=\bcan i )(?:do|have|get)|(?<=\bcould i )(?:do|have|get)|(?<=\bi can )(?:do|make)|(?<=\bi could )(?:do|make)|(?<=\bwe could )(?:do|make)|\bcall it|\bmake it|\bmake that) (?=(?:about |around )?(?:half|quarter|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b(?! (?:days|weeks|months|or|of|people|appointments|for)\b))|\b(?:machen wir|mach ma|mach mer|machma|nehmen wir|nehm ma|sagen wir|sag ma|sag mer|nehm ich|sagen wir mal|eher so|lieber so)(?: (?:lieber|doch|mal|halt|besser|eher))* (?=(?:eins|zwei|drei|vier|fuenf|sechs|sieben|acht|neun|zehn|elf|zwoelf)(?=$|[,.;]| (?:am|an|bitte|uhr|und zwar)\b))"
)
REPEATED_DAY = re.compile(
    r"(?:\d|uhr|tag|mittwoch|morgen|heute|abend|(?:um|gegen|halb|uhr) [a-z]+(?:zig|zehn)|[a-z]+(?:ste[nr]?|te[nr]?|ber|day))$"
)
AGAIN = re.compile(
    r"(?:um|gegen|ab|dem|den|am (?!montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)|so|erst|fruehestens|zwischen|morgen|heute|uebermorgen|nicht)\b"
)
# "so um zehn", "so nächste Woche": about, not Sunday
ABOUT_SO = re.compile(r"(?<!am )(?<!\w)so (?!den\b|der\b|dem\b|morgens?\b|vormittags?\b|is\b|are\b|do\b|does\b|will\b|would\b)(?=[a-z])")
# the verb in "could you do ten", not Thursday; "may I", not the month; "I am", not in the morning
ENGLISH_VERBS = re.compile(
    r"\b(?:(?<=\byou )|(?<=\bwe )|(?<=\bi )|(?<=\bthey )|(?<=\bcan )|(?<=\bcould )|(?<=\bto )|(?<=\bwould )|(?<=\bwill )|(?<=\bonly )|(?<=\bcan't )|(?<=\bcannot )|(?<=\bdon't )|(?<=\bwon't )|(?<=\bthen )|(?<=n't )|(?<=let's )|(?<=let us ))do\b"
    r"|\bdo (?=you\b|we\b|i\b|they\b|it\b|the\b|a\b|something\b|anything\b|that\b|this\b)|\bmay (?=i\b|we\b|it\b|be\b|have\b|you\b|he\b|she\b|they\b|need\b|not\b)|\bi am (?=[a-z])"
)
# conditions that name no time: "wenn das geht", "if you have anything"
POLITE_WORDS = (
    "aufhaben|aufhabt|aufhat|offen|geoeffnet|arbeiten|arbeitet|es|das|da|denn|dann|noch|was|etwas|irgendwas|geht|ginge|gehen|moeglich|passt|passen|wuerde|ihnen|euch|dir|mir|ihr|sie|du|wir|ich|man|frei|haben|haetten|hast|haette|hat|habt|ist|waere|recht|klappt|klappen|koennt|koennte"
    "|koennen|sein|darf|duerfte|bei|so|auch|ein|einen|einer|termin|termine|platz|keine|umstaende|macht|machen|nix|nichts|anderes|dazwischen|kommt|ueberhaupt|gar|machbar|gross|sonst|jemand|wer|zeit|dafuer|okay"
    "|it|that|is|that's|it's|works|work|suits|fine|possible|you|you've|have|got|had|anything|something|any|a|slot|free|available|there|there's|are|can|could|do|i|for|at all|all|then|still|some|would|be|convenient|an|opening"
    "|appointment|openings|us|good|not|too|much|trouble|bother|nuisance|hassle|squeeze|me|in|fit|need"
)
POLITE_CLAUSE = re.compile(
    rf"(?:^|, ?| )(?:wenn'?s?|falls|sofern|if|as long as|provided|when)(?: (?:{POLITE_WORDS}))+(?=,|$|\.| (?:am|um|gegen|ab|zwischen|on|at|next|naechste\w*|dann)\b| <| (?:{'|'.join(word for word in WEEKDAYS if len(word) > 5)})\b)"
)
# a word that breaks off, "am Diens- am Mittwoch"
MAX_BROKEN_LENGTH = 7
BROKEN_OFF = re.compile(r"\b([a-z]+)(-|\.\.+)(?=[ ,]|$)(?! (?:und|oder|and|or)\b)")
NO_NAME = r"(?:am|an|um|im|in|und|oder|ist|hat|haette?|moechte|braucht?|brauche|kann|will|wollte|zum|zur|auf|bei|mit|von|fuer|heute|ab|nach|vor|bis|gegen|der|die|das|den|dem|on|at|and|or|is|has|would|wants?|needs?|to|for|with|who|ich|aber|kommt|geht)\b"
MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
SURNAMES = "(?:sommer|winter|herbst|summers?|winters?|springer|montag|freitag|sonntag|sonnabend|samstag|feierabend|friday|sunday|monday|morgen|abend|mittag|weekes?|day|noon)"
CARS = "golf|polo|passat|tiguan|audi|bmw|mazda|peugeot|renault|fiat|clio|twingo|corsa|iphone|galaxy|playstation|windows|groesse|size|stufe|level|version|mercedes|skoda|tesla|model|modell"
STREET = r"[a-z]+(?:strasse|str|weg|allee|gasse|platz|ring|ufer|damm)"
MONEY = r"kubik\w*|ccm|ps|hp|cc|qm|quadratmeter\w*|meilen|miles?|euro|eur|dollars?|pounds?|quid|pfund|franken|cent|prozent|percent|grad|kilo|kg|kilometer|km|meter"
COUNTABLES = r"personen?|leuten?|kindern?|kids|erwachsene\w*|gaesten?|mann|plaetzen?|people|persons?|guests?|children|adults?|hunden?|katzen?|dogs?|cats?|reifen|tyres?|tires?|freundinnen|freunden?|jungs|koffer|zimmern?|naechten?|nights|seats?"
ASIDES = tuple(
    re.compile(pattern)
    for pattern in (
        # names
        rf"\b(?:{MONTH_NAMES}|{SURNAMES})(?:'s| is| ist)? (?:mein|der|my|the|unser|our) (?:nach|vor|sur|last |first )?name\b(?: by the way| uebrigens)?",
        rf"(?<!meine )(?<!seine )(?<!deine )(?<!unsere )(?<!meiner )(?<!my )\b(?:herrn?|frau|familie|fam|doktor|dr|prof|professor|mr|mrs|ms|miss|mister|doctor)\b\.?(?: (?:herrn?|frau|doktor|dr|prof)\b\.?)* (?!{NO_NAME})[a-z-]+\b",
        rf"\b(?:[a-z-]+ )?(?:{MONTH_NAMES}|{SURNAMES})(?= (?:mein name|am apparat|speaking|calling)\b)",
        rf"\b(?:{MONTH_NAMES}) [a-z-]+(?= (?:mein name|am apparat|speaking|calling)\b)",
        rf"\b(?:bei|mit|with|beim|bei der|to see) (?:{MONTH_NAMES})\b(?! \d)",
        # "this is June Summers", "mein Name ist August Sommer"
        rf"\b(?:(?:mein |my |the )?name(?:'s| ist| is)?|ich heisse|auf den namen|under the name(?: of)?|in the name of|hier ist(?: die| der)?|hier spricht) [a-z-]+ (?:{MONTH_NAMES}|{SURNAMES})\b(?! \d)",
        r"\b(?:(?:mein |my |the )?name(?:'s| ist| is)?|ich heisse|auf den namen|under the name(?: of)?|in the name of|unter dem namen|hier ist(?: die| der)?|hier spricht) [a-z-]+\b",
        rf"\b(?:this is|it's|it is|i'm|i am|ich bin(?: die| der| der herr| die frau)?|hier ist(?: die| der)?|das ist die|hier) (?:{MONTH_NAMES})(?=$|[,.;]| (?:here|hier|and|und|from|von|speaking|calling|am apparat)\b| [a-z-]+(?=$|[,.;]| (?:here|hier|and|und|from|von|speaking|calling)\b))(?! \d)(?: (?!here|hier|and|und|from|von|speaking|calling)[a-z-]+)?",
        rf"\b(?:my|our|meine?|unsere?) {RELATIVE} (?:{MONTH_NAMES})(?= (?:turns|is|has|needs|wants|was|had|hat|ist|wird|braucht|muss|moechte|kommt|who|just)\b)",
        # ages
        r"(?<!zeit )(?<!termin )\b(?:ist|bin|wird|werde|is|i'm|he's|she's|turns|turning|aged) (?:schon |erst |jetzt |gerade |already |only )?\d{1,3}(?=,|$|\. | on [a-z]+day\b| jahre?\b| years?\b| und | and | months? old)(?: ?(?:jahre?|years?|months?)(?: alt| old)?)?",
        r"\b\d{1,3}(?: ?|-)(?:jaehrig\w*|jahre? alt\w*|years? old|year-olds?|monate alt\w*|months old)\b",
        rf"\b(?:{RELATIVE}'s|(?:{RELATIVE}|er|sie|he|she) (?:ist|is)|he's|she's|turns|turning|turned|(?:wird|werde?)(?: (?:ich|i|er|sie))?) (?:schon |erst |jetzt |gerade |grade |fast |bald |already |only |just |nearly |almost )*\d{{1,3}}\b(?!\.|:| ?(?:uhr|[ap]m|o'clock)\b)(?: geworden\b)?",
        r"\b(?:twins|kids|children|boys|girls|zwillinge|kinder|jungs|maedels) (?:are|sind|werden|turn) (?:both |beide |schon |already )?\d{1,2}\b(?!\.|:)",
        # "my two boys, six and nine", "meine Tochter, acht"
        rf"\b(?:\d )?(?:{RELATIVE}|twins|boys|girls|zwillinge|jungs|maedels|maedchen|toechter),? (?:\d{{1,2}}(?:,? (?:and|und) |, ))*\d{{1,2}}(?=$|[,.;])",
        r"(?<!in )(?<!vor )(?<!nach )(?<!ueber )\b\d{1,3} (?:jahren?|years)\b(?! (?:from|hence|later|ago|spaeter)\b)",
        # how long something has lasted
        r"\bseit (?:gut |etwa |ca |ueber )?(?:\d{1,3}|eine[rmn]?|ein paar|mehreren|einigen|wenigen) (?:stunden?|tagen?|wochen?|monaten?|jahren?)\b|\bfor (?:about |over )?(?:the (?:last|past) )?(?:\d{1,3}|an?|a few|a couple of|several|some) (?:days?|weeks?|months?|years?)\b(?: now)?(?! (?:from|on|later|ahead)\b)",
        r"\b(?:wir|uns|us|we|ihr|die) (?:2|3|4|beiden?|two)(?= (?:sind|are|haben|have|kommen|wollen|moechten|alten|old)\b)",
        r"\b(?:april|may|june|august|summer|autumn|june|mai|juni|julia?) (?:did|does|cut|cuts|said|told|usually|always|normally|knows|coloured|colored|saw|hat mir|macht mir|schneidet)\b",
        r"(?<=, )\d{1,2} (?:is|ist) (?:when|immer|schon|mir)\b",
        r"\b(?:we're|we are|wir sind|sind wir|wir waeren|wir kommen|there's|there are|there will be|there'll be)(?: zu)? \d{1,2}(?=$|[,.;]| (?:und|and|so|of us)\b)|\b\d{1,2} of (?:us|them)\b",
        # counts of people and things, numbers of houses and telephones, money
        rf"\b(?:fuer |zu |mit |for |of |with )?(?:\d{{1,3}}|eine?|einen|an?) ?(?:{COUNTABLES})\b",
        r"(?:(?<=\btable )|(?<=\bparty )|(?<=\bgroup )|(?<=\btisch )|(?<=\bgruppe ))(?:of|for|fuer|zu|von|mit) \d{1,3}\b",
        rf"\b(?:[a-z]*nummer|[a-z]*number|nr|zimmer|room|flat|apartment|apt|suite|unit|house|linie|bus|tram|extension|halle|gleis|gate|platform|{CARS}|{STREET})\.? (?:ist |is |die )?\d{{1,4}} ?[a-d]?\b(?! uhr)",
        # "Straße des 17. Juni"
        rf"\b(?:strasse|platz|allee) (?:des|der|vom) \d{{1,2}}\. (?:{MONTH_NAMES})\b",
        r"\b\d{1,4}[a-d]? (?:[a-z]+ )?(?:street|road|avenue|lane|drive|boulevard|crescent|terrace)\b",
        # "drei Wochen ist die Farbe jetzt drauf", "meine Nummer endet auf 1530"
        r"(?<!in )(?<!vor )(?<!nach )(?<!ueber )\b(?:\d{1,2}|ein|eine|a) (?:wochen?|tage?|monate?|weeks?|days?|months?) (?:ist|is|sind|are|war|hat|haben)\b",
        r"\b(?:endet|endend|ends|ending|endziffern?|letzte[n]? ziffern?|last digits|last four(?: digits)?)(?: (?:auf|mit|in|with|sind|are))? \d[\d ]*\b",
        # "das Rezept ist vom dritten"
        rf"\b(?:ist|is|war|stammt|datiert) (?:noch )?vom \d{{1,2}}\.(?: ?\d{{1,2}}\.| (?:{MONTH_NAMES}))?",
        r"\b\d{1,2}\. (?:stock\w*|etage|og|floor|klasse|grad\w*|mal|versuch|option|wahl|kind\w*|moeglichkeit|choice|attempt|try|thing|visit|besuch|behandlung\w*|sitzung|session|time|instance|place)\b",
        rf"\b\d{{1,4}}(?:[.,]\d\d)? ?(?:{MONEY})\b",
        r"\b(?:baujahr|jahrgang|model year|built in) (?:19|20)\d\d\b|\b(?:a|an|mein|meinen|my|the|ein|einen) (?:19[5-9]|20[0-4])\d(?= [a-z])|(?:'s|\bis|\bist) (?:a|an|ein) (?:19[5-9]|20[0-4])\d\b",
        # lengths
        r"\b(?:fuer|for|dauer[nt]|takes?|needs?|brauchen?) (?:nur |bloss |only |just |ca |etwa |about )*(?:half an hour|an hour(?: and a half)?|eine? (?:halbe |viertel |dreiviertel |gute )?(?:viertel|dreiviertel)?stunde|(?:anderthalb|eineinhalb) stunden)\b(?! (?:vor|nach|before|after|past)\b)",
        r"\b(?:fuer|for|von|of|dauer[nt]|takes?|needs?|brauche?n?|an?|eine|bis zu|up to) (?:nur |bloss |only |just |ca |etwa |about |me |us )*\d{1,3}[ -]?(?:minuten?|minutes?|stunden?|hours?|min)\b(?! (?:vor|nach|before|after|past|to|spaeter|later|frueher|earlier|from|ab|ago)\b)",
        r"(?<=[a-z] )(?<!in )(?<!und )(?<!and )(?<!within )(?<!innerhalb )(?<!binnen )(?<!another )(?<!noch )(?<!um )(?<!at )(?<!halbe )(?<!half )\d{2,3} (?:minuten|minutes)\b(?=$|[,.;])",
        r"\b\d{1,3}[ -]?(?:minuetig\w*|stuendig\w*|(?:minute|hour)(?= [a-z]+))\b",
        r"(?<![\d.:+-])\+?0\d{2,}[ /-]?\d{3,}(?:[ /-]?\d+)*\b(?!:)|(?<![\d.:-])\d{5,}\b(?![:-])",
        # "one" and "second" that count nothing
        r"\b(?:als|at) 1\.(?=$| |,)(?! \d)|(?<!um )(?<!at )(?<!gegen )(?<!ab )(?<!bis )(?<!vor )(?<!nach )\b(?:an?|1|half an?|eine?) (?:2\.|sekunde|sec|second|moment|momentchen|augenblick|minute|tick)\b(?! (?:of|on|im|in)\b)|(?<!\d )\b(?:moment|sekunde)\b",
        r"\b(?:the|this|that|which|any|no|last|next|first|other|earlier|later|another|every|good|little|big|young|old|\d\.) 1s?\b(?!\.| ?(?:[ap]m|o'clock|thirty|uhr|\d))|\b1 (?:of|more|thing|question|last|person|haircut|appointment|termin)\b",
    )
)


def drop_fillers(text: str) -> str:
    """Drop what says nothing from folded text, and words that break off."""
    text = BROKEN_OFF.sub(_drop_broken, SLIP.sub(_correct_slip, ASKS_ONESELF.sub("nein", text)))
    text = SAY_HOUR.sub(
        lambda match: (
            "um "
            if match[0].endswith(("wir ", "ich ", "ma ", "mer ", "lieber ", "doch ", "mal ", "halt ", "besser ", "eher ", "so "))
            else "at "
        ),
        text,
    )
    text = re.sub(r"(?: *, *)+", ", ", " ".join(ENGLISH_VERBS.sub(" ", HESITATION.sub(" ", text)).split()))
    text = CONCLUDING.sub(_conclude, text)
    text = ABOUT_SO.sub("", text)
    text = re.sub(r"(?: *, *)+", ", ", " ".join(text.split()))
    text = re.sub(rf"[ ,]*{CONCLUSION}[ ,{CONCLUSION}]*", f"{CONCLUSION} ", text).strip(f" ,{CONCLUSION}")
    return POLITE_CLAUSE.sub(" ", text).strip(" ,")


def _conclude(match: re.Match[str]) -> str:
    before, after = match.string[: match.start()], match.string[match.end() :]
    return ", " if REPEATED_DAY.search(before) and AGAIN.match(after) and "also" in match[0] else f"{CONCLUSION} "


def _correct_slip(match: re.Match[str]) -> str:
    one, other = match["one"], match["other"]
    is_same_kind = any(one in words and other in words for words in (DAYS, MONTHS, HOURS)) or (_is_ordinal(one) and _is_ordinal(other))
    return f"{one}, nein, " if is_same_kind and (one != other or match["fraction"]) else match[0]


def _is_ordinal(word: str) -> bool:
    return word in ENGLISH_ORDINALS or word.rstrip("nrsm") in ORDINALS


def _drop_broken(match: re.Match[str]) -> str:
    is_whole = match[2] != "-" or match[1] in KNOWN_WORDS or len(match[1]) > MAX_BROKEN_LENGTH
    return f"{match[1]}," if is_whole else " "


def mark_asides(text: str) -> str:
    """Replace names, ages and counts by a mark; numbers must be digits already."""
    for pattern in ASIDES:
        text = pattern.sub(f" {ASIDE} ", text)
    return " ".join(text.split())
