import pytest

from app.domain.companies.slugs import MAX_LENGTH, build_slug, iter_free_slugs
from app.models import Company


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Salon Sonnenschein", "salon-sonnenschein"),
        ("Friseur Müßig & Söhne", "friseur-muessig-soehne"),
        ("Friseur Mu\u0308ßig", "friseur-muessig"),
        ("Zahnarztpraxis Dr. med. dent. Ångström", "zahnarztpraxis-dr-med-dent-angstroem"),
        ("Łódź Barber", "lodz-barber"),
        ("Şişli Kuaför İstanbul", "sisli-kuafoer-istanbul"),
        ("Anna's Nägel", "annas-naegel"),
        ("Anna’s Nägel", "annas-naegel"),
        ("  --- ", "betrieb"),
        ("美容院", "betrieb"),
    ],
)
def test_a_slug_is_made_of_plain_letters(name: str, slug: str) -> None:
    assert build_slug(name, otherwise="betrieb") == slug


def test_a_long_name_fits_into_the_column_with_a_number_behind_it() -> None:
    slug = build_slug("Gemeinschaftspraxis für Physiotherapie und Osteopathie am Alten Markt 12", otherwise="betrieb")
    assert len(slug) <= MAX_LENGTH and not slug.endswith("-")
    assert len(next(iter_free_slugs(slug, {slug}))) <= Company.__table__.c.slug.type.length


def test_who_comes_later_gets_a_number() -> None:
    assert next(iter_free_slugs("salon", set())) == "salon"
    assert next(iter_free_slugs("salon", {"salon", "salon-2", "salon-4"})) == "salon-3"
