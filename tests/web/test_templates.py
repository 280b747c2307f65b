"""What every template keeps to: a strict content policy, known icons, and a catalogue without holes."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from tests.support.tables import each_row

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# a mail carries its style sheet along: no programme of mails fetches one
MAIL = ROOT / "templates/mail/message.html"
ICONS = set(re.findall(r'id="i-([\w-]+)"', (ROOT / "static/img/icons.svg").read_text()))


@each_row("template", TEMPLATES)
def test_no_style_and_no_script_stands_in_a_template(template: Path) -> None:
    text = template.read_text()
    if template == MAIL:
        text = text.replace("<style>{{ style|safe }}</style>", "", 1)
    assert not re.search(r"\sstyle=|<style|\son\w+=\"|javascript:|\|safe\b|hx-on", text)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_every_icon_that_is_named_is_drawn() -> None:
    pages = "".join(path.read_text() for path in TEMPLATES)
    named = set(re.findall(r"icon\('([\w-]+)'", pages))
    words = (ROOT / "app/web/labels.py").read_text()
    named |= set(re.findall(r"Word\(_l\([^)]*\), \"([\w-]+)\"", words)) | set(re.findall(r"\), \"([\w-]+)\"\),", words))
    assert named <= ICONS


def test_the_english_catalogue_has_no_holes() -> None:
    with (ROOT / "app/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file, locale="en")
    assert len(catalogue) > 300
    assert [message.id for message in catalogue if message.id and (message.fuzzy or not all(_forms(message.string)))] == []


def test_every_sentence_of_the_interface_is_in_the_english_catalogue() -> None:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    with (ROOT / "app/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        known = {_singular(message.id) for message in read_po(file, locale="en")}
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "_l": None, "lazy_gettext": None}
    own = lambda folder: Path(folder).relative_to(ROOT).parts[:1] in (("app",), ("templates",))  # noqa: E731
    found = extract_from_dir(ROOT, methods, options, keywords=keywords, directory_filter=own)
    said = {_singular(sentence): file for file, _line, sentence, *_ in found}
    assert len(said) > 300
    assert {sentence: file for sentence, file in said.items() if sentence not in known} == {}


def test_no_script_writes_markup() -> None:
    for script in (ROOT / "static/js").rglob("*.js"):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", script.read_text()), script.name


def _singular(sentence: str | tuple[str, ...]) -> str:
    return sentence if isinstance(sentence, str) else sentence[0]


def _forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text
