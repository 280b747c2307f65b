"""Streets with their numbers."""

from app.domain.language.parsed_time import Language
from app.domain.language.spelling import read_street
from tests.domain.language.spelling.strings import list_strings
from tests.support.tables import each_row


@each_row("said, language, text", list_strings("street"))
def test_what_is_certain_is_read_and_everything_else_is_asked(said: str, language: Language, text: str | None) -> None:
    assert read_street(said, language).text == text
