"""Parses spoken dates of birth: "dritter März fünfundachtzig", 3.3.85, 1985-03-03, "March 3rd, 1985"."""

import re
from datetime import date

from app.domain.language.vocabulary import MONTH, MONTHS, fold, replace_number_words

YEAR = r"(\d{4}|(?:19|20) ?\d\d|\d{2})"
# pattern and its groups of year, month and day
DATE_FORMATS = (
    (re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b"), (1, 2, 3)),
    (re.compile(rf"\b(\d{{1,2}})\. ?(\d{{1,2}})\.? ?{YEAR}\b"), (3, 2, 1)),
    (re.compile(rf"\b(\d{{1,2}})[/-](\d{{1,2}})[/-]{YEAR}\b"), (3, 2, 1)),
    (re.compile(rf"\b(\d{{1,2}})\.? (?:of )?{MONTH},? {YEAR}\b"), (3, 2, 1)),
    (re.compile(rf"\b{MONTH} (?:the )?(\d{{1,2}})\.?,? {YEAR}\b"), (3, 1, 2)),
)


def parse_birth_date(text: str, today: date) -> date | None:
    """Parse a date of birth; None where there is no valid one. Two-digit years lie in the last hundred years."""
    plain = replace_number_words(fold(text[:100]))
    for form, (year, month, day) in DATE_FORMATS:
        if match := form.search(plain):
            return _build_date(match[year].replace(" ", ""), match[month], match[day], today)
    return None


def _build_date(year: str, month: str, day: str, today: date) -> date | None:
    whole = int(year)
    if len(year) == 2:
        whole += today.year // 100 * 100 if whole <= today.year % 100 else today.year // 100 * 100 - 100
    try:
        born = date(whole, MONTHS.get(month) or int(month), int(day))
    except ValueError:
        return None
    return born if today.year - 120 <= born.year and born <= today else None
