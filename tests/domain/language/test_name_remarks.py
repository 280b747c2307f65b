"""Names without what is said about the person, and without what was only said twice."""

from app.domain.language.introductions import strip_introduction
from app.domain.language.name_remarks import put_given_name_first, strip_remarks
from tests.support.tables import each_row


@each_row(
    "said, name",
    [
        ("Pia Ostermann, meine Tochter, die ist sieben", "Pia Ostermann"),
        ("Leo Lindholm, he's six", "Leo Lindholm"),
        ("Lea Lindholm, she's four", "Lea Lindholm"),
        ("Ebers, Katrin Ebers", "Katrin Ebers"),
        ("yeah it's Simon, Simon Bennett", "Simon Bennett"),
        ("Vogt noch mal, Katharina Vogt", "Katharina Vogt"),
        ("Ja hier ist noch mal die Katharina Vogt", "Katharina Vogt"),
        ("Katrin Ebers, Ebers", "Katrin Ebers"),
        ("Bond, James Bond", "James Bond"),
        ("Claire Bennett, that's my wife", "Claire Bennett"),
        ("Cormac Byrne, my brother", "Cormac Byrne"),
        ("Pia Ostermann meine Tochter", "Pia Ostermann"),
        ("Leo Lindholm he's six", "Leo Lindholm"),
        ("Leo Lindholm (6)", "Leo Lindholm"),
        ("Leo Lindholm, 6", "Leo Lindholm"),
        ("Leo Lindholm, six years old", "Leo Lindholm"),
        ("Mia Baum, sieben Jahre alt", "Mia Baum"),
        ("Mia Baum, fast acht", "Mia Baum"),
        ("Mia Baum, sie wird im Mai acht", "Mia Baum"),
        ("Mia Baum, das ist meine kleine Tochter, sechs", "Mia Baum"),
        ("Mia Baum, meine Enkelin, die ist vier Jahre", "Mia Baum"),
        ("Tim Baum, der Mann von Katrin", "Tim Baum"),
        ("Tim Baum, aged nine", "Tim Baum"),
        ("Tim Baum, my little boy", "Tim Baum"),
        ("Karl Baum, ich war schon mal da", "Karl Baum"),
        ("Karl Baum, Sie kennen mich", "Karl Baum"),
        ("Karl Baum, ein Neukunde", "Karl Baum"),
        ("Karl Baum, Stammkunde bei Mara", "Karl Baum"),
        ("Jane Miller, I've been before", "Jane Miller"),
        ("Jane Miller, thanks", "Jane Miller"),
        ("Karl Baum, bitte", "Karl Baum"),
        ("Erna Baum, meine Mutter", "Erna Baum"),
        ("Erna Baum, meine Mutter, 84", "Erna Baum"),
        ("Erna Baum für meine Mutter", "Erna Baum"),
        ("Pia Ostermann, also meine Tochter", "Pia Ostermann"),
        ("Pia Ostermann, für meine Tochter", "Pia Ostermann"),
        ("Simon Bennett, Simon", "Simon Bennett"),
        ("Simon here, Simon Bennett", "Simon Bennett"),
        ("Anna Maria, Anna Maria Koch", "Anna Maria Koch"),
        ("Femi Adeyemi. He is 6.", "Femi Adeyemi"),
    ],
)
def test_remarks_and_repetitions_are_no_part_of_the_name(said: str, name: str) -> None:
    assert strip_remarks(strip_introduction(said)) == name


@each_row(
    "name",
    [
        "Ostermann, Pia",
        "Jo Bennett",
        "Oh Min-jun",
        "Adaeze Eze, E-Z-E",
        "Uwe Brandt, wie Brand mit d t",
        "Schulz, ohne t",
        "Siobhan, S-I-O-B-H-A-N, MacGillivray, M A C capital G I double L I V R A Y",
        "Max und Anna Baum",
        "Anna Baum, Ben Baum",
        "Anna, Ben und Clara Baum",
        "Keller, mit zwei l",
        "Keller, das ist mit zwei l",
        "Keller, it's with a K",
        "Keller, I spell K E L L E R",
        "Keller, ich buchstabiere K E L L E R",
        "Smith, I as in India",
        "Meyer, e y",
        "Dr. Karl Baum",
        "Karl-Heinz Lüdtke",
        "Mann, Thomas",
        "Freund, Anna",
        "Dr. Anna Schön, Zahnärztin",
        "Anna de la Cruz",
        "Herr Junge",
        "Bo Young",
        "Tim Jung",
        "Simon Bennett again",
        "J. Miller, James Miller",
        "Tom, Tom Weber und Mara Lindgren",
    ],
)
def test_names_and_letters_are_left_as_they_are(name: str) -> None:
    assert strip_remarks(strip_introduction(name)) == name


@each_row(
    "said, name",
    [
        ("Schmidtke, Jürgen", "Jürgen Schmidtke"),
        ("Mrs Abernathy, Moira", "Moira Abernathy"),
        ("von der Heide, Klaus", "Klaus von der Heide"),
        ("O'Brien, Sean", "Sean O'Brien"),
        ("Schmidt, Hans-Peter", "Hans-Peter Schmidt"),
        ("Müller, Doppel-L", "Müller, Doppel-L"),
        ("Meier, mit e i", "Meier, mit e i"),
        ("Siobhan O'Leary, S I O B H A N", "Siobhan O'Leary, S I O B H A N"),
        ("Anna Maria, Schmidt", "Anna Maria, Schmidt"),
        ("Schmidt, Dora Theodor", "Schmidt, Dora Theodor"),
        ("Schmidt", "Schmidt"),
        ("", ""),
    ],
)
def test_a_family_name_that_is_said_first_is_written_last(said: str, name: str) -> None:
    assert put_given_name_first(said) == name
