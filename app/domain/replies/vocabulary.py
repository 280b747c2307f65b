"""The words of answers to text messages, in both languages and some dialects, as the normalized text has them (ae, oe, ue, ss).

Patterns are marked in the order of the table, each in what the ones before have left; what no pattern marks is unknown.
"""

# ruff: noqa: E501  (patterns are read in one line)

import re
from typing import Literal

Mark = Literal[
    "keep", "late", "defer", "question", "condition", "cancel", "cannot", "coming", "others", "move", "time", "agree", "yes", "no", "both",
    "thanks", "polite", "reason", "negation", "preference", "rather_not", "stop",
]  # fmt: skip

NOT = r"(?:nicht|nich|nit|net|ned|ni|not)"
# up to three words between the parts of a phrase
GAP = r"(?: \w+){0,3}?"
CANCEL_VERB = r"(?:absagen?|absag|absagn|(?:sag|sage|sags)(?: (?:den|meinen|ihn|diesen|termin|heute|morgen|leider|bitte|das|es|lieber|dann|hiermit))* ab|stornier(?:en|e|ung|n)?|storno|streichen?|abbestellen?|cancel|cancell?ing|canceln|call(?:ing)? (?:it )?off)"
MOVE_VERB = (
    r"(?:verschieb(?:en|e|ung|n)?|verleg(?:en|e|n)?|umbuch(?:en|e|ung)?|schieben|reschedul(?:e|ing)|rebook(?:ing)?|postpone|move|change)"
)
WEEKDAY = r"(?:(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?:s|(?:vor|nach)?mittags?|abends?|frueh)?"
MONTH = r"(?:januar|jaenner|februar|maerz|april|mai|juni|juli|august|september|oktober|november|dezember|january|february|march|may|june|july|october|december)"
DAY_PART = r"(?:(?:vor|nach)?mittags?|frueh(?:s)?|morgens|abends?|morning|afternoon|evening|noon|tonight)"
# "morgen um 10", "14:30 uhr", "12. mai", "in two weeks"
TIME = (
    rf"(?:am |an |um |on |at |ab |nach |vor |gegen |until |after |before |den |der |dem |diesen?r? |this |next |naechste[nrs]? |kommende[nrs]? )*"
    rf"(?:{WEEKDAY}|uebermorgen|heute|heit|morgen|moagn|moang|today|tomorrow|tmrw|tmr|tmw|2morrow|wochenende|weekend|{DAY_PART}|\d{{1,2}}[.:]\d{{2}}(?: ?(?:uhr|h|am|pm))?"
    rf"|\d{{1,2}} ?(?:uhr|h|am|pm|o clock)(?: \d{{2}})?|halb \w+|viertel (?:vor|nach) \w+|\d{{1,2}}\. ?(?:\d{{1,2}}\.?(?: ?\d{{4}})?|{MONTH})"
    rf"|{MONTH} \d{{1,2}}|(?:in )?(?:\d{{1,2}}|ein(?:e|er)?|zwei|drei|one|two|three|a) (?:tagen?|wochen?|monate?n?|days?|weeks?|months?)|(?:woche|monat|week|month))"
)

