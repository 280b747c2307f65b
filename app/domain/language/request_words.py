"""Words and patterns that tell a wish for a day from what is only told."""

# ruff: noqa: E501  (tables of words)

import re

from app.domain.language.fillers import ASIDE
from app.domain.language.marked_text_tokenizer import EXCLUDING, HARMLESS_NO, UNSUITABLE
from app.domain.language.vocabulary import split_words

# they tell how things are
REPORT_WORDS = split_words(
    """ist is sind bin hab hob habe haben hat war muss muessen arbeite arbeit arbeiten schlaf schlafe fahr fahre faehrt flieg fliege fliegen heiraten heirate
    heiratet feier feiern feiert macht machens mach spielt fall trauer raeum back backe los beginnt faengt endet laeuft kriegt krieg krieg kommt bringt holt hol
    bring steht stell haett'st schneid wird werd werden gehn gehen geh faehrt abgeben fange fang steck heiss gilt verjessen
    are has have got had gets get was were works work sleep sleeping bake bakes dauert dauern lasts last takes take starts start finishes finish ends opens open closes runs run lands land leave leaves
    fly lets singing babysit says told told fasting closed shut working off rest go goes playing plays teach teaches clock expects"""
)
# they say that it suits, or ask for it
REQUEST_WORDS = split_words(
    """passt passen passts passt's geht gehts geht's ginge gings klappt klappts wuerd wuerde wuerden waer waere waers wars haett haette haetten hett moecht moechte moecht's braeucht
    braeuchte brauch brauche kann koennt koennte koennen kannst will wollen wollt soll sollen solln sollten muesst muesste muessten lieber liebsten gern gerne
    termin frei zeit luft recht nehm nehme nehmen bitte vorbeikommen komm komme kaem kaeme haben's eintragen schreiben schreibt geben
    gebt gib tragen merken bleibt could can would want wants wanna need needs like please let's lets make give book put fine suits suit works
    available free appointment slot come squeeze fit prefer take possible moeglich ideal perfect perfekt besser better best good great gut super prima toll schoen do drop pop fit'll rather sooner love hope hoping bevorzuge bevorzugen wuensche tendiere tendier schlage vorschlagen fancy propose suggest opt choose thinking aiming vote denke dachte reicht reichen reicht's langt langts taet taete daet daet's taet's kemma kommen kemman anpeilen eingetragen"""
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
    again schon auch doch jetzt now no nein nee ach ah go hm es it's it that's das day tag sharp instead yeah da weil because deshalb deswegen drum darum daher therefore hence"""
)
REASONS = split_words("weil denn because cos cause since")
STARTS = (
    r"(?:(?:my|our|mein|meine|unser|unsere) [a-z]+ (?:is|has|starts|ends|finishes|ist|hat|endet|beginnt|faengt|geht|dauert|kommt|muss)\b|weil|denn|because|cos|sondern|aber|but|(?:und|and)(?! (?:(?:um|am|the|at|on|der|den|dem|zwischen|von) )*(?:<|\d))|da (?=(?:wa?er|wa?ere|wuerd|koennt|kann|geht|passt|hab|bin|muss|ist|is|war|waer)\w*)|dann (?=(?:waer|haett|koennt|komm|geht|brauch|passt|lieber|am|<d)\w*)"
    r"|(?:it's|it is) (?=(?:the )?<d)|can (?:i|you|we)|could (?:i|you|we|ya)|(?:please )?(?:give|book|put|fit|squeeze|have) (?:me|us|her|him)\b|let's|make it|i'd|we'd|i'll be|i want|i need|i shan't|i can't|can't|we can't|how about|what about|na gut|machen wir|nehmen wir"
    r"|nein|nee|nope|no(?= <| on| the| i)|sorry|wait|moment"
    r"|(?<=[a-z] )(?:und|and) (?:(?:am|on|the|den) )*<d\d+>"
    r"|(?:(?:it's|it is|es ist|am|on|the|den|der|an) )*<d\d+>(?: <[tp]\d+>)*,? (?:ist|is|hab|hob|habe|hat|haben|bin|sind|muss|geh|fahr|fall|wird|i|i'm|i've|we|we're|he|she|he's|she's|has|are|passt|geht|kann|they|trauer|raeum|braeuchte?|brauche?|moechte?|haette?|waere?|ginge?)\b)"
)
CLAUSE_START = re.compile(
    rf"(?:(?:(?<!\d)[.,:]|;)+(?= |$)|(?<!\bby)(?<!\buntil)(?<!\btill)(?<!\bbefore)(?<!\bafter)(?<!\bfrom)(?<!\bbis)(?<!\bab)(?<!\bvor)(?<!\bnach)(?<!\bon)(?<!\bam)(?<!\bthe)(?<!\bden)(?<!\bder)(?<!it's)(?<!it is)(?<!es ist) (?={STARTS}))"
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
    r"\b(?:i've|i have|we've)(?: got)? another (?:appointment|meeting|booking)\b|\b(?:usually|normally|meistens|normalerweise)\b|\bkomm\w*\b.*\b(?:vo[nm]|aus)(?: der)? (?:arbeit|schule|schicht|dienst|training|urlaub|reha)\b|\b(?:drop|pick|take|bring|collect|fetch|walk|put) (?:the|my|our|him|her|them|_)\b(?! (?:car|van|bike|first|last|earliest|next|morning|afternoon|one|slot|appointment|<))|\b(?:i|we|he|she|they)'ll be\b|\b(?:come|comes|coming|get|gets|getting) back\b|\bkomme?n?\b.*\b(?:zurueck|heim|wieder)\b|\b(?:geht|gehen|goes|go) (?:bis|von|um|los|until|till|from|on)\b|^(?:[a-z]+ )?[a-z]*(?:schicht|dienst|schule|kita|training|unterricht|meetings?|besprechung|vorlesung|arbeit|kurs|probe|physio|work|school|shift|nursery|practice) (?:bis|von|um|ab|until|till|from|at)(?: [a-z]+)? <t|\bgeht\b.*\blos\b"
)
REQUEST_PHRASES = re.compile(r"\b(?:kein|no|not a) problem\b|\b(?:bin|sei)\b.*\bbei (?:ihnen|euch)\b|\b(?:zu|to) (?:ihnen|euch|you)\b")
# somebody does something: "am Freitag fliegen wir", "we fly home Thursday"
SUBJECT_AND_VERB = re.compile(
    r"<[dt]\d+>(?: <[tp]\d+>)*(?: (?:da|ja|auch|immer))* (?!mein|sag|denk|schlag|wuensch|nehm|dacht|hoff)[a-z]{3,} (?:ich|wir|er|sie|man|mein\w* [a-z]+|unser\w* [a-z]+|der [a-z]+|die [a-z]+|das [a-z]+)\b"
    r"|^(?:(?:und|and|weil|denn|because|cos|da|but|aber) )*(?:ich|wir|er|i|we|he|she|they|(?:mein\w*|unser\w*|my|our|the|der|die|de|dr) (?:[a-z]+ )?[a-z_]+) (?!not\b|can|could\b|kann|think\b|mean\b|meant\b|guess\b|suppose\b|reckon\b|said\b|vote\b|say\b|go for\b|denk|mein|sag|schlag|tendier|bevorzug|peil|wuensch|aim|choose|fancy|propose|suggest|opt|hab\b|tue?\b|taet)[a-z]{3,}\b[^<]*<[dt]"
)
# the main clause behind "weil am Mittwoch …"
INVERSION = re.compile(
    r" (?=(?:braeuchte?|brauche?|haette?|moechte?|koennte?|kann|wuerde?|waere?|will|komme?|soll|muesste?|passt|ginge?|geht) (?:ich|wir|es|mir|uns|das|nur|der|die)\b|(?:i|we)(?:'d| need| want| could| can| would)\b|(?:could|can) (?:i|we|you)\b)"
)
BARE_DAY = re.compile(r"(?:(?:am|on|the|den|der) )*<d\d+>(?P<joint> (?:und|oder|and|or))?")
JOINT = re.compile(r"(?:und|oder|and|or) ")
ITS = re.compile(
    r"^(?:it's|it is|es ist|(?:it|es|that|das) (?:muss|muesste|must be|has to be|needs to be|sollte|should be|would be)) (?:(?:the|am|on|der|dann) )*<d\d+>"
)
ABSENT_UNTIL = re.compile(r"\b(?:bis|until|till|to|through)(?: (?:zum|dem|den|the|einschliesslich))* <d(\d+)>")
GIVEN_UP = re.compile(r"\b(?:wollt\w*|wanted|eigentlich|gedacht|dachten?|hoped|hoping|was thinking|thought|supposed|planned)\b")
ARTICLE_DAY = re.compile(r"(?:(?:then|dann) )?(?:the|der|den) <d(\d+)>")
CLOSING = re.compile(
    r"\b(?:bis|by|before|vor|until|till|spaetestens|no later than)(?: (?:zum|dem|den|der|the|am|on|spaetestens))* <d(\d+)>"
)
THEN = re.compile(r"(?:dann|then) (?:(?:halt|eben|lieber|doch|am|on|um|at|the|den) )*<[dt]")
LIKEWISE = re.compile(
    r"(?:(?:am|on|und|and|the) )*<d\d+>(?: <p\d+>)? (?:auch|too|as well|also|ebenso|genauso|dito)(?: (?:schon|nicht|leider|no))*[,.]?"
)
OF_THAT_DAY = re.compile(r"(?:(?P<but>aber|but|nur|bloss|only) )?(?:da|that's when|dann|then) (?:i |we |he |she )?[a-z']+ (?!<)")
NOUN_AS_SUBJECT = re.compile(
    r"(?:(?:und|and|weil|denn|because|but|aber) )*(?:der|die|das|mein\w*|unser\w*|the|my|our|his|her|seine?|ihre?) [a-z][a-z-]+(?<!tag)(?<!day)(?: [a-z']+)? [^<]*<d"
)
ONES_OWN = re.compile(r"\b(?:ich|wir|mir|uns|i|we|me|us)\b")
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
