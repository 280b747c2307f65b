"""What a garage is told of a car as the reason for an appointment: a lamp that burns is no fire, one that is dead at home no breakdown."""

import re
from collections.abc import Iterable
from datetime import date

from app.core.clock import now
from app.domain.language.vocabulary import fold

# where any of this is heard, nothing is taken for a mere symptom
ACUTE = re.compile(
    r"flamm|flame|feuer|\bfire|explo|knall|\bbang\b|lichterloh|gefahr|danger|feuerwehr|\b112\b|\b999\b|\bhilfe|\bhelp\b"
    # on the road
    r"|autobahn|\ba ?\d{1,3}\b|standstreifen|seitenstreifen|strassenrand|pannenstreifen|motorway|highway|hard shoulder|roadside"
    r"|pull(?:ed|ing)? over|\bsteh(?:e|en|n)?\b|\bstuck\b|liegen ?geblieben|gestrandet|stranded|tunnel"
    # at this moment
    r"|\bgerade\b|\bgrade?\b|\bjetzt\b|ploetzlich|suddenly|right now|\bnow\b"
    # people who are in it, or who are not well
    r"|\bluft\b|breath|atmen|\bkind(?:er)?\b|\bkids?\b|children|\bbaby\b|\bdrin(?:nen)?\b|inside|schwind|uebel|ohnmacht|bewusstlos|dizzy"
    r"|faint|unconscious"
    # where it comes from, and how much
    r"|innenraum|armatur|dashboard|cockpit|motorhaube|\bhaube\b|motorraum|bonnet|\bhood\b|\bstark|\bdicht|massiv|heftig|\bthick|pouring"
    r"|billow|filling|immer mehr|mehr und mehr|more and more|\ba lot\b|schmor|benzin|petrol|\bgas\b|ladesaeule|charging|\bakku|e-auto"
    r"|elektroauto|electric|hybrid"
    # a car that does not move
    r"|springt nicht an|won'?t start|doesn'?t start|not start"
)
WARNING_LAMP = (
    r"(?:\b\w*(?:oel|motor|kontroll|warn|airbag|abs|brems|batterie|lade|kuehl\w*|reserve|reifen|esp|vorglueh)\w*"
    r"[ -]?(?:lamp|leuchte|licht|laemp)\w*|\b(?:oil|engine|check engine|warning|brake|battery|airbag|abs|coolant|dash) (?:light|lamp)s?\b)"
)
ANY_LAMP = r"\b(?:\w*(?:lampe|leuchte|laempchen)|(?:warning )?(?:light|lamp)s?)\b"
BURNS = r"(?:brenn(?:t|en|e)|burn(?:s|ing)|lit)\b"
BETWEEN = r"(?:(?:(?:[^\W\d_]+) ){0,3}?)"
SMOKE = re.compile(r"\b(?:\w*rauch(?!er)\w*|\w*qualm\w*|smok(?:e|es|ing|y))\b")
# an exhaust smokes; a motor does when it starts, when it is cold, or since days
OCCASION = re.compile(
    r"\bauspuff|exhaust|tailpipe|kaltstart|cold start|\bon start|start-?up|\bmorgens\b|in the mornings?"
    r"|\bbei(?:m)? (?:jedem )?(?:starten|start|anlassen|gas ?geben|beschleunigen|anfahren)"
    r"|\bwenn (?:\w+ ){0,3}(?:kalt|starte?|anlasse)\b|\bwhen (?:it's|its|it is|i|you|we|starting|accelerating|cold)\b"
    r"|\bseit (?:gestern|tagen|wochen|laengerem|einer weile|letzter|ein paar|\w+ (?:tagen|wochen|monaten))"
    r"|\bfor (?:days|weeks|a while|a few|\w+ (?:days|weeks|months))\b|since (?:yesterday|last)"
    r"|\bab und zu\b|manchmal|sometimes|now and then"
)
BATTERY = re.compile(
    r"\b(?:\w*batterie|battery)\b(?: (?:ist|is|ganz|komplett|wohl|probably|totally|completely))* ?\b(?:tot|leer|platt|hin|dead|flat)\b"
)
# a car that stands where it may stay, or is to be seen another day
CAN_WAIT = re.compile(
    r"\bzu ?hau?se?\b|\bdaheim|\bdahoam|\b(?:in|vor) (?:der|da|meiner|unserer|d') ?(?:garage|einfahrt|auffahrt|haustuer|tuer)"
    r"|\bcarport|\b(?:auf'?m|auf dem|im) hof\b"
    r"|\bat home\b|\bdrive(?:way)?\b|\bin (?:my|the|our) garage|outside (?:my|our|the) (?:house|home|flat)"
    r"|(?<!guten )(?<!heute )(?<!heut )\bmorgen\b|\bmorgige|uebermorgen|in der frueh"
    r"|\b(?:mon|diens|donners|frei|sams|sonn)tag\b|\bmittwoch\b"
    r"|\b(?:naechste|kommende|diese|die) woche\b|\bdie tage\b|\bin den naechsten tagen"
    r"|\btomorrow|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:next|this) week\b|\bsome ?time\b"
    r"|\b(?:brauch\w*|braeucht\w*|haett\w*|moecht\w*|gebt|habt|haben|geben)(?: \w+){0,3} termin"
    r"|\b(?:an|get|need|book|make)(?: \w+){0,2} appointment"
)
ON_THE_ROAD = re.compile(
    r"autobahn|\ba ?\d{1,3}\b|bundesstrasse|landstrasse"
    r"|standstreifen|seitenstreifen|strassenrand|pannenstreifen|motorway|highway|hard shoulder"
    r"|roadside|pull(?:ed|ing)? over|\bsteh(?:e|en|n)?\b|\bstuck\b|liegen ?geblieb|liegengebliem|gestrandet|stranded|tunnel"
    r"|unterwegs|kreuzung|\bampel|parkplatz|parkhaus|car ?park|supermarkt|tankstelle|petrol station|gas station"
    r"|\bjunction|\bjetzt\b|\bsofort|right now|\bnow\b"
    r"|immediately|heute? (?:noch|abend|nacht)|tonight|\b(?:mich|uns|me|us) (?:\w+ )?(?:abhol|hol|pick|fetch|rescue)|pick (?:me|us) up"
    r"|\bkind(?:er|ern)?\b|\bkids?\b|children|\bbaby\b|\bhilfe\b|\bhelp me\b"
)


def can_wait(texts: Iterable[str]) -> bool:
    """Check whether a car that does not go is no breakdown of this hour: it stands at home, or is to be seen another day."""
    listed = list(texts)
    folded = fold(". ".join(listed))
    return bool(CAN_WAIT.search(folded) or any(map(_is_later_day, listed))) and not ON_THE_ROAD.search(folded)


def _is_later_day(text: str) -> bool:
    try:
        return date.fromisoformat(text.strip()) > now().date()
    except ValueError:
        return False


def strip_symptoms(text: str) -> str:
    """Take out the words that would be a fire elsewhere; unchanged where anything tells of more than a symptom."""
    folded = fold(text)
    bare = re.sub(rf"({WARNING_LAMP} {BETWEEN}){BURNS}|{BURNS}(?= {BETWEEN}{WARNING_LAMP})", r"\1", folded)
    if ACUTE.search(folded):
        return text if bare == folded else bare
    bare = re.sub(rf"({ANY_LAMP} {BETWEEN}){BURNS}|{BURNS}(?= {BETWEEN}{ANY_LAMP})", r"\1", bare)
    if OCCASION.search(folded):
        bare = SMOKE.sub("", bare)
    bare = BATTERY.sub("", bare)
    return text if bare == folded else bare
