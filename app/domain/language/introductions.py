"""Takes the words off with which people introduce a name: "mein Name ist …", "für meine Mutter, …", "this is …"."""

import re

RELATIVES = (
    r"(?:schwieger|gross|groß|stief)?(?:mutter|mama|vater|papa|eltern|tochter|sohn|söhne|schwester|bruder)|frau|mann|oma|opa|enkel(?:in)?|kind(?:er)?"
    r"|freund(?:in)?|partner(?:in)?|chef(?:in)?|kolleg(?:e|en|in)|nachbar(?:in|n)?|mandant(?:in|en)?"
    r"|(?:grand|step)?(?:mother|father|mum|mom|dad|son|daughter|parents)(?:-in-law)?|grandma|grandpa|wife|husband|sister|brother|girlfriend"
    r"|boyfriend|friend|kids?|child|children|boss|colleague|neighbour"
)
INTRODUCTION = re.compile(
    r"^(?:(?:(?:ä+h+m*|öhm?|ehm?|hm+|u+h*m+|uh+|also|ja|genau|gut|okay|ok|well|yes|yeah|yep|yup|hallo|hello|hey|hi|servus|moin"
    r"|guten (?:tag|morgen|abend)|good (?:morning|afternoon|evening))\b[\s,.!]*)|(?:jo|so|oh|ach|klar|sicher|sure|right|gern)\s*[,.!]+\s*)*"
    r"(?:(?:mein|der|my|the)?\s*(?:voller? |full )?name(?: ist| wäre| is| would be|'s|:)|ich heiße|ich bin(?:'s)?\b|hier (?:ist|spricht)"
    r"(?: (?:noch ?mal|wieder))?"
    r"|auf den namen|unter dem namen|unter\b|das (?:ist|wäre)|es ist\b|this is\b|i am\b|i'm\b|it's\b"
    r"|under\b(?: the name(?: of)?)?|in the name of)?\s*"
    r"(?:(?:für|for)\s+)?(?:(?:meine?[nmr]?|unsere?[nmr]?|my|our)\s+(?:" + RELATIVES + r")\b[\s,:–-]*(?:namens|named|called)?)?"
    r"[\s,:–-]*(?:(?:die|der)\s+(?=\S))?",
    re.IGNORECASE,
)


def strip_introduction(name: str) -> str:
    """Strip what is no part of the name; nothing is left of "für meine Mutter"."""
    return INTRODUCTION.sub("", name, count=1).strip(" ,.")