PATTERNS: tuple[tuple[Mark, str], ...] = (
    # "einen schönen Abend noch" names no time
    ("polite", r"(?:noch )?(?:einen |ein |have a )?(?:schoene[ns]?|guten|angenehmen|nice|great|lovely|good) (?:abend|tag|morgen|feierabend|woche|wochenende|day|evening|weekend|week)(?: noch| ahead)?"),
    # messages are to end
    ("stop", r"(?:bitte )?(?:keine?|no) (?:weiteren? |more |further )?(?:sms|nachrichten?|texts?|messages?)(?: mehr| please)?|(?:nicht|dont|stop|do not) (?:mehr )?(?:an)?(?:schreiben|smsen|text(?:ing)?|messag(?:e|ing)|writ(?:e|ing))(?: (?:me|to me|any ?more))*"),
    ("stop", r"(?:hoer(?:t|en sie)?|macht|lass(?:t|en sie)?)(?: (?:endlich|bitte|mal|doch|jetzt|sofort))* (?:auf|schluss|es)(?: (?:endlich|mir|mich|uns|mit|dauernd|staendig|immer|diese[nrm]?|solche[nr]?|den|die|eure[nr]?|ihren))* (?:sms|nachrichten?|erinnerungen?)(?: zu (?:schicken|senden|schreiben))?(?: (?:das |es )?(?:nervt|reicht))?"),
    ("stop", r"^unsubscribe(?: \w+){0,12}$|take me off (?:your|the|this) (?:list|texts|messages)|i dont (?:need|want)(?: (?:any|these|those|your|more))* (?:reminders?|texts?|messages?)|(?:ich )?(?:brauche?|will|moechte)(?: (?:eure|ihre|diese))? keine (?:sms|erinnerung(?:en)?|nachrichten)(?: mehr)?"),
    # it is to stay
    ("keep", r"(?:bloss|auf keinen fall|bitte) nicht(?= (?:war|das war)|$)|(?:das )?war (?:ein|nur ein) (?:versehen|vertipper|fehler)|(?:didnt|did not) mean (?:it|that|to)(?: (?:send|write|cancel))?(?: (?:that|it|this))?|my mistake|by mistake|keep (?:the|my) (?:old|original|current|first) (?:one|appointment|time|slot)"),
    ("keep", rf"(?:bitte )?(?:{NOT}|nix|dont|do not|never|kein(?:e|en)?) (?:mehr |bitte |please |my |meinen? |den |the |it |das )*(?:{CANCEL_VERB}|{MOVE_VERB})"),
    ("keep", rf"(?:sag|sage|sagen|sagt){GAP} {NOT}(?: \w+){{0,2}}? ab"),
    ("cannot", rf"(?:kann|koennen|konnte|schaff(?:e|en|s)?){GAP} (?:doch|lieber|leider) {NOT}(?: (?:kommen|schaffen))?"),
    ("cannot", rf"leider doch {NOT}(?: moeglich)?|(?:doch|lieber) {NOT} (?:moeglich|kommen|schaffen|mehr|hin)"),
    ("rather_not", rf"(?:doch|lieber) {NOT}"),
    ("keep", r"(?:passt|bass?t) so(?: wie (?:es|er|sie) (?:ist|war|steht))?|bleibt (?:so|dabei|bestehen|stehen|wie es ist|alles)|so (?:lassen|bleiben)|lass(?:en|t)? (?:es|wir|sie es|das)(?: so)?|keep (?:it|my appointment|the appointment)|leave it(?: as it is)?"),
    ("keep", r"alles (?:gut|ok|okay|bestens|fein|in ordnung|prima|passt|super)|kein(?:e)? (?:problem|thema|sorge|aenderung(?:en)?)|no (?:problem|prob|worries|changes?)|all good|its (?:all )?(?:fine|good)|(?:nicht|net|ned) noetig|not necessary"),
    # late, and not another time
    ("late", rf"(?:komme?|kimm|bin|wird|werde|verspaetet?){GAP} (?:spaeter|zu spaet|verspaetet|late)|verspaet\w*|(?:minuten?|min|mins|minutes|stunde|hour) (?:spaeter|late[r]?)|(?:running|be|am|im) (?:a bit |a little |\d+ minutes )?late|(?:im|in) (?:stau|traffic)|stehe im"),
    ("defer", rf"(?:melde|meld|sag|sage|gebe|geb){GAP} (?:mich |bescheid)(?: \w+){{0,2}}?(?:spaeter)?|(?:let you know|get back to you)(?: later)?"),
    # questions, which people answer
    ("condition", r"wenn|falls|ob|sofern|if|whether|unless|in case"),
    ("question", r"was|wie ?viel|wie|wo|wann|warum|wieso|weshalb|wer|wem|wen|welche[rnms]?|wohin|woher|womit|darf|duerfen|muss i(?:ch|)? (?:denn |vorher |dann )?(?=\w+)(?!absag|leider|den|stornier)|soll (?:ich|i)|haben sie|habt ihr|gibt es|gibts|ist (?:es|das|der|die)|is (?:it|there|this|that)|are (?:you|there)|do (?:i|you)|how|what|where|when|why|who|which|should i|must i"),
    # it does not suit, or cannot be
    ("others", r"(?:keine?r?s?|nichts|none|nix) (?:davon|dabei|of (?:these|those|them)|passt|passend(?:es)?|works?|suits?)|(?:passt|passd|basst|bassd|geht|gehts|klappt|haut)(?: (?:mir|ma|uns|bei mir|alles|leider|davon|da|hin|bei uns|am))*? (?:nicht|nichts|nich|net|ned)(?: (?:hin|mehr|so|gut))*|(?:doesnt|dont|none) (?:works?|suits?|fits?)(?: (?:me|for me))?|weitere|mehr zeiten|noch andere|more options|other options|others"),
    ("cannot", rf"(?:kann|koennen|konnte|ko|kon|schaff(?:e|en|s)?|wird|komme?n?|kimm){GAP} (?:leider )?{NOT}(?: (?:mehr|kommen|kemma|dabei sein|teilnehmen|wahrnehmen|einhalten|schaffen|hin|klappen|gehen|da|da sein))*|{NOT} (?:kommen|schaffen|dabei|moeglich)|(?:cant|cannot|can not|wont|will not|couldnt|not able to|unable to|not going to|not gonna|dont think i can)(?: be able to)?(?: (?:make it|come|be there|attend|do it|make that|make the appointment))?|not coming|not be coming|verhindert|brauch(?:e|en)?{GAP} {NOT} mehr|hat sich erledigt"),
    # somebody will come
    ("coming", r"bis (?:spaeter|dann|gleich|bald|denn|nachher|(?:zum )?termin|(?:am )?" + WEEKDAY + r"|uebermorgen|heute|morgen)(?: um \d{1,2}(?:[.:]\d{2})?(?: uhr)?)?|(?:see|c) (?:you|ya|u)(?: (?:then|there|later|soon|tomorrow|tmrw|tmr|tmw|today|on|at|" + WEEKDAY + r"))*|cu(?: later)?"),
    ("coming", rf"(?:(?:ich|wir|i|mia|we|will) )?(?:(?:bin|sind|werde|be|ill be|well be)(?: (?:gerne?|auf jeden fall|sicher|natuerlich|puenktlich|wieder|wie immer))* (?:dabei|da(?: sein)?|there|puenktlich|on time)|(?:komme?n?|kimm|kumm|im coming|am coming|coming|come)(?: (?:gerne?|auf jeden fall|sicher|natuerlich|puenktlich|on time))*)(?!\w)(?!{GAP} {NOT}\b)"),
    ("coming", r"(?:ich )?freu(?:e|en)? (?:mich|uns|mi)(?: (?:schon|sehr|drauf|darauf|riesig))*|looking forward(?: to it)?|(?:nehme ihn|nehme den termin) wahr|halte ihn ein"),
    # it is to be off
    ("cancel", CANCEL_VERB),
    ("cancel", r"take (?:me|us|it) off (?:the |your )?(?:schedule|calendar|books?|diary)"),
    # another time
    ("move", rf"{MOVE_VERB}(?: (?:it|the appointment|my appointment))?|(?:ander(?:er|en|e|es|n)|neue[rnm]?|another|(?:a )?different|new|other) (?:termin|zeit|uhrzeit|tag|mal|time|day|date|slot|appointment)|(?:bissl|bisschen|etwas|bit|little|something|was|eher)? ?(?:spaeter|spaedda|spada|frueher|later|earlier|sooner)|andermal|ein ander mal"),
    ("preference", r"lieber|eher|besser|stattdessen|rather|instead|prefer(?:ably)?|wie waers(?: mit)?|wie waere es(?: mit)?|how about|what about|geht (?:auch|es|vielleicht|evtl)|ginge|ginge auch|passt (?:auch|es)|(?:haette|haben sie|would|could)(?: (?:it|we|i))?|moeglich|possible|waere"),
    ("time", TIME),
    # "na klar" is no no
    ("polite", r"na(?= (?:beide|alle|logo|sicher|natuerlich|gut|dann|ja)\b)"),
    # yes and no
    ("both", r"beide[sn]?|alle(?: (?:zwei|beide|drei|termine))?|both(?: of (?:them|us))?|all(?: of them)?"),
    ("agree", r"(?:passt|passd|basst|bassd) scho[n]?|alles klar|na klar|eh klar|eh kloar|geht klar|geht in ordnung|in ordnung|ois klar|passt (?:mir|schon|scho|so weit|gut|perfekt|super|uns|wunderbar)|sehr gerne?|auf jeden fall|of course|works(?: (?:for me|fine|great|well|perfectly|better))?|sounds (?:good|great)|thats (?:fine|good|ok|great)|thumbsup"),
    ("yes", r"ja+|jo+|joa|jau|jou|jup|jep|jepp|yep|yup|yes+|yess|yea|yeah|jawohl|jawoll|jop|jaja"),
    ("no", r"nein+|nee+|ne|noe+|na+|naa|no|nope|noo+|nah|nei|naeh"),
    ("agree", r"ok+|okay|okey|okee|oki|okidoki|okeydokey|klar|kloar|sicher|natuerlich|gerne?|passt|basst|bassd|passd|pass?t|super|perfekt|perfect|top|prima|fein|gut|guad|toll|cool|spitze|wunderbar|einverstanden|(?:termin )?steht|verstanden|notiert|vermerkt|understood|noted|got it|bestaetig(?:e|t|en|ung)|zusagen?|zugesagt|confirm(?:ed|ing)?|sure|fine|great|good|absolutely|definitely|gebongt|freilich|freili|genau|stimmt|korrekt|agreed|accept(?:ed)?|y|j"),
    ("thanks", r"(?:vielen |herzlichen |lieben |besten |tausend |many |viele )?(?:dankeschoen|danke|dank|merci|mercy|thx|thanks|tanks|thank you|thank u|tysm|ty|dangge|dankschee|vergelts gott)(?: (?:dir|ihnen|euch|schoen|sehr|vielmals|fuer (?:die|den|das|ihre|eure) \w+|for (?:the|your) \w+|you|so much|a lot|a million|fuers? \w+))*|smile|liebe|lieb(?: von (?:ihnen|euch|dir))?|nett|very|much"),
    ("reason", r"(?:bin |ist |im |i am |am |habe? |hat |mein |meine |my )*(?:krank|erkaeltet|fieber|grippe|corona|kind(?:er)?|arbeit(?:en)?|notfall|im krankenhaus|verreist|urlaub|sick|flu|working|work|emergency|away|unwell)(?: (?:ist|is|hat|has|krank|fieber|sick|geworden))*"),
    ("polite", r"hm+|aeh+m?|teh|ill|schedule|calendar|lass(?:t|en)?|bitte|please|pls|plz|leider|sorry|entschuldigung|entschuldigen sie|tut mir (?:sehr )?leid|unfortunately|hallo|hi|hey|hello|moin|servus|gruess (?:gott|sie)|guten (?:tag|abend)|der|die|das|den|dem|des|the|it|es|s|ihn|mein(?:e|en|em|er)?|my|our|unser(?:en|e|em)?|dieser|diesen|this|that|termin(?:e)?|appointment|booking|buchung|ich|i|wir|we|mich|mir|uns|me|us|muss|muass|muessen|have to|need to|must|moechte|moecht|wuerde|wuerd|will|woll(?:en|t|te)|want to|want|would like to|would|like to|koennen?|koennt|kannt|kann|can|could|ihr|sie|you|du|mal|und|and|also|dann|then|so|hiermit|herewith|wirklich|really|endgueltig|sehr|very|ganz|auch|too|einfach|just|nun|jetzt|now|noch|still|bereits|zu|to|fuer|for|um|am|im|an|mit|with|von|a|an|ein|eine|einen|haben|haette|be|is|nr|nummer|number|no\.|option|zeit|uhrzeit|time|nehme|nehm|nehma|nimm|take|ill take|choose|nehmen|waehle|of|wieder|schon|yet|amal|mi|ma|mei|bloss|auf|davon|war|gerade|ja gerne"),
    ("negation", rf"{NOT}|kein(?:e|en|er|s|em)?|nie|never|dont|do not|ohne|without|nix|nichts"),
)  # fmt: skip
COMPILED = tuple((mark, re.compile(rf"(?<![\w<])(?:{pattern})(?![\w>])")) for mark, pattern in PATTERNS)

