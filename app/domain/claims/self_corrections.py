"""Removes what a speaker corrects within a sentence: "am Dienstag, nein, am Mittwoch", "um zehn, nicht um elf"."""

# ruff: noqa: E501  (patterns are read in one line)

import re

from app.domain.claims.hesitation_removal import names_same_kind

# folded or not; "äh" alone corrects where the same kind of thing follows
CORRECTION_WORDS = (
    r"nein|nee|ne|quatsch|unsinn|bl(?:oe|ö)dsinn|mist|ups|hoppla|herrje|oje|moment|halt|stop+|falsch|verzeihung|verzeih\w*|entschuldig\w*|tschuldigung|sorry|pardon|ich mein(?:e|te)|ich wollte sagen|ich korrigier\w*|korrektur|besser gesagt|genauer(?: gesagt)?|vielmehr|(?:da )?(?:hab|habe) ich mich (?:versprochen|vertan|verlesen)"
    r"|no|wait|hold on|hang on|actually|i mean|i meant|i should say|or rather|rather|make that|scratch that|let me correct|correction|excuse me|apologies|my mistake|my bad|oops|whoops|silly me|listen to me|pardon"
)
HESITATIONS = r"aeh+m?|ähm?|aehm+|hm+|uh+m?|er+m?|um|ach|oh|also|well"
# between the corrected thing and its correction; "um" is English here only beside commas
REPAIR = re.compile(
    rf"[,.…-]* ?(?:(?:{HESITATIONS}),? )*\b(?:{CORRECTION_WORDS})\b[ ,.…-]*(?:(?:{HESITATIONS}|{CORRECTION_WORDS}|doch|das ist|it's|that's)\b[ ,.…-]*)*|, (?:aeh+m?|uh+m?|er+m|um),? "
)
# joined on purpose
JOINED = re.compile(r"\b(?:und|oder|and|or|bis|to|until)\W*$")
CONTRAST = re.compile(r"\b(?:nicht(?: mehr)?|not) (?!sondern\b|but\b|vor\b|nach\b|before\b|after\b)[^.]{0,60}?,? (?:sondern|but) ")
# "nicht Dienstag, Donnerstag"
DENIED_FIRST = re.compile(r"(?:(?:no|nein|nee|ah|oh|ach),? )?(?:nicht|not) ([^,.–-]{2,30})(?:, | [–-] )(.+)$", re.IGNORECASE)
# ", nicht halb vier" at the end, without a verb of its own
AFTERTHOUGHT = re.compile(
    r"(?:, ?(?:und |and |also )?| und | and )(?:nicht|not)(?: erst| schon)? (?:(?:um|am|at|on|for|bei|with|der|den|die|das|the) )*(?:\S+ ?){1,4}$"
)
REPLACED = re.compile(
    r"\b(?:statt|anstatt|anstelle von|instead of|rather than)(?: (?:am|um|at|on|dem|den|der|the|wie))* (?:<[dt]\d+>(?: (?:um|at) )?)+"
)
# "um eins, halb zwölf meine ich": what is meant stands behind
TRAILING_CORRECTION = re.compile(
    r"(<([dt])\d+>)(?:,| [–-]) ((?:um |am |at |on )?<\2\d+> (?:natuerlich|mein(?:e|te)? ich|wollte ich sagen|i mean|i meant|i should say|of course)\b)"
)
MARKS = {"day": re.compile(r"<d\d+>"), "time": re.compile(r"<t\d+>")}


def remove_contrast(text: str) -> str:
    """Remove what is only denied: "nicht um zehn, sondern um elf", "um elf, nicht um zehn"."""
    text = CONTRAST.sub(" ", text)
    if (denied := DENIED_FIRST.match(text)) and names_same_kind(denied[1], denied[2]):
        text = denied[2]
    shorter = AFTERTHOUGHT.sub("", text)
    return shorter if re.search(r"\w{3,}.*\w{3,}", shorter) else text


