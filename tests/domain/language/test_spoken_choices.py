"""What is wanted and what is not, as people say it."""

from app.domain.language.spoken_choices import SpokenChoice, parse_choice, split_alternatives
from tests.support.tables import each_row


@each_row(
    "said, wanted, excluded",
    [
        ("Tom", "Tom", ()),
        ("bei Mara", "bei Mara", ()),
        ("Waschen und Föhnen", "Waschen und Föhnen", ()),
        ("Mara oder Tom", "Mara oder Tom", ()),
        ("nicht Tom", None, ("Tom",)),
        ("nicht bei Tom", None, ("Tom",)),
        ("Tom nicht", None, ("Tom",)),
        ("Tom lieber nicht", None, ("Tom",)),
        ("bei Tom bitte nicht", None, ("Tom",)),
        ("bei Tom möchte ich nicht", None, ("Tom",)),
        ("Tom auf keinen Fall", None, ("Tom",)),
        ("bloß nicht zu Herrn Weber", None, ("Herrn Weber",)),
        ("nicht Dr. Adler", None, ("Dr. Adler",)),
        ("Tom, nein", None, ("Tom",)),
        ("außer bei Mara", None, ("Mara",)),
        ("alle außer Tom und Jonas", None, ("Tom", "Jonas")),
        ("weder Tom noch Jonas", None, ("Tom", "Jonas")),
        ("egal, nur nicht Tom", None, ("Tom",)),
        ("jemand anderes als Tom", None, ("Tom",)),
        ("kein Herrenschnitt", None, ("Herrenschnitt",)),
        ("alles außer Färben", None, ("Färben",)),
        ("anyone but Tom", None, ("Tom",)),
        ("any hairdresser but Tom", None, ("Tom",)),
        ("everyone except for Tom", None, ("Tom",)),
        ("someone other than Tom", None, ("Tom",)),
        ("no, not Tom", None, ("Tom",)),
        ("I don't want Tom", None, ("Tom",)),
        ("not in Pankow", None, ("Pankow",)),
        ("not Tom but Mara", "Mara", ("Tom",)),
        ("nicht zu Tom, sondern zu Mara", "Mara", ("Tom",)),
        ("Mara statt Tom", "Mara", ("Tom",)),
        ("lieber Mara als Tom", "Mara", ()),
        ("Damenschnitt ohne Föhnen", "Damenschnitt", ("Föhnen",)),
        ("a haircut but not with Tom", "haircut", ("Tom",)),
        ("Tom, nein, doch lieber Mara", "Mara", ()),
        ("Herrenschnitt, lieber Maschinenschnitt", "Maschinenschnitt", ()),
        ("Tom, I mean Mara", "Mara", ()),
        ("äh, Herrenschnitt, glaub ich", "Herrenschnitt", ()),
        ("bei der, äh, Mara", "bei der Mara", ()),
        ("Damen- äh Herrenschnitt", "Herrenschnitt", ()),
        ("Herren- und Damenschnitt", "Herren- und Damenschnitt", ()),
        ("um, not, uh, Tom", None, ("Tom",)),
        ("niemand außer Mara", "Mara", ()),
        ("niemand anderes als Mara", "Mara", ()),
        ("nobody but Mara", "Mara", ()),
        ("no one other than Mara", "Mara", ()),
        ("nicht nur Tom", "Tom", ()),
        ("warum nicht Tom", "Tom", ()),
        ("Mara, wenn sie Zeit hat", "Mara", ()),
        ("Tom (falls frei)", "Tom", ()),
        ("Mara if she's free", "Mara", ()),
        ("Tom, wenn's geht", "Tom", ()),
        ("nicht Tom, wenn möglich", None, ("Tom",)),
        ("bitte keinen Termin bei Tom", None, ("Termin bei Tom",)),
        ("überall außer Pankow", None, ("Pankow",)),
    ],
)
def test_choice_is_read_as_it_is_meant(said: str, wanted: str | None, excluded: tuple[str, ...]) -> None:
    assert parse_choice(said) == SpokenChoice(wanted, excluded)


def test_alternatives_are_split() -> None:
    assert split_alternatives("bei Mara oder zu Tom") == ["Mara", "Tom"]
    assert split_alternatives("either Mara or Tom") == ["either Mara", "Tom"]
