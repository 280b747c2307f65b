"""Kölner Phonetik: one code for German words that sound alike (H. J. Postel, Die Kölner Phonetik, IBM-Nachrichten 19, 1969)."""

from app.core.cologne_phonetics import encode
from tests.support.tables import each_row


@each_row(
    "word, code",
    [
        ("Wikipedia", "3412"), ("Breschnew", "17863"), ("Müller-Lüdenscheidt", "65752682"), ("Müller", "657"), ("Mueller", "657"),
        ("Schmidt", "862"), ("Schmitt", "862"), ("Meyer", "67"), ("Maier", "67"), ("Thomsen", "2686"), ("Tomsen", "2686"),
        ("Philipp", "351"), ("Filip", "351"), ("Xaver", "4837"), ("Hexe", "048"), ("Christian", "47826"), ("Cäsar", "487"), ("Celle", "85"),
        ("Ascher", "087"), ("Zacher", "847"), ("Ludwig", "5234"), ("Özlem", "0856"), ("Öztürk", "08274"), ("Łukasz", "548"),
        ("Eberhardt", "01772"), ("Heß", "08"), ("Ida", "02"), ("H", ""), ("", ""), ("123", ""), ("Rolf Dieter", "753 227"),
    ],
)  # fmt: skip
def test_words_have_their_codes(word: str, code: str) -> None:
    assert " ".join(encode(each) for each in word.split()) == code
