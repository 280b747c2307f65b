"""Words by what they say where they stand: prepositions that lead a day or a time, and words that name no time."""

# ruff: noqa: E501  (tables of words)

import re

from app.domain.language.vocabulary import split_words

TIME_LEADS = split_words("um gegen at halb viertel half quarter punkt")
DAY_LEADS = split_words(
    "am an on jeden jede every each naechsten naechste naechster kommenden kommende folgenden next diesen this letzten last coming following"
)
EITHER_LEADS = split_words(
    "ab bis nach vor after before until till by seit since zwischen between waehrend during around kurz shortly unter"
)
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
# a slip of "week" or "Woche"
POSSIBLE_WEEK = re.compile(r"w[a-z]{1,5}")
# "am liebschten"
SUPERLATIVE = re.compile(
    r"(?!zw|ein|drei|vier|fuenf|sech|sieb|acht|neun|zehn|elf)[a-z]{3,}(?:sten|ste|stn|scht(?:e|en|a|i))(?<!pfingste)(?<!pfingschte)"
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
    r"(?:[a-z]*(?:tag(?:e[sn]?|s)?|woch(?:en?)?|monat[es]*|jahr(?:e[sn]?|s)?|stunden?|minuten?|quartal\w*|semester\w*|ferien|saison|abend|mittag|nacht)|(?:tages|wochen|monats|jahres|ferien|urlaubs|feiertags|abend|mittags|nacht)[a-z]+"
    r"|urlaub\w*|\w*daemmerung|sonnen\w+gang|feierabend|\w*schluss|\w*pause|kirmes|kirchweih|kerwe|karneval|fasching|wiesn|oktoberfest|ramadan|zuckerfest|opferfest|eid|diwali|hanukkah|chanukka|passover|pessach"
    r"|[a-z]*days?|[a-z]*weeks?|[a-z]*months?|[a-z]*years?|[a-z]*hours?|[a-z]*minutes?|[a-z]*nights?|[a-z]*noon|[a-z]+time|[a-z]+zeit(?:en)?|holidays?|vacations?|half-term|semester|quarter|dawn|dusk|sunset|sunrise|nightfall|teatime|breakfast|birthday|geburtstag|namenstag"
    r"|anfang|mitte|ende|beginn|haelfte|drittel|halb|viertel|half|beginning|middle|end|werktags?|wochentags?|demnaechst|neulich|damals|kuerzlich|recently)"
)
# what is talked of, and bends no day that is named
SUBJECTS = re.compile(
    r"[a-z]*ferien|urlaub\w*|[a-z]*feiertag\w*|[a-z]*geburtstag\w*|birthday|holidays?|vacations?|days?|tage?[sn]?|[a-z]{3,}tag|[a-z]*stunden?|hours?|minute[ns]?|years?|jahr\w*|\w*schluss"
    r"|tagespflege|tages(?:mutter|klinik|karte|eltern|vater)|nacht(?:dienst|schicht|zug|bus)|abend(?:schule|kurs|kleid|essen|kasse)|ferien(?:haus|wohnung|lager|job)|wochen(?:markt|bett)|jahres(?:wagen|inspektion|karte)|monatskarte"
    r"|elternabend|wiesn|oktoberfest|karneval|fasching|kirmes|[a-z]*schicht"
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
CALENDAR_UNITS = split_words("day tag week woche weekend wochenende monat month")
# "gleich morgens oder ganz spät"
UNCLEAR_PARTS = split_words("frueh spaet early late lange")
WHOLE = split_words("ganze ganzen ganzer whole full entire halbe volle vollen letzte letzten kommende same work working bank holiday")
INTENSIFIERS = split_words("ganz sehr recht very really quite eher")
# "after I've slept"
SUBJECT = re.compile(r"(?:i|you|he|she|it|we|they|ich|du|er|sie|wir)'[a-z]+")
COMPARED = split_words("spaeter frueher later earlier sooner")
SAME = split_words(
    """gleiche gleichen gleicher selbe selben selber dieselbe derselben dasselbe same usual gewohnte gewohnten uebliche ueblichen immer sonst gehabt always danach davor vorher nachher hinterher darauf drauf
    anschliessend afterwards beforehand thereafter"""
)
BESIDE_WORDS = split_words("follows along dazwischen dezwische dazwischa darauffolgenden darauffolgende")
POINTING = split_words("next following last naechsten folgenden letzter letzten")
LENGTHS = split_words("stunde stunden hour hours minuten minutes stuendchen")
# told before a conclusion they bend its time: "a quarter of an hour's walk, so …"
LENGTH_WORDS = LENGTHS | split_words("hour's quarter half viertel halb halbe viertelstunde")
LENGTHS_GO_ON = split_words("bevor later spaeter walk earlier frueher")
FOLLOWING = split_words("danach nachher hinterher anschliessend darauf drauf afterwards thereafter davor vorher beforehand")
TELLERS = split_words("ich wir er sie i we he she i'm we're i've we've")
CONDITIONS = split_words("wenn wenns sobald bevor nachdem solange when once while whenever unless")

INTERJECTIONS = split_words(
    "itself hauptsache but oh ah ha haha ach wa gell goodness mate hey eh hier wobei however realistisch realistically obviously definitely jedenfalls"
)
MARKS = frozenset({"<d>", "<t>", "<w>", "<p>"})
STOPS = frozenset({",", ";", ".", ":", ""})
