"""Recognises the number that calls where it is described and not told: "die, mit der ich anrufe", "same as mine"."""

import re

from app.domain.language.vocabulary import fold

# these alone say which number is meant
_CALLING = """
    anrufe anruf anrufen angerufen telefoniere telefonieren spreche rufe calling call called phoning phone ringing rang ring dialling
    angezeigt anzeigt angezeigte display displayed showing shown steht sehen siehst sieht see
"""
CALLING = frozenset(_CALLING.split())
# these say it only beside words for a number, or alone
_POINTING = """
    diese dieser diesen dieselbe dieselben derselbe derselben gleiche gleichen selbe selben meine meiner meinen mein eigene eigenen
    this same my mine own current here hier aktuelle aktuellen jetzige
"""
POINTING = frozenset(_POINTING.split())
_BESIDE = """
    die der das den dem nummer nummern rufnummer telefonnummer telefon number numbers one line anschluss leitung mit von vom aus unter
    auf auch ja genau einfach bitte gern gerne doch gerade grade eben jetzt now right just please yes yeah yep sure okay ok ich i'm i am
    im is it's that's that the a to from on with using use using's wie as ist es sie you can at of von woher wo wovon welcher which where
    da bei ihnen ihrem im ihre your screen in nehmen nehme take nimm and und also well also's haben have habe i've mich me zurueck back
    nach what whatever was sie's is'n nr no. we're we wir rufen caller's up comes kommt erreichbar reach erreichen bin an anzeige
"""
BESIDE = frozenset(_BESIDE.split())


def means_caller_number(text: str) -> bool:
    """Check whether the words point to the number of this call, and tell or name no other."""
    words = re.findall(r"[\w']+", fold(text))
    pointing = [word for word in words if word in CALLING or word in POINTING]
    return bool(pointing) and all(word in CALLING or word in POINTING or word in BESIDE for word in words)
