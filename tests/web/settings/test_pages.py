"""One name for each page of the settings, wherever it stands, and a search that knows what people call a thing."""

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Company, PhoneNumber, Resource
from app.web.settings.page_state import STATES
from app.web.settings.pages import GROUPS, PAGES
from tests.factories.salon import Salon, make_salon
from tests.support.tables import each_row
from tests.support.users import make_user, signed_in

NAVIGATION = {"/settings/services", "/settings/staff", "/settings/hours", "/settings"}


@pytest.fixture
def salon(db: SQLAlchemy) -> Salon:
    salon = make_salon()
    with company_scope(salon.company_id), transaction():
        db.session.add(PhoneNumber(e164="+493023125100", branch_id=salon.branches["mitte"]))
        db.session.add(Resource(branch_id=salon.branches["mitte"], kind="Stuhl", name="Stuhl 1", places=1))
    return salon


def browse(app: Flask, db: SQLAlchemy, salon: Salon, role: str = "owner", language: str = "de") -> FlaskClient:
    return signed_in(app, make_user(db.session.get_one(Company, salon.company_id), role, language=language))


@pytest.fixture
def owner(app: Flask, db: SQLAlchemy, salon: Salon) -> FlaskClient:
    return browse(app, db, salon)


def found(pattern: str, page: str) -> list[str]:
    return [html.unescape(re.sub(r"<[^>]+>", "", text)).strip() for text in re.findall(pattern, page, re.DOTALL)]


def paths(app: Flask) -> dict[str, str]:
    return {rule.endpoint: rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}


@pytest.mark.parametrize("language", ["de", "en"])
def test_navigation_tab_title_heading_and_index_carry_the_same_name(app: Flask, db: SQLAlchemy, salon: Salon, language: str) -> None:
    owner = browse(app, db, salon, language=language)
    index, names = owner.get("/settings").text, {}
    for path in (paths(app)[page.endpoint] for page in PAGES):
        page = owner.get(path).text
        (heading,) = found(r"<h1[^>]*>(.*?)</h1>", page)
        title, (tab,) = found(r"<title>(.*?)</title>", page), found(r'<a href="[^"]+" aria-current="page">(.*?)</a>', page)
        in_index = found(rf'<a class="ap-mid ap-rowlink" href="{path}">(.*?)</a>', index)
        in_navigation = found(rf'<a class="ap-nav__item" href="{path}"[^>]*>.*?<span[^>]*>(.*?)</span>', page)
        names[path] = {heading, tab, *in_index, *in_navigation, title[0].removesuffix(" · AskProAI")}
        assert len(in_index) == 1
        assert bool(in_navigation) == (path in NAVIGATION)
    assert {path: several for path, several in names.items() if len(several) > 1} == {}
    assert len({name for several in names.values() for name in several}) == len(PAGES)


def test_every_page_of_the_settings_is_in_the_index(app: Flask) -> None:
    rules = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/settings/") and rule.endpoint.endswith(".index")}
    assert rules == {page.endpoint for page in PAGES} == set(STATES)
    assert {page.group for page in PAGES} == set(GROUPS)


def test_what_the_index_says_can_be_set_stands_on_the_page_so(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    """On the page itself, or on those of its rows and of something new."""
    owner, missing = browse(app, db, salon), {}
    for page in PAGES:
        path = paths(app)[page.endpoint]
        text = owner.get(path).text
        for deeper in {link for link in re.findall(r'href="([^"#?]+)', text) if link.startswith(f"{path}/") and "remove" not in link}:
            text += owner.get(deeper).text
        if absent := [str(field) for field in page.fields if html.escape(str(field)) not in text]:
            missing[page.endpoint] = absent
    assert missing == {}


def test_the_index_says_how_it_stands(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    states = found(r'<span class="ap-places__state[^>]*>(.*?)</span>', browse(app, db, salon).get("/settings").text)
    assert len(states) == len(PAGES)
    assert "Mo–Sa, 2 Filialen" in states
    assert "030 23125100" in states


@each_row(
    "query, expected",
    [
        ("Storno", "policies.index"),
        ("STORNOFRIST", "policies.index"),
        ("cancellation fee", "policies.index"),
        ("öffnungs", "hours.index"),
        ("oeffnungszeiten", "hours.index"),
        ("urlaub", "hours.index"),
        ("opening hours", "hours.index"),
        ("gebuhr", "policies.index"),
        ("price", "services.index"),
        ("reminder", "message_rules.index"),
        ("spam", "line.index"),
        ("nummer sperren", "line.index"),
        ("ical", "subscriptions.index"),
        ("smtp", "connections.index"),
        ("waschbecken", "resources.index"),
        ("notdienst", "on_call.index"),
    ],
)
def test_a_search_finds_the_page_under_what_people_call_it(query: str, expected: str, app: Flask, owner: FlaskClient) -> None:
    links = re.findall(r'ap-rowlink" href="([^"]+)"', owner.get("/settings", query_string={"q": query}).text)
    assert paths(app)[expected] in links


def test_a_search_names_the_field_and_one_without_result_says_so(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    owner = browse(app, db, salon)
    assert "Gebühr" in found(r'ap-places__fields">(.*?)</span>', owner.get("/settings?q=gebühr").text)[0]
    nothing = owner.get("/settings?q=Quantenphysik+%3Cb%3E").text
    assert "Nichts gefunden" in nothing and "<b>" not in nothing
    assert 'ap-rowlink"' not in nothing


def test_only_what_the_reader_may_open_is_listed(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    page = browse(app, db, salon, "staff").get("/settings").text
    assert "/settings/hours" in page and "/settings/connections" not in page and "/settings/line" not in page


def test_strangers_are_asked_to_sign_in(app: Flask, db: SQLAlchemy) -> None:
    assert app.test_client().get("/settings").status_code == 302
    assert signed_in(app, make_user(role="support")).get("/settings").status_code == 404
