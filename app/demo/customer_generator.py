"""Customers and callers of the demo companies: families with a phone number, regulars without one, and unknown callers."""

import unicodedata
from dataclasses import dataclass
from random import Random

from app.demo.schema import DemoBranch, DemoCompany

FIRST = """
    Anneke Bastian Carla Dorothea Emil Franziska Gregor Hedda Ilse Jannis Kerstin Leonie Matthis Nora Oskar Pauline Quirin Ronja
    Silke Till Ursula Viktor Wencke Yannick Zoe Birgit Cem Dilek Enno Fatma
"""
LAST = """
    Albers Bohnsack Claussen Dietz Eggert Feldmann Grabow Heller Imhof Jessen Kunze Lorenz Mertens Nissen Opitz Pfeiffer Quast
    Rademacher Seidel Tiedemann Ullrich Vollmer Wieland Zander Arslan Berger Czerny Dahms Ehlers Fink
"""
FIRST_NAMES, LAST_NAMES = FIRST.split(), LAST.split()
REGULARS = 40


@dataclass(frozen=True)
class DemoCaller:
    """A caller; unknown callers are not customers of the company."""

    name: str
    number: str | None
    is_customer: bool
    speaks_english: bool = False

    @property
    def first(self) -> str:
        return self.name.split()[0]


def list_regulars(company: DemoCompany) -> list[tuple[str, str]]:
    """List names and e-mail addresses of customers who never call; equal at every seeding."""
    rng = Random(f"regulars {company.slug}")  # noqa: S311  (nothing secret)
    first, last = rng.sample(FIRST_NAMES * 2, REGULARS), rng.sample(LAST_NAMES * 2, REGULARS)
    names = [f"{name} {family}" for name, family in zip(first, last, strict=True)]
    return [(name, f"{_to_ascii(name)}@post.example") for name in dict.fromkeys(names)]


def create_caller(company: DemoCompany, branch: DemoBranch, rng: Random) -> DemoCaller:
    """Create a customer, an unknown caller, or a caller with a withheld number."""
    dice = rng.random()
    if dice < 0.6:
        number = rng.choice(list(company.families))
        name = rng.choice(company.families[number])
        return DemoCaller(name, number, is_customer=True, speaks_english=name in company.english)
    name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
    stranger = f"{branch.strangers}{rng.randrange(100):02}"
    return DemoCaller(name, None if dice > 0.97 else stranger, is_customer=False)


def _to_ascii(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return ascii_only.replace(" ", ".")
