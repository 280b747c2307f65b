"""Names without the words that introduce them."""

from app.domain.language.introductions import strip_introduction
from tests.support.tables import each_row


@each_row(
    "said, name",
    [
        ("Karl Baum", "Karl Baum"),
        ("mein Name ist Karl Baum", "Karl Baum"),
        ("Ähm, ja, hier ist die Petra Baum", "Petra Baum"),
        ("ich heiße Karl Baum", "Karl Baum"),
        ("auf den Namen Baum", "Baum"),
        ("für meine Mutter, Erna Baum", "Erna Baum"),
        ("für meinen Sohn Tim", "Tim"),
        ("meine Schwiegermutter, Erna Baum", "Erna Baum"),
        ("für Erna Baum", "Erna Baum"),
        ("für Frau Baum", "Frau Baum"),
        ("für meine Mutter", ""),
        ("this is Jane Miller", "Jane Miller"),
        ("it's for my mother, Jane Miller", "Jane Miller"),
        ("my name is Jane", "Jane"),
        ("under Miller", "Miller"),
        ("Hier, Max", "Hier, Max"),
        ("Derya Yılmaz", "Derya Yılmaz"),
        ("Dietrich Forster", "Dietrich Forster"),
        ("Unterberger, Anna", "Unterberger, Anna"),
        ("Anna Frau", "Anna Frau"),
        ("Mann, Thomas", "Mann, Thomas"),
        ("Name: Karl Baum", "Karl Baum"),
    ],
)
def test_introduction_is_no_part_of_the_name(said: str, name: str) -> None:
    assert strip_introduction(said) == name
