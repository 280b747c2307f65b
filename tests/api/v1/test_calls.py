"""GET /calls, GET /calls/{id}"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event

from app.api.v1 import calls as door
from app.core.clock import now
from app.core.extensions import db as database
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Booking, Call, CallEvent, Company, TruthCheck
from tests.factories.salon import Salon, make_salon
from tests.support.api_clients import ApiClient, make_api_client
from tests.support.calls import add_tool, make_call
from tests.support.tables import each_row
from tests.support.users import branch_ids, make_company

FIELDS = {
    "id", "provider", "provider_call_id", "direction", "status", "outcome", "from_number", "to_number", "branch_id", "customer_id",
    "started_at", "ended_at", "duration_s", "summary", "sentiment", "analyzed", "booking_id",
    "truth",
}  # fmt: skip
NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    return make_company(branches=("Mitte", "Pankow"))


@pytest.fixture
def kasse(app: Flask, salon: Company) -> ApiClient:
    return make_api_client(app, salon)


def found(kasse: ApiClient, **query: Any) -> list[str]:
    return [item["id"] for item in kasse.items("/calls", **query)]


def test_an_item_has_exactly_these_fields(kasse: ApiClient, salon: Company) -> None:
    call = make_call(
        salon, name="Wiebke", provider_call_id="call_1", from_number="+491713920050", to_number="+493023125100", started_at=NOON,
        ended_at=NOON + timedelta(seconds=134), duration_s=134, outcome="booked", summary="Ein Schnitt.", sentiment="positive",
        analyzed_at=NOON + timedelta(minutes=3),
    )  # fmt: skip
    [item] = kasse.items("/calls")
    assert set(item) == FIELDS
    assert item.pop("customer_id")
    assert item == {
        "id": call, "provider": "retell", "provider_call_id": "call_1", "direction": "inbound", "status": "ended", "outcome": "booked",
        "from_number": "+491713920050", "to_number": "+493023125100", "branch_id": branch_ids(salon)[0],
        "started_at": "2026-11-20T12:00:00+01:00", "ended_at": "2026-11-20T12:02:14+01:00", "duration_s": 134, "summary": "Ein Schnitt.",
        "sentiment": "positive", "analyzed": True, "booking_id": None, "truth": None,
    }  # fmt: skip


def test_a_call_shows_what_was_said_done_and_happened(kasse: ApiClient, salon: Company) -> None:
    call = make_call(salon, words=("Salon Lindgren, guten Tag.", "Einen Schnitt, bitte."), started_at=NOON)
    add_tool(salon, call, "check_availability", arguments={"date": "Freitag"})
    with company_scope(salon.id), transaction():
        database.session.add_all(
            CallEvent(call_id=call, seq=n, type=kind, occurred_at=NOON, data={"n": n}) for n, kind in ((2, "ended"), (1, "started"))
        )
    shown = kasse.get(f"/calls/{call}").json
    assert set(shown) >= FIELDS
    assert shown["transcript"] == [
        {"role": "agent", "text": "Salon Lindgren, guten Tag.", "start_s": 0.0, "end_s": None},
        {"role": "caller", "text": "Einen Schnitt, bitte.", "start_s": 4.0, "end_s": None},
    ]
    [tool] = shown["tool_calls"]
    assert (tool["name"], tool["arguments"], tool["result"], tool["ok"]) == (
        "check_availability", {"date": "Freitag"}, {"ok": True, "say": "Um zehn ist frei."}, True,
    )  # fmt: skip
    assert [(event["seq"], event["type"], event["at"], event["data"]) for event in shown["events"]] == [
        (1, "started", "2026-11-20T12:00:00+01:00", {"n": 1}), (2, "ended", "2026-11-20T12:00:00+01:00", {"n": 2}),
    ]  # fmt: skip


def test_the_appointment_made_in_the_call_is_named(app: Flask, db: SQLAlchemy) -> None:
    studio: Salon = make_salon()
    company = db.session.get_one(Company, studio.company_id)
    call = make_call(company)
    with company_scope(company.id), transaction():
        for ref, status in (("a", "cancelled"), ("b", "confirmed"), ("c", "confirmed")):
            db.session.add(
                Booking(
                    id=f"01M7WRDJTWNZFJN3C3MH0WKB{ref.upper()}1", branch_id=studio.branches["mitte"], service_id=studio.services["cut"],
                    staff_id=studio.people["anna"], call_id=call, status=status, timezone="Europe/Berlin", source="call", source_ref=ref,
                    starts_at=NOON + timedelta(hours=ord(ref)), ends_at=NOON + timedelta(hours=ord(ref), minutes=30),
                )
            )  # fmt: skip
    here = make_api_client(app, company)
    assert here.items("/calls")[0]["booking_id"] == here.get(f"/calls/{call}").json["booking_id"] == "01M7WRDJTWNZFJN3C3MH0WKBB1"


def test_a_list_is_narrowed(kasse: ApiClient, salon: Company) -> None:
    mitte, pankow = branch_ids(salon)
    booked = make_call(salon, outcome="booked", started_at=NOON)
    running = make_call(salon, status="ongoing", outcome=None, started_at=NOON + timedelta(hours=1))
    there = make_call(salon, branch=1, started_at=NOON + timedelta(days=1))
    assert found(kasse) == [there, running, booked]
    assert found(kasse, outcome="booked") == [booked]
    assert found(kasse, status="ongoing") == [running]
    assert found(kasse, branch_id=pankow) == [there]
    assert found(kasse, branch_id=mitte, status="ended", outcome="booked", q="") == [booked]
    assert found(kasse, status="", outcome="", branch_id="", **{"from": "", "to": ""}, page="", per_page="") == [there, running, booked]
    assert found(kasse, color="red", company_id="x") == [there, running, booked]


@pytest.fixture
def three_days(salon: Company) -> None:
    for hours in (0, 10, 36):
        make_call(salon, started_at=NOON + timedelta(hours=hours))


@each_row(
    "limits, count",
    [
        ({"from": "2026-11-20"}, 3), ({"from": "2026-11-21"}, 1), ({"to": "2026-11-20"}, 2), ({"to": "2026-11-19"}, 0),
        ({"from": "2026-11-20", "to": "2026-11-20"}, 2), ({"from": "2026-11-20T12:30:00+01:00"}, 2), ({"to": "2026-11-20T11:30:00Z"}, 1),
        ({"to": "2026-11-20T12:30:00"}, 1), ({"from": "2026-11-20T12:30:00 01:00"}, 2), ({"from": "2026-11-20T11:00:00Z"}, 3),
        ({"to": "2026-11-20T11:00:00Z"}, 0), ({"from": "0001-01-01"}, 3), ({"to": "9999-12-31"}, 3),
        ({"to": "9999-12-31T23:59:59-12:00"}, 3),
        ({"from": "0001-01-01T00:00:00+14:00"}, 3), ({"from": "2026-11-20T11:00:00z"}, 3),
    ],
)  # fmt: skip
def test_times_are_instants_or_days_where_the_business_is(kasse: ApiClient, three_days: None, limits: dict[str, str], count: int) -> None:
    assert len(found(kasse, **limits)) == count


@each_row(
    "query, field",
    [
        ({"status": "gone"}, "status"), ({"outcome": "won"}, "outcome"), ({"from": "gestern"}, "from"), ({"to": "2026-13-01"}, "to"),
        ({"page": "0"}, "page"), ({"page": "x"}, "page"), ({"page": "1.5"}, "page"), ({"page": "9" * 5000}, "page"),
        ({"per_page": "101"}, "per_page"),
        ({"per_page": "0"}, "per_page"), ({"per_page": "-1"}, "per_page"), ({"q": "x" * 201}, "q"), ({"from": "\x00"}, "from"),
        ({"page": "10002"}, "page"), ({"from": "1763636400"}, "from"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_said_field_by_field(kasse: ApiClient, query: dict[str, str], field: str) -> None:
    answer = kasse.get("/calls", **query)
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (422, "application/problem+json", "invalid_input")
    assert set(answer.json["fields"]) == {field}
    assert answer.json["fields"][field].endswith(".")


def test_several_wrong_fields_are_all_named(kasse: ApiClient) -> None:
    wrong = {"status": "x", "outcome": "y", "page": "0", "per_page": "1000", "from": "z"}
    assert set(kasse.get("/calls", **wrong).json["fields"]) == set(wrong)


@each_row("branch_id", ["x", "01M7WRDJTWNZFJN3C3MH0WKBJD", "ü", "\x00", "' OR 1=1 --"])
def test_an_unknown_branch_is_not_found(kasse: ApiClient, branch_id: str) -> None:
    assert kasse.get("/calls", branch_id=branch_id).status_code == 404


def test_a_foreign_branch_is_not_found_either(kasse: ApiClient, db: SQLAlchemy) -> None:
    assert kasse.get("/calls", branch_id=branch_ids(make_company("praxis-morgenstern"))[0]).status_code == 404


@each_row("call_id", ["x", "01M7WRDJTWNZFJN3C3MH0WKBJD", "ü", "%00", "../calls", "a" * 3000, "01m7wrdjtwnzfjn3c3mh0wkbjd"])
def test_an_unknown_call_is_not_found(kasse: ApiClient, call_id: str) -> None:
    answer = kasse.get(f"/calls/{call_id}")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_pages_hold_everything_once(kasse: ApiClient, salon: Company) -> None:
    made = {make_call(salon, words=("Ein Termin.",), started_at=NOON - timedelta(minutes=n // 3)) for n in range(11)}
    for query in ({}, {"q": "termin"}):
        pages = [kasse.get("/calls", page=page, per_page=4, **query).json for page in (1, 2, 3, 4)]
        ids = [item["id"] for page in pages for item in page["items"]]
        assert len(ids) == 11 and set(ids) == made
        assert [len(page["items"]) for page in pages] == [4, 4, 3, 0]
        assert {(page["total"], page["per_page"], page["total_exact"]) for page in pages} == {(11, 4, True)}
        assert [page["page"] for page in pages] == [1, 2, 3, 4]


def test_behind_the_depth_of_a_list_it_is_to_be_narrowed(kasse: ApiClient, salon: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        make_call(salon, words=("Ein Termin.",))
    for query in ({}, {"q": "termin"}):
        assert kasse.get("/calls", page=201, per_page=100, **query).json["items"] == []
    monkeypatch.setattr("app.api.operation.MAX_DEPTH", 3)
    for query in ({}, {"q": "termin"}):
        assert len(kasse.items("/calls", page=2, per_page=3, **query)) == 2
        refused = kasse.get("/calls", page=3, per_page=2, **query)
        assert refused.status_code == 422 and "from" in refused.json["fields"]["page"]


def test_a_search_with_very_many_hits_says_that_it_did_not_count_them(
    kasse: ApiClient, salon: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "COUNT_LIMIT", 3)
    for _ in range(5):
        make_call(salon, words=("Ein Termin.",))
    first = kasse.get("/calls", q="termin", per_page=2).json
    assert (len(first["items"]), first["total"], first["total_exact"]) == (2, 3, False)
    last = kasse.get("/calls", q="termin", per_page=5).json
    assert (len(last["items"]), last["total"], last["total_exact"]) == (5, 5, True)


@pytest.fixture
def wiebkes_call(salon: Company) -> str:
    call = make_call(salon, name="Wiebke", words=("Strähnchen am Freitag?",), from_number="+491713920050", provider_call_id="call_f00d")
    make_call(salon, name="Jo", words=("Ein Schnitt.",), from_number="+4915228817386")
    return call


@each_row("q", ["strähnchen", "0171 3920050", "+49 171 3920050", "wiebke", "call_f00d", "STRAEHNCHEN freitag"])
def test_q_finds_words_numbers_names_and_ids(kasse: ApiClient, wiebkes_call: str, q: str) -> None:
    assert found(kasse, q=q) == [wiebkes_call]
    assert found(kasse, q=f"{q} balayage") == []


def test_a_page_asks_the_same_few_questions_however_long_it_is(kasse: ApiClient, salon: Company, app: Flask) -> None:
    asked: list[str] = []

    def counting(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(database.engine, "before_cursor_execute", counting)
    try:
        counts = []
        for more in (1, 20):
            for _ in range(more):
                make_call(salon, words=("Ein Termin.",), started_at=now())
            asked.clear()
            kasse.get("/calls")
            counts.append(sum("SELECT" in statement for statement in asked))
        assert counts[0] == counts[1] <= 6
    finally:
        event.remove(database.engine, "before_cursor_execute", counting)


def test_a_call_tells_what_in_it_was_untrue_and_what_is_so(kasse: ApiClient, salon: Company, db: SQLAlchemy) -> None:
    told = {"what": "not_made", "turn": 1, "said": "Ist eingetragen.", "tool": "book_appointment", "refused": None, "asked": False}
    wrong, right = make_call(salon, started_at=NOON), make_call(salon, started_at=NOON - timedelta(hours=1))
    with company_scope(salon.id), transaction():
        for call_id, verdict, findings in ((wrong, "mismatch", [told]), (right, "clean", [])):
            call = db.session.get_one(Call, call_id)
            db.session.add(
                TruthCheck(call_id=call_id, branch_id=call.branch_id, started_at=call.started_at, verdict=verdict, findings=findings)
            )
    assert [(item["id"], item["truth"]) for item in kasse.items("/calls")] == [(wrong, "mismatch"), (right, "clean")]
    shown = kasse.get(f"/calls/{wrong}").json
    assert shown["truth"] == "mismatch"
    (untruth,) = shown["untruths"]
    assert (untruth["what"], untruth["turn"], untruth["said"], untruth["booking_id"]) == ("not_made", 1, "Ist eingetragen.", None)
    assert untruth["so"].startswith("So einen Termin gibt es nicht.")
    assert kasse.get(f"/calls/{right}").json["untruths"] == []
