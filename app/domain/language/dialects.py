"""Reads dialects: words of time by how they sound ("Freidach", "Zischtig", "Satdee"), and their phrases ("auf d'Nacht")."""

import re
from functools import lru_cache

HOUR_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|zwei|drei|vier|fuenf|sechs|sieben|acht|neun|zehn|elf|zwoelf"
# "Moing", "Morsche", "Muorje"
MORGEN = r"m(?:oo?|oa|oi|ou|ua|uo|oe|ue|u)(?:r(?:g|j|ch|sch|ng|y)|j|ng)(?:ae|[aei])?n?"
# "nöchscht", "neggschd", and behind it an ending
NAECHST = r"n(?:ae|e|ea|oe|ei|a(?=x))+(?:chs|g+s|k+s|cks|x|s(?=ch))(?:ch)?[td]"
UEBER = r"(?:ue|oe|i|ie|u|e)(?:b|v|w)+(?:e|a)?r?"
TAG = r"(?:[td](?:a+|o)(?:g|ch|k)|[td]i(?:g|ch|sch))"
# a family of sounds, and the word
SOUNDS_OF = tuple(
    (re.compile(sounds), word)
    for sounds, word in (
        (rf"m(?:oo?|oa|aa|ae|oe|a)n+{TAG}", "montag"),
        (rf"(?:d|t|z)(?:ie|i|ei|ii|ue|ai)(?:n|ng|nn)?(?:s|sch|st|tsch)+{TAG}", "dienstag"),
        (
            r"(?:mi(?:tt?|dd?|gg)(?:e|a)?(?:[wv]+(?:oo?|u|e|a|ae|oa)|oo?|u|i)(?:ch|che|chn|k|ken|kn)|migga|migge|middeweek|mittwech)",
            "mittwoch",
        ),
        (rf"d(?:o|u|ue|oe|oo)n+(?:e|a)?r?(?:s|sch)+{TAG}", "donnerstag"),
        (rf"f(?:r|rr)(?:ei|y|i|ii|ai|ee|ie|oi|a|aa|ej|ey){TAG}", "freitag"),
        (rf"s(?:a|aa|o|oa|au|oo)m(?:b?s|sch)+{TAG}", "samstag"),
        (rf"s(?:o|u|ue|oo)n+{TAG}", "sonntag"),
        (r"s(?:o|u|ue)n+(?:a|o|e|oa|ah|oh)(?:b|v|w|m)?(?:e|a)?n?[dt](?<!sonnend)", "sonnabend"),
        (MORGEN, "morgen"),
        (rf"{NAECHST}(?:e|a|i)?", "naechste"),
        (rf"{NAECHST}e?n", "naechsten"),
        (rf"{NAECHST}e?r", "naechster"),
        (rf"{UEBER}{NAECHST}(?:e|a|i)?", "uebernaechste"),
        (rf"{UEBER}{NAECHST}e?n", "uebernaechsten"),
        (
            rf"{UEBER}m(?:oo?|u|ue|oe|oi|oa|ua|ou)r?(?:g|j|ch|sch|ng|n)?(?:ae|[aei])?[nm]?",
            "uebermorgen",
        ),
        (r"(?:v|f|w)(?:o|oa|ue|a|oe)(?:r|a)?m+[ieo][td]+(?:a+|o)(?:g|ch|k)", "vormittag"),
        (r"n(?:a|o|oo|oa|u|oe|aa)(?:ch|r|a|h)?m+[ieo][td]+(?:a+|o)(?:g|ch|k)", "nachmittag"),
        (r"m[ieo](?:tt|dd|d)(?:a+|o)(?:g|ch|k)", "mittag"),
        (r"(?:mon|mun)d(?:ee|y|ie|eh|i)", "monday"),
        (r"(?:tues|chews|choos|tyoos|toos|tues|tews|juice?s)d(?:ee|y|ie|eh|i|ay)", "tuesday"),
        (r"(?:wed?ne?s|weds|wens|wenz|wednes)d(?:ee|y|ie|eh|i|ay)", "wednesday"),
        (r"(?:th[uie]rs|furs|thors)d(?:ee|y|ie|eh|i|ay)", "thursday"),
        (r"(?:fri|froi|frye?)d(?:ee|y|ie|eh)", "friday"),
        (r"(?:satt?[eu]?r?|setter|sadder)d(?:ee|y|ie|eh|i|ay)", "saturday"),
        (r"(?:sun|sund|soon)d(?:ee|y|ie|eh)", "sunday"),
    )
)

