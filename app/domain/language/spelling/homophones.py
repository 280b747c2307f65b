"""Finds names that sound alike and are spelled in another way: Meier, Maier, Mayer and Meyer."""

import re
from functools import cache

from app.domain.language.spelling.variants import is_common_name, load_common_names
from app.domain.language.vocabulary import fold

# how a sound may be written, in the order in which it is looked for; the sign that stands for it
_SOUNDS = tuple((re.compile(pattern), sign) for pattern, sign in (
    (r"tsch", "C"), (r"sch", "S"), (r"chs|cks|ks|x", "x"), (r"ch(?=[rl])", "k"), (r"ph|v|pf|ff", "f"), (r"th|dt|tt|d$", "t"),
    (r"ck|kk|qu|cc|c(?![eih])", "k"), (r"tz|ts|zz|c(?=[ei])", "z"), (r"ß|ss", "s"), (r"[ae][iy]", "E"), (r"[äe]u|äu|o[iy]", "O"),
    (r"ie|ih|ee(?=$)|y", "i"), (r"ae|ä", "e"), (r"oe|ö", "q"), (r"ue|ü", "Q"), (r"(?<=[aeouqQ])h", ""), (r"(.)\1+", r"\1"),
))  # fmt: skip


# the sound begins with one of these or with its own letter; looking at few names is faster than an index of all of them
_INITIALS = tuple(map(frozenset, ("ckqx", "fvp", "zct", "sß", "iyj", "eäa", "oö", "uü", "td")))
MAX_LENGTH_DIFFERENCE = 2


@cache
def _get_sound(name: str) -> str:
    for pattern, sign in _SOUNDS:
        name = pattern.sub(sign, name)
    return name


def list_homophones(name: str) -> list[str]:
    """List the common names that sound like this one, the one that was said first; empty where there is no other."""
    small = name.lower()
    if not is_common_name(name):
        return []
    initials = {small[:1]}.union(*(group for group in _INITIALS if small[:1] in group))
    sound = _get_sound(small)
    others = [
        other
        for other in sorted(load_common_names())
        if other[0] in initials
        and abs(len(other) - len(small)) <= MAX_LENGTH_DIFFERENCE
        and _get_sound(other) == sound
        and fold(other) != fold(small)
    ]
    return [name, *map(str.capitalize, others)] if others else []
