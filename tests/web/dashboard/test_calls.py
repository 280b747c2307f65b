"""The calls list."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event

from app.core.clock import now
from app.models import Company
from tests.support.calls import make_call
from tests.support.tables import each_row
from tests.support.users import branch_ids, limit_to, make_company, make_user, signed_in

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    return make_company(branches=("Berlin-Mitte", "Berlin-Pankow"))


@pytest.fixture
def owner(app: Flask, salon: Company) -> FlaskClient:
    return signed_in(app, make_user(salon))


def test_further_rows_show_every_call_once(owner: FlaskClient, salon: Company) -> None:
    moment = now()
    made = [make_call(salon, started_at=moment - timedelta(minutes=number // 3)) for number in range(104)]
    page = owner.get("/calls?period=all").text
    seen = _calls(page)
    while (href := _next(page)) is not None:
        page = owner.get(href, headers=PARTIAL).text
        assert "<html" not in page
        seen += _calls(page)
    assert len(seen) == len(set(seen))
    assert set(seen) == set(made)


def test_a_list_asks_the_database_as_often_for_fifty_rows_as_for_one(db: SQLAlchemy, owner: FlaskClient, salon: Company) -> None:
    make_call(salon, name="Hanna Vogt")
    few = _statements(db, owner, "/calls?period=all")
    for _ in range(49):
        make_call(salon, name="Hanna Vogt")
    assert _statements(db, owner, "/calls?period=all") == few


@pytest.fixture
def hannas_call(salon: Company) -> str:
    """Beside another one."""
    words = ("Guten Tag.", "Ich bräuchte eine Hochsteckfrisur.")
    wanted = make_call(salon, name="Vogt, Hanna", words=words, from_number="+493023125112", provider_call_id="call_found")
    make_call(salon, name="Paul Oduya", words=("Guten Tag.", "Einen Herrenschnitt."), from_number="+4915112345678")
    return wanted


@each_row("query", ["Hochsteckfrisur", "hochsteck", "Vogt", "030 23125112", "+493023125", "call_found"])
def test_words_names_numbers_and_ids_find_their_call(owner: FlaskClient, hannas_call: str, query: str) -> None:
    assert _calls(owner.get("/calls", query_string={"q": query}).text) == [hannas_call]


@each_row("query", ['"', "*", "a*b OR NEAR(", "' OR 1=1 --", "%", "_", "\\", "\x00", "-- +", "ab", "(" * 150])
def test_no_search_breaks_the_page(owner: FlaskClient, salon: Company, query: str) -> None:
    make_call(salon, words=("Guten Tag.",))
    assert owner.get("/calls", query_string={"q": query}).status_code == 200


def test_filters_narrow_by_result_and_time(owner: FlaskClient, salon: Company) -> None:
    today = make_call(salon, outcome="callback", started_at=now())
    make_call(salon, outcome="hung_up", started_at=now())
    long_ago = make_call(salon, outcome="callback", started_at=now() - timedelta(days=20))
    assert _calls(owner.get("/calls?outcome=callback&period=week").text) == [today]
    assert _calls(owner.get("/calls?outcome=callback&period=month").text) == [today, long_ago]
    assert _calls(owner.get("/calls?outcome=nonsense&period=nonsense&after=nonsense").text)


def test_who_is_limited_to_a_branch_sees_only_that(app: Flask, salon: Company) -> None:
    mitte, pankow = make_call(salon, branch=0), make_call(salon, branch=1)
    user = make_user(salon, "staff")
    limit_to(user, branch_ids(salon)[1])
    client = signed_in(app, user)
    assert _calls(client.get("/calls?period=all").text) == [pankow]
    assert client.get(f"/calls/{pankow}").status_code == 200
    assert client.get(f"/calls/{mitte}").status_code == 404


def test_another_company_finds_nothing_of_it(app: Flask, salon: Company) -> None:
    made = make_call(salon, name="Hanna Vogt", words=("Guten Tag.", "Hochsteckfrisur"))
    client = signed_in(app, make_user(make_company("praxis")))
    for query in ("Hochsteckfrisur", "Hanna", made):
        assert _calls(client.get("/calls", query_string={"q": query}).text) == []
    assert client.get(f"/calls/{made}").status_code == 404


def test_the_branch_chosen_in_the_top_bar_narrows_the_list(owner: FlaskClient, salon: Company) -> None:
    make_call(salon, branch=0)
    pankow = make_call(salon, branch=1)
    token = re.search(r'name="csrf_token" value="([^"]+)"', owner.get("/calls").text)
    assert token
    answer = owner.post("/account/branch", data={"branch_id": branch_ids(salon)[1], "next": "/calls?period=all", "csrf_token": token[1]})
    assert answer.location == "/calls?period=all"
    assert _calls(owner.get("/calls?period=all").text) == [pankow]


def test_what_a_caller_says_never_becomes_markup(owner: FlaskClient, salon: Company) -> None:
    evil = "<script>alert(1)</script>"
    made = make_call(salon, name=evil, summary=evil, words=("Guten Tag.", evil))
    for page in ("/calls?period=all", f"/calls/{made}", "/live"):
        assert evil not in owner.get(page).text


def _calls(page: str) -> list[str]:
    return re.findall(r'href="/calls/(\w{26})"', page)


def _next(page: str) -> str | None:
    found = re.search(r'hx-get="([^"]+after=[^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else None


def _statements(db: SQLAlchemy, client: FlaskClient, path: str) -> int:
    """How many statements a page takes, once it is warm."""
    client.get(path)
    asked: list[str] = []
    listener = lambda *arguments: asked.append(arguments[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    client.get(path)
    event.remove(db.engine, "before_cursor_execute", listener)
    return len(asked)
