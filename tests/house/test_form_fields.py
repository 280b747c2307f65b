"""What is wrong in a form is said by us, in the reader's language: no bubbles of the browser, and no days and times of its own."""

import re
from pathlib import Path

from tests.house.imports import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORM = re.compile(r"<form\b")
NATIVE = re.compile(r"<input[^>]*type=\"(?:date|time|datetime-local|month|week)\"")
# the macro of all fields, which makes a text of these types
FIELDS = ROOT / "templates" / "partials" / "controls.html"


def test_the_browser_checks_no_form() -> None:
    checked = {f"{_name(file)}:{line}" for file in TEMPLATES for line, text in _lines(file) if _has_checked_form(text)}
    assert checked == set()


def test_no_day_or_time_is_the_browsers_own_field() -> None:
    assert {_name(file) for file in TEMPLATES if NATIVE.search(file.read_text())} == set()
    assert "data-moment" in FIELDS.read_text()


def _has_checked_form(text: str) -> bool:
    return any(not text.startswith(" novalidate", found.end()) for found in FORM.finditer(text))


def _lines(file: Path) -> list[tuple[int, str]]:
    return list(enumerate(file.read_text().splitlines(), 1))


def _name(file: Path) -> str:
    return str(file.relative_to(ROOT))
