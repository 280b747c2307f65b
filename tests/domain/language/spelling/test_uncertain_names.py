"""Which names are asked for their letters: those that sound like another common one or are of unusual letters, and no others."""

from app.domain.language.spelling import needs_spelling

COMMON = (
    "Müller Schmidt Schneider Fischer Weber Wagner Becker Hoffmann Koch Richter Klein Wolf Neumann Schröder Stange Pfaff Gerdes Ahlers"
    " Reuter Lohmann Kühnle Hollerbach Yılmaz Kaya Demir Kowalski Nowak Smith Taylor Brown"
)
AMBIGUOUS = "Meier Maier Meyer Mayr Schmitt Schmid Hofmann Beyer Bayer Keiser Peterson Clarke Thompson Jansen Phillips"
RARE = (
    "Przybylski Szczepaniak Ouedraogo Wojciechowska Tscherntschuk Quirrenbach Xhemajli Hrabowsky Vandenbroucke Ngcobo Zschoche"
    " Eichelkraut Leutheusser Khachatryan Gschwandtner"
)


def test_common_names_are_never_asked() -> None:
    assert [name for name in COMMON.split() if needs_spelling(f"Anna {name}")] == []


def test_names_with_several_common_ways_are_asked() -> None:
    assert [name for name in AMBIGUOUS.split() if not needs_spelling(f"Anna {name}")] == []
    assert not needs_spelling("Stefan Weber"), "a first name"


def test_names_of_unusual_letters_are_mostly_asked() -> None:
    """The others are written as they sound."""
    assert [name for name in RARE.split() if not needs_spelling(f"Anna {name}")] == ["Eichelkraut", "Leutheusser", "Gschwandtner"]
