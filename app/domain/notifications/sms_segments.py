"""Segments of a text message: how many parts a carrier counts, and charges (3GPP TS 23.038, 23.040)."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# they take two characters
EXTENDED = frozenset("^{}\\[~]|€\f")
# characters of one message, and of each part of a longer one
GSM_7 = (160, 153)
UCS_2 = (70, 67)


def is_gsm_7(text: str) -> bool:
    """Whether all characters are in the alphabet of the short encoding; a single other one more than halves what fits."""
    return not find_odd_characters(text)


def find_odd_characters(text: str) -> list[str]:
    """Find the characters outside the short encoding, each once."""
    return list(dict.fromkeys(character for character in text if character not in BASIC and character not in EXTENDED))


def count_segments(text: str) -> int:
    """Count the parts; a character of two units is not cut."""
    gsm = is_gsm_7(text)
    single, part = GSM_7 if gsm else UCS_2
    lengths = [2 if (character in EXTENDED if gsm else ord(character) > 0xFFFF) else 1 for character in text]
    if sum(lengths) <= single:
        return 1
    segments, used = 1, 0
    for length in lengths:
        if used + length > part:
            segments, used = segments + 1, 0
        used += length
    return segments