def remove_corrected(text: str, kinds: dict[str, re.Pattern[str]] = MARKS) -> str:
    """Remove the last thing of each kind before a correction that names another one behind it."""
    text = TRAILING_CORRECTION.sub(r"\3", REPLACED.sub(" ", text))
    begins = 0
    while repair := REPAIR.search(text, begins):
        before, after = text[: repair.start()], text[repair.end() :]
        following = (REPAIR.split(after, maxsplit=1) or [""])[0]
        shorter = before
        if not JOINED.search(before):
            for pattern in kinds.values():
                earlier = list(pattern.finditer(shorter))
                if earlier and pattern.search(following):
                    shorter = f"{shorter[: earlier[-1].start()]} {shorter[earlier[-1].end() :]}"
        text = f"{shorter} , {after}" if shorter != before else text
        begins = len(shorter) + 3 if shorter != before else repair.end()
    return text


# across sentences and turns: a statement taken back, a correction announced, an objection agreed to
RETRACTION = re.compile(
    r"\b(?:nicht|doch nicht|leider nicht) (?:\w+ ){0,2}(?:geklappt|gebucht|eingetragen|funktioniert|gespeichert|moeglich|durchgegangen|gelungen|verschoben|storniert|abgesagt|uebernommen)"
    r"|\bnichts (?:\w+ )?(?:gebucht|eingetragen|geaendert)|\bfehlgeschlagen\b|\b(?:schon|bereits|inzwischen|gerade) (?:vergeben|weg|belegt)\b"
    r"|\b(?:did ?n't|didn't|not|hasn't|has not|wasn't) (?:\w+ )?(?:work|go through|gone through|booked|moved|cancel+ed|been \w+ed|take)\b|\bnothing (?:has been |is |was )?(?:booked|changed)|\bfailed\b|\b(?:already|just been|just) taken\b"
)
CORRECTION = re.compile(
    r"\b(?:entschuldig\w*|verzeihung|pardon|korrigier\w*|korrektur|richtig ist|vielmehr|ich meine|ich meinte|besser gesagt|versprochen|vertan|verlesen|verguckt|mein fehler|(?:sie haben|haben sie|du hast|hast du) (?:\w+ )?recht|stimmt|nein|quatsch|ich sehe gerade|sehe gerade|moment|genauer gesagt|tatsaechlich|halt|stopp?|ups|oh|ach"
    r"|sorry|i mean|i meant|correction|apolog\w+|my mistake|my bad|you(?:'re| are) (?:\w+ )?right|rather|misspoke|actually|scratch that|oops|hang on|wait|let me correct|i see now|in fact)\b"
)
AGREEMENT = re.compile(
    r"^(?:natuerlich|gern\w*|selbstverstaendlich|alles klar|in ordnung|verstanden|klar|stimmt|sicher|ja|genau|okay|ok|of course|sure|certainly|right|yes|absolutely)\b"
)
OBJECTION = re.compile(
    r"^(?:oh |ach |ne |nee |na |dann |lieber |aeh,? |moment,? |halt,? |also |aber |hm+,? |um,? |er,? )*(?:nein|nee|ne|nicht|doch|falsch|stimmt nicht|no|not|wait|actually|sorry|that's (?:wrong|not))\b|\b(?:hatte ich gesagt|wollte ich|i said|i wanted|meinte ich|war doch|dachte|thought)\b|^(?:also |wie, |was, |hm,? )?(?:um|am|at|on|bei|with|halb|half|viertel|quarter|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|\w+day|\w+ uhr|\w+ o'clock)\b[\w ]{0,25}\?|^[\w' ]{1,12}\?$|\b(?:did you say|sagten sie|haben sie gesagt|really\?|wirklich\?|echt\?|sicher\?|sure\?)"
)
# a slip of the tongue is taken back in whatever words follow
SLIP_OF_TONGUE = re.compile(
    r"\b(?:scrap that|scratch that|hang on|hold on|no,? (?:wait|sorry)|sorry,? no|wait,? no|i misread|my mistake|strike that|i tell a lie|quatsch|ach nein|nein,? (?:halt|moment|stopp?|entschuldigung|quatsch)|(?:halt|stopp?|moment),? (?:nein|falsch)|ich nehm\w* (?:das )?zurueck|verlesen|versprochen|vertan|verguckt|korrektur|ich korrigiere)\b"
)
