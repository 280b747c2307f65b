"""Parse and format the opening hours of one day: "9-13, 14:30-18"."""

import itertools
import re
from dataclasses import dataclass

from flask_babel import gettext as _

from app.core.errors import InvalidInput
from app.domain.scheduling.minute_bits import MINUTES_PER_DAY

HOUR = 60
NOON = 12 * HOUR
# hours that people write without "nachmittags" or "pm" although they mean the afternoon: 1 to 12 o'clock
FIRST_BARE, AFTER_BARE = HOUR, 13 * HOUR
# a span that ends so early, or lasts so long, is a slip of the pen more often than a plan
EARLY_END = 8 * HOUR
MAX_OVERNIGHT = 16 * HOUR
# in either language; before noon, after noon, on the day after
MARKERS = {
    "early": r"a\.?m\.?|früh|morgens|vormittags|nachts|in the morning|at night",
    "late": r"p\.?m\.?|mittags|nachmittags|abends|in the afternoon|in the evening",
    "next_day": r"am folgetag|am nächsten tag|am nächsten morgen|(?:the )?next day|(?:the )?next morning",
}
MARKER = "|".join(rf"(?P<{name}_{{0}}>{words})" for name, words in MARKERS.items())
CLOCK = r"(?P<hour_{0}>\d{{1,2}})(?:[:.](?P<minute_{0}>\d{{2}}))?\s*(?:uhr)?\s*(?:" + MARKER + ")?"
SPAN = re.compile(rf"{CLOCK.format('from')}\s*(?:-|–|—|bis|to)\s*{CLOCK.format('to')}", re.IGNORECASE)
# minutes after midnight; beyond 1440 the span continues into the next day
Span = tuple[int, int]
Spans = list[Span]


@dataclass(frozen=True, slots=True)
class WrittenClock:
    """A time of day as it was written: minutes after midnight, and the name of the marker behind it."""

    minutes: int
    marker: str | None


def parse_spans(text: str) -> Spans:
    """Parse `9-13, 14:30 bis 18`; `18-2` runs into the next day, an empty text means closed.

    Raises InvalidInput, with a question for what can be read and is hardly meant, such as `9-5`.
    """
    pieces = [piece.strip() for piece in re.split(r"[,;]|\bund\b|\band\b", text)]
    spans = sorted(_parse_span(piece) for piece in pieces if piece)
    if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(spans)):
        raise InvalidInput(_("Die Zeiten überschneiden sich."))
    return spans


def format_spans(spans: Spans) -> str:
    """Format spans as a text that parse_spans reads: `9-13, 14:30-18`."""
    return ", ".join(_format_span(span) for span in sorted(spans))


def _parse_span(text: str) -> Span:
    match = SPAN.fullmatch(text)
    if not match:
        raise InvalidInput(_("Das lesen wir so nicht. Gemeint ist zum Beispiel 9-13, 14-18."))
    first, last = _read_clock(match, "from"), _read_clock(match, "to")
    if first.marker is None and last.marker == "late" and first.minutes < EARLY_END and first.minutes + NOON < last.minutes:
        # "2-6pm": the marker holds for both
        first = WrittenClock(first.minutes + NOON, "late")
    if first.minutes >= MINUTES_PER_DAY or last.minutes > MINUTES_PER_DAY:
        raise InvalidInput(_("Eine Uhrzeit liegt zwischen 0:00 und 24:00."))
    is_overnight = last.minutes <= first.minutes or last.marker == "next_day"
    span = (first.minutes, last.minutes + MINUTES_PER_DAY if is_overnight else last.minutes)
    if likely := _find_likely(first, last):
        raise InvalidInput(
            _("Meinen Sie %(likely)s? Sonst schreiben Sie: %(span)s.", likely=_format_plain(likely), span=_format_span(span))
        )
    if _is_too_long(span) and last.marker is None:
        values = {"plain": _format_plain(span), "hours": MAX_OVERNIGHT // HOUR, "span": _format_span(span)}
        raise InvalidInput(_("%(plain)s sind mehr als %(hours)s Stunden. Ist das gemeint, schreiben Sie: %(span)s.", **values))
    return span


def _read_clock(match: re.Match[str], place: str) -> WrittenClock:
    hour, minute = int(match[f"hour_{place}"]), int(match[f"minute_{place}"] or 0)
    marker = next((name for name in MARKERS if match[f"{name}_{place}"]), None)
    if minute > 59 or (marker == "early" and hour > 12):
        raise InvalidInput(_("Eine Uhrzeit liegt zwischen 0:00 und 24:00."))
    if marker == "late" and hour < 12:
        hour += 12
    elif marker == "early" and hour == 12:
        hour = 0
    return WrittenClock(hour * HOUR + minute, marker)


def _find_likely(first: WrittenClock, last: WrittenClock) -> Span | None:
    """The span with its bare hours read as afternoon, where that is what is hardly ever written otherwise.

    9-17 for `9-5`, 14-18 for `2-6`; None where the span means what it says.
    """
    opens, closes = first.minutes, last.minutes
    if last.marker is None and FIRST_BARE <= closes < AFTER_BARE and (opens < AFTER_BARE or first.marker == "late"):
        afternoon = closes % NOON + NOON
        if closes <= opens < afternoon:
            return opens, afternoon
    if first.marker is None and last.marker is None and FIRST_BARE <= opens < closes <= EARLY_END:
        return opens + NOON, closes + NOON
    return None


def _is_too_long(span: Span) -> bool:
    return span[1] > MINUTES_PER_DAY and span[1] - span[0] > MAX_OVERNIGHT


def _format_span(span: Span) -> str:
    """Format the span with what is needed to read it back without a question."""
    plain, ends = _format_plain(span), span[1] % MINUTES_PER_DAY
    is_doubtful = _find_likely(WrittenClock(span[0], None), WrittenClock(ends, None)) is not None
    if span[1] > MINUTES_PER_DAY and (is_doubtful or _is_too_long(span)):
        return _("%(span)s am Folgetag", span=plain)
    return _("%(span)s früh", span=plain) if is_doubtful else plain


def _format_plain(span: Span) -> str:
    opens, closes = span
    return f"{_format_clock(opens)}-{_format_clock(closes - MINUTES_PER_DAY if closes > MINUTES_PER_DAY else closes)}"


def _format_clock(minutes: int) -> str:
    return f"{minutes // HOUR}" if minutes % HOUR == 0 else f"{minutes // HOUR}:{minutes % HOUR:02}"