# phrases of folded text, and what is scanned
DIALECT_PHRASES: tuple[tuple[str, str], ...] = (
    (r"\bin dr (?=[fw])|\bi d(?:e|r|a)? (?=[a-z])", "in der "),
    # "isch" is "ich" beside a verb of the first person
    (r"\bist (?=(?:koennt|haett|hab|bin|muss|kann|will|moecht|brauch|waer|komm|muesst|taet)e?\b)", "ich "),
    (r"\b((?:haett|koennt|moecht|muesst|brauch|bin|taet|kumm)e?) ist\b", r"\1 ich"),
    (
        r"\b(next|this|last|a|one|the|following|two|three) (?:weak|weeck|wheek)(s?)\b(?=$|,| (?:(?:on )?[a-z]+day|at|on|in|please)\b)",
        r"\1 week\2",
    ),
    (r"\b(?:auf|af|uff) ?d(?:ie|er)?[' ]?n[ao]cht\b|\bauf die nacht\b|\bz'?nacht\b", "abends"),
    (r"\b(?:aufn|aufm|ufn|uffm|uffn|aufd) (?=(?:nach|vor)?mittag|abend|[a-z]+tag\b|mittwoch)", "am "),
    (r"\bbi (?=half|halb|klock|een|twe|dree|veer|fief|soess|soeben|acht|negen|teihn|zwei|drei|vier|fuenf|\d)", "gegen "),
    (r"\bhalf (?=(?:eins?|zwei|drei|vier|fuenf|sechs|sieben|acht|neun|zehn|elf|zwoelf)\b)", "halb "),
    (r"\bthe (?:morn|morra)'?s? morn\b", "tomorrow in the morning"),
    (r"\bthe (?:morn|morra|morrow)\b", "tomorrow"),
    (r"\b(?:at )?the back o(?:f|'|) (?=\w)", "after "),
    (r"\bde (?=(?:morgen|mittag|abend|vormittag|nachmittag)\b)", "am "),
    (r"(?<!the )(?<!day )(?<!this )(?<!in )(?<!good )\bmorn\b(?! (?:is|of|to|in the|at|on)\b)", "morgen"),
    (r"\b(?:eener|ener|enner)\b", "einer"),
    (r"\b(vor|nach|ab|bis) em (?=mittag|abend|fruehstueck|essen)", r"\1 dem "),
    (r"\b(?:mir|mer|mr) (?:ham+|han|hand|hend|hann|haben)\b", "wir haben"),
    (r"\bmir (?=(?:sind|sin|koennt\w*|choennt\w*|woll\w*|wuerd\w*|haett\w*|muess\w*|fahr\w*|geh\w*|komm\w*|mach\w*)\b)", "wir "),
    (r"\bham(?= (?:sie|se|s|wir|mir|die)\b)|(?<=\bwir )ham\b", "haben"),
    (r"\bha(?:ni|b i|b'i)\b", "hab ich"),
    (rf"\b({HOUR_WORDS}) while ({HOUR_WORDS})\b", r"from \1 till \2"),
    (r"\b((?:mon|tues|wednes|thurs|fri|satur|sun)day) first(?=$|[,.;]| (?:at|in)\b)", r"\1"),
)


@lru_cache(maxsize=4096)
def find_dialect_word(word: str) -> str | None:
    """Find the word of time that a dialect sounds so; an ending s ("namiddags") is kept."""
    plain, ending = (word[:-1], "s") if word.endswith(("ags", "achs", "ogs")) else (word, "")
    found = next((target for sounds, target in SOUNDS_OF if sounds.fullmatch(plain)), None)
    return f"{found}{ending}" if found else None
