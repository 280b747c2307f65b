"""Finding calls: by words, names, numbers and ids, in the company at work only, alike on both databases."""

from datetime import timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy

from app.core.clock import now
from app.core.search_words import split_words
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.calls import search
from app.domain.calls.search import CallSearch, find_calls
from app.models import Company, Customer
from tests.support.calls import make_call
from tests.support.tables import each_row
from tests.support.users import branch_ids, make_company


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    return make_company(branches=("Mitte", "Pankow"))


def found(salon: Company, query: str, *, limit: int = 20, **narrowed: object) -> list[str]:
    with company_scope(salon.id):
        return find_calls(CallSearch(query=query, **narrowed), limit=limit)  # type: ignore[arg-type]


@pytest.fixture
def wiebkes_call(salon: Company) -> str:
    """Beside another one."""
    make_call(salon, name="Jo Kling", words=("Guten Tag.", "Nichts davon."), from_number="+4915228817386", to_number="+493023125101")
    return make_call(
        salon,
        name="Wiebke Tiedemann",
        words=("Salon Lindgren, guten Tag.", "Ich hätte gern Strähnchen am Freitag um zehn und für die Große."),
        from_number="+491713920050",
        to_number="+493023125100",
        provider_call_id="call_f00d",
    )


@each_row(
    "query",
    [
        "strähnchen", "STRÄHNCHEN", "Straehnchen", "strahn", "strähnchen freitag", "freitag strähnchen", "große", "grosse",
        "Wiebke", "tiedemann", "wiebke tiedemann", "und freitag", "um zehn", "strähnchen!", '"strähnchen"', "strähnchen -freitag*",
        "0171 3920050", "0171/3920050", "+49 171 3920050", "0049 171 3920050", "01713920050", "0171 392", "+49171392", "3920050",
        "call_f00d", "f00d", "030 23125100",
    ],
)  # fmt: skip
def test_a_call_is_found_by(salon: Company, wiebkes_call: str, query: str) -> None:
    assert found(salon, query) == [wiebkes_call]


@each_row("query", ["balayage", "strähnchen balayage", "rähnchen", "0171 3920051", "%", "_", "\\", "'", '"', "*", "+ -", "\x00"])
def test_a_call_is_not_found_by(salon: Company, wiebkes_call: str, query: str) -> None:
    assert found(salon, query) == []


@each_row(
    "query",
    [
        "NEAR(",
        "a AND b",
        "OR",
        "NOT x",
        "text:x",
        "x^2",
        "(((",
        'x" OR "y',
        "{a b}",
        "+>x <y ~z @4",
        "; DROP TABLE calls",
        "🙂",
        "\ud800x",
        "x" * 5000,
    ],
)
def test_signs_that_mean_something_to_the_index_are_only_text(salon: Company, wiebkes_call: str, query: str) -> None:
    assert found(salon, query) == []


def test_a_call_is_found_by_its_own_id(salon: Company) -> None:
    call = make_call(salon)
    make_call(salon)
    assert found(salon, call) == [call]


def test_words_of_a_running_call_are_found_before_it_is_over(salon: Company) -> None:
    running = make_call(salon, words=("Guten Tag.", "Ich möchte eine Dauerwelle."), status="ongoing", from_number="+491713920052")
    make_call(salon, words=("Guten Tag.",), status="ongoing")
    assert found(salon, "dauerwel") == found(salon, "0171 3920052") == [running]


def test_a_customer_who_was_renamed_is_found_by_the_new_name(db: SQLAlchemy, salon: Company) -> None:
    call = make_call(salon, name="Wiebke Tiedemann")
    with company_scope(salon.id), transaction():
        db.session.query(Customer).one().name = "Wiebke Osterkamp"
        db.session.query(Customer).one().name = "Osterkamp"
    assert found(salon, "osterk") == [call]


def test_another_company_finds_nothing(salon: Company, db: SQLAlchemy) -> None:
    other = make_company("praxis-morgenstern")
    call = make_call(
        salon, name="Wiebke Tiedemann", words=("Geheimnisvolle Strähnchen.",), from_number="+491713920050", provider_call_id="call_f00d"
    )
    make_call(salon, words=("Geheimnisvoll läuft es.",), status="ongoing")
    for query in ("geheimnisvoll", "strähnchen", "wiebke", "0171 3920050", "call_f00d", call, ""):
        assert found(other, query) == []


