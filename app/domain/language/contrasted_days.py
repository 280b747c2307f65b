"""Weekdays told apart from the coming one: "Thursday, not this one but the next" is the Thursday of a week later."""

GERMAN = r"((?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend)"
ENGLISH = r"((?:mon|tues|wednes|thurs|fri|satur|sun)day)"
BUT = r",? (?:(?:sondern|lieber|erst|dann) )*(?:(?:den|der|am) )?"
THIS = r"(?:(?:schon|gleich|an|am|den) )*(?:diese[nrm]|kommenden)"
NOT_THIS = rf",? (?:(?:also|aber|und|doch) )*nicht (?:{THIS}|(?:schon |gleich )?morgen)"
NOT_THIS_ONE = r",? (?:but |just |and )?not (?:this|the coming|tomorrow)(?: one)?"
# "nicht diese Woche, sondern nächste" names the week itself
CONTRASTS: tuple[tuple[str, str], ...] = (
    (rf"\b(?:(?:den|am) )?{GERMAN}{NOT_THIS}{BUT}(?:naechsten|danach|darauf)\b(?! woche)", r"\1 in einer woche"),
    (rf"\bnicht {THIS}{BUT}naechsten {GERMAN}\b", r"\1 in einer woche"),
    (rf"\bnicht {THIS} {GERMAN}{BUT}naechsten\b(?! (?:woche|{GERMAN[1:]})", r"\1 in einer woche"),
    (rf"\b(?:(?:den|am) )?naechsten {GERMAN}{NOT_THIS}\b(?:{BUT}(?:danach|darauf|naechsten)\b)?", r"\1 in einer woche"),
    (
        rf"\b(?:next )?{ENGLISH}{NOT_THIS_ONE}(?: {ENGLISH})?,? (?:but )?(?:the )?(?:next|following|one after)(?: one)?\b(?! week)",
        r"\1 week",
    ),
    (rf"\bnot (?:this|the coming) {ENGLISH},? (?:but )?(?:the )?next(?: one)?\b(?! week)", r"\1 week"),
    (rf"\bnext {ENGLISH}{NOT_THIS_ONE}(?: (?:coming )?{ENGLISH})?\b", r"\1 week"),
)
