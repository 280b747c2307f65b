"""What was read of a spelling: the text, or what is to be asked."""

from dataclasses import dataclass

MAX_OPTIONS = 3


@dataclass(frozen=True, slots=True)
class SpelledText:
    """What was spelled: `text` where it is certain, else None and the `options` to ask about; without any it is to be said again.

    What was not spelled is its own text.
    """

    text: str | None
    options: tuple[str, ...] = ()
    is_spelled: bool = True


def to_reading(texts: set[str | None]) -> SpelledText:
    """The reading where there is one, else the options; None among them is a reading that cannot be told."""
    options = sorted(text for text in texts if text)
    if len(options) == 1 and len(texts) == 1:
        return SpelledText(options[0])
    return SpelledText(None, tuple(options) if len(options) <= MAX_OPTIONS else ())