def test_the_newest_come_first_and_pages_neither_repeat_nor_leave_out(salon: Company) -> None:
    instant = now()
    calls = [make_call(salon, words=("Ein Termin.",), started_at=instant - timedelta(minutes=n // 2)) for n in range(12)]
    expected = sorted(calls, key=lambda call: (-(calls.index(call) // 2), call), reverse=True)
    for query in ("", "termin"):
        assert found(salon, query) == expected
        with company_scope(salon.id):
            by_number = [call for page in range(4) for call in find_calls(CallSearch(query=query), limit=3, offset=3 * page)]
            by_key, after = [], None
            while further := find_calls(CallSearch(query=query), limit=5, after=after):
                by_key += further
                after = further[-1]
        assert by_number == by_key == expected


def test_the_search_is_narrowed_before_it_is_cut_off(salon: Company) -> None:
    instant = now()
    mitte, pankow = branch_ids(salon)
    old = make_call(salon, words=("Ein Termin.",), branch=1, outcome="booked", started_at=instant - timedelta(days=9))
    for n in range(8):
        make_call(salon, words=("Ein Termin.",), started_at=instant - timedelta(minutes=n))
    for narrowed in ({"outcome": "booked"}, {"branch_ids": [pankow]}, {"until": instant - timedelta(days=8)}):
        assert found(salon, "termin", limit=2, **narrowed) == found(salon, "", limit=2, **narrowed) == [old]
    assert len(found(salon, "termin", branch_ids=[mitte], status="ended", since=instant - timedelta(days=1))) == 8


def test_calls_of_a_line_check_are_not_found(salon: Company) -> None:
    make_call(salon, words=("Ein Termin.",), is_test=True)
    assert found(salon, "termin") == found(salon, "") == []


@pytest.fixture
def forty_calls(salon: Company) -> None:
    for n in range(40):
        make_call(
            salon, words=("Ja, und ein Termin.", "Balayage!" if n % 10 == 9 else "Schneiden!"), started_at=now() - timedelta(minutes=n)
        )


@each_row(
    "query, matches",
    [("termin", 40), ("balayage", 4), ("termin balayage", 4), ("und", 40), ("und balayage", 4), ("ja", 40), ("nie", 0), ("zz", 0)],
)
def test_rare_and_common_words_are_found_alike_whichever_way_is_taken(
    salon: Company, forty_calls: None, monkeypatch: pytest.MonkeyPatch, query: str, matches: int
) -> None:
    for first, at_most in ((400, 5000), (3, 5000), (3, 40), (3, 4)):
        monkeypatch.setattr(search, "FIRST_SCAN_SIZE", first)
        monkeypatch.setattr(search, "MAX_SCAN_SIZE", max(at_most, matches and 40))
        assert len(found(salon, query, limit=100)) == matches


def test_words_are_folded() -> None:
    assert split_words("Straße, Ährenöl & Übergröße: »Café« ﬁn_al") == ["strasse", "ahrenol", "ubergrosse", "cafe", "fin", "al"]


def test_the_beginning_of_a_name_is_found_by_an_index(salon: Company, db: SQLAlchemy) -> None:
    """Whatever its capitals; SQLite's LIKE uses an index only where that takes no notice of capitals either."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("MariaDB's index of the name does so by its collation.")
    asked = "SELECT id FROM customers WHERE name LIKE ? ESCAPE '\\' AND company_id = ? LIMIT 100"
    with db.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", ("wie%", salon.id)).all()
    assert "ix_customers_company_name (company_id=? AND name>? AND name<?)" in str(plan)


def test_a_rare_word_beside_a_common_one_is_what_the_index_is_asked_for(
    salon: Company, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    indexed = search._list_indexed_words
    monkeypatch.setattr(search, "_list_indexed_words", lambda words: asked.append(words) or indexed(words))
    monkeypatch.setattr(search, "FIRST_SCAN_SIZE", 3)
    calls = [make_call(salon, words=("Salon Lindgren.", word), started_at=now() - timedelta(days=n)) for n, word in enumerate("abcd")]
    wanted = make_call(salon, words=("Salon Lindgren.", "Quittenblau bitte."), started_at=now() - timedelta(days=9))
    assert found(salon, "salon quittenblau") == [wanted] and wanted not in calls
    assert asked == [["quittenblau"]]
