"""Turns a part of the day that does not suit into the hours that do: "any time but mornings" is from noon on."""

from app.domain.language.parsed_time import PART_SPANS
from app.domain.language.spoken_choices import parse_choice
from app.domain.language.vocabulary import DAY_PART_BY_WORD, fold

DAY_ENDS = 24 * 60


def turn_round(words: str | None) -> str | None:
    """Turn an excluded first or last part of the day into the hours that are left; all other words are left as they are."""
    choice = parse_choice(words) if words else None
    if choice is None or choice.wanted is not None or not choice.excluded:
        return words
    parts = {part for excluded in choice.excluded for word in fold(excluded).split() if (part := DAY_PART_BY_WORD.get(word))}
    spans = [PART_SPANS[part] for part in parts]
    starts, ends = min((span[0] for span in spans), default=0), max((span[1] for span in spans), default=0)
    if not spans or len(parts) < len(choice.excluded):
        return words
    if starts == 0 and ends < DAY_ENDS:
        return f"ab {ends // 60}:{ends % 60:02} Uhr"
    # a start at the end itself is in the part that does not suit
    return f"bis {(starts - 1) // 60}:{(starts - 1) % 60:02} Uhr" if ends == DAY_ENDS and starts > 0 else words
