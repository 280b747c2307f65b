"""Names as they come out of a keyboard in a hurry: one letter too many, one missing, one wrong, or two swapped."""

MIN_LENGTH = 4


def list_patterns(word: str) -> list[str]:
    """List LIKE patterns for all words that one slip makes of this one; the word holds neither % nor _.

    Short words have too many neighbours.
    """
    if len(word) < MIN_LENGTH:
        return []
    ways = {
        *(f"{word[:place]}_{word[place + 1 :]}" for place in range(len(word))),
        *(f"{word[:place]}_{word[place:]}" for place in range(len(word) + 1)),
        *(word[:place] + word[place + 1 :] for place in range(len(word))),
        *(f"{word[:place]}{word[place + 1]}{word[place]}{word[place + 2 :]}" for place in range(len(word) - 1)),
    }
    return sorted(ways)
