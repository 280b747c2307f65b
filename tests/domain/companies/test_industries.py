from flask import Flask
from flask_babel import force_locale

from app.demo.companies import COMPANIES
from app.domain.companies.industries import INDUSTRIES, OTHER, get_industry
from app.models import Company


def test_every_industry_has_a_name_in_both_languages(app: Flask) -> None:
    names = {}
    for language in ("de", "en"):
        with app.test_request_context(), force_locale(language):
            names[language] = [str(industry.name) for industry in INDUSTRIES.values()]
    assert all(len(set(each)) == len(INDUSTRIES) for each in names.values())
    assert [each for each in zip(names["de"], names["en"], strict=True) if each[0] == each[1]] == []


def test_what_is_no_industry_is_another_one() -> None:
    assert get_industry("hair_salon").key == "hair_salon"
    assert get_industry("witchcraft") is OTHER
    assert list(INDUSTRIES)[-1] == OTHER.key


def test_keys_fit_into_the_column() -> None:
    assert all(len(key) <= Company.__table__.c.industry.type.length for key in INDUSTRIES)


def test_the_demo_town_lives_from_known_industries() -> None:
    assert {demo.industry for demo in COMPANIES} <= INDUSTRIES.keys()