# words that are recognised with a slip of the finger, none of which is one slip away from its opposite
CORRECTED = (
    "absagen", "absage", "stornieren", "storniere", "storno", "cancel", "verschieben", "verlegen", "umbuchen", "reschedule", "spaeter",
    "bestaetige", "bestaetigt", "bestaetigen", "passt", "danke", "thanks", "please", "bitte", "leider", "termin", "appointment", "tomorrow",
)  # fmt: skip
NUMBER_WORDS = {
    "eins": 1, "erste": 1, "ersten": 1, "erster": 1, "erstes": 1, "one": 1, "first": 1,
    "zwei": 2, "zwo": 2, "zweite": 2, "zweiten": 2, "zweiter": 2, "zweites": 2, "two": 2, "second": 2,
    "drei": 3, "dritte": 3, "dritten": 3, "dritter": 3, "drittes": 3, "three": 3, "third": 3,
}  # fmt: skip
# "really cancel?": nothing beside these may stand in a yes, and it has one of the first
PLAIN_YES = r"(?:ja+|jo+|jau|jup|jep|jepp|yep|yup|yes+|yea|yeah|jawohl|jawoll|jop|jaja)"
COURTESY = r"(?:bitte|please|pls|plz|leider|sorry|entschuldigung|tut mir (?:sehr )?leid|unfortunately|wirklich|really|endgueltig|danke|dank|vielen|thanks|thank you|thx|smile)"
CANCEL_PHRASE = rf"(?:(?:ich |i |wir |we )?(?:muss |moechte |will |want to |have to |need to |must )?(?:den |meinen |ihn |diesen |the |my |this )?(?:termin |appointment |booking )?(?:leider |bitte |please |wirklich )*{CANCEL_VERB}(?: (?:it|the appointment|my appointment|den termin))?)"
CLEAR_YES = re.compile(rf"(?:{COURTESY} )*(?:{PLAIN_YES}|{CANCEL_PHRASE})(?: (?:{PLAIN_YES}|{COURTESY}|{CANCEL_PHRASE}))*")

# closing words, after which only a name follows
SIGNATURE = re.compile(r"[\s,.!]+(?:lg|vg|mfg|glg|gru(?:ss|esse)|(?:liebe|viele|beste|schoene|herzliche)n? gru(?:ss|esse)|best(?: regards)?|kind regards|regards|cheers|xx?o?)\b.*$", re.S)  # fmt: skip
SALUTATION = re.compile(r"^\s*(?:hallo|hi|hey|hello|moin|servus|guten (?:tag|morgen|abend)|gruess gott|liebe[sr]?|dear|good (?:morning|afternoon|evening))(?: [\w.]+){0,4}\s*[,!]", re.S)  # fmt: skip
