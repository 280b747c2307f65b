"""Support's lists of webhooks and calls: narrowed by company, number and time, in the URL, each with an index."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, select

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Company, PhoneNumber
from tests.factories.calls import CallFactory
from tests.factories.companies import RejectedWebhookFactory, WebhookEventFactory
from tests.support.retell_webhooks import CALLER, MITTE, PANKOW, make_company_with_number
from tests.support.tables import each_row
from tests.support.users import make_user, signed_in

# ten in the morning in Berlin
AT = datetime.fromisoformat("2026-05-04T10:00:00+02:00")


@pytest.fixture(autouse=True)
def afternoon() -> Iterator[None]:
    with time_machine.travel(AT + timedelta(hours=5), tick=True):
        yield


@pytest.fixture
def companies(db: SQLAlchemy) -> tuple[Company, Company]:
    """Two companies with one webhook and one call each: the salon's at ten, the garage's at noon, on a day in May."""
    salon, garage = make_company_with_number(), make_company_with_number("werkstatt-kruse", PANKOW)
    garage.name = "Werkstatt Kruse"
    for company, number, hours in ((salon, MITTE, 0), (garage, PANKOW, 2)):
        at = AT + timedelta(hours=hours)
        WebhookEventFactory(
            event_name=company.slug,
            company_id=company.id,
            to_number=number,
            received_at=at,
            provider_call_id=company.slug,
            status="handled",
        )
        RejectedWebhookFactory(company_id=company.id, to_number=number, last_at=at, example={"path": f"/{company.slug}"})
        with company_scope(company.id):
            branch_id = db.session.scalars(select(PhoneNumber.branch_id)).one()
            CallFactory(
                branch_id=branch_id, provider_call_id=company.slug, to_number=number, started_at=at,
                from_number=CALLER if company is salon else "+491713920051",
            )  # fmt: skip
    db.session.commit()
    return salon, garage


@pytest.fixture
def support(app: Flask, db: SQLAlchemy, companies: tuple[Company, Company]) -> FlaskClient:
    return signed_in(app, make_user(None, "support"))


FILTERS: list[tuple[dict[str, str], tuple[str, ...]]] = [
    ({}, ("salon-lindgren", "werkstatt-kruse")),
    ({"company": "salon"}, ("salon-lindgren",)),
    ({"number": "+49 30 23125100"}, ("salon-lindgren",)),
    ({"number": "030/231 251 01"}, ("werkstatt-kruse",)),
    ({"number": "keine"}, ()),
    ({"since": "2026-05-04T10:01"}, ("werkstatt-kruse",)),
    ({"since": "2026-05-04T10:00", "until": "2026-05-04T11:59"}, ("salon-lindgren",)),
    ({"until": "2026-05-04T10:00"}, ("salon-lindgren",)),
    ({"until": "2026-05-04T09:59"}, ()),
    ({"company": "salon", "number": PANKOW}, ()),
    ({"company": "garage", "number": PANKOW, "since": "2026-05-04T12:00", "until": "2026-05-04T12:00"}, ("werkstatt-kruse",)),
    ({"since": "gestern"}, ("salon-lindgren", "werkstatt-kruse")),
]


def _args(companies: tuple[Company, Company], query: dict[str, str]) -> dict[str, str]:
    ids = {"salon": companies[0].id, "garage": companies[1].id}
    return {name: ids.get(value, value) for name, value in query.items()}


@each_row("query, shown", FILTERS)
def test_the_lists_narrow_by_company_number_and_time(
    support: FlaskClient, companies: tuple[Company, Company], query: dict[str, str], shown: tuple[str, ...]
) -> None:
    for path in ("/admin/webhooks", "/admin/calls"):
        page = support.get(path, query_string=_args(companies, query)).text
        found = [slug for slug in ("salon-lindgren", "werkstatt-kruse") if re.search(rf"· {slug}</|>{slug}</a>", page)]
        assert tuple(found) == shown, path


@each_row("query, shown", FILTERS)
def test_refused_webhooks_narrow_by_the_same_filters(
    support: FlaskClient, companies: tuple[Company, Company], query: dict[str, str], shown: tuple[str, ...]
) -> None:
    page = support.get("/admin/webhooks", query_string=_args(companies, query) | {"status": "rejected"}).text
    assert tuple(slug for slug in ("salon-lindgren", "werkstatt-kruse") if f">/{slug}<" in page) == shown


def test_a_caller_is_found_too_who_is_no_number_of_ours(support: FlaskClient, companies: tuple[Company, Company]) -> None:
    for number, shown in (("0171 3920050", "salon-lindgren"), ("0171 3920051", "werkstatt-kruse"), ("0171 3920052", None)):
        page = support.get("/admin/calls", query_string={"number": number}).text
        assert [slug for slug in ("salon-lindgren", "werkstatt-kruse") if f"· {slug}<" in page] == ([shown] if shown else [])


def test_the_filters_stay_in_every_link_of_the_page(support: FlaskClient, db: SQLAlchemy, companies: tuple[Company, Company]) -> None:
    for number in range(60):
        WebhookEventFactory(company_id=companies[0].id, to_number=MITTE, received_at=AT + timedelta(minutes=number % 7))
    db.session.commit()
    query = {"company": companies[0].id, "number": MITTE, "since": "2026-05-04T09:00"}
    page = support.get("/admin/webhooks", query_string=query).text
    assert 'value="04.05.2026 09:00"' in page and f'value="{MITTE}"' in page and f'value="{companies[0].id}" selected' in page
    assert "status=dead&amp;" in page.replace("&amp;status=dead", "status=dead&amp;")
    following = re.search(r'href="(/admin/webhooks\?[^"]*after=\d+[^"]*)"', page)
    assert following
    address = following[1].replace("&amp;", "&")
    assert all(part in address for part in (f"company={companies[0].id}", "number=%2B", "since=2026-05-04T09:00"))
    first, second = (re.findall(r'href="/admin/webhooks/(\d+)"', text) for text in (page, support.get(address).text))
    assert len(first) == 50 and len(second) == 11 and not set(first) & set(second)


def test_the_number_filtered_by_says_whose_it_is(support: FlaskClient, db: SQLAlchemy, companies: tuple[Company, Company]) -> None:
    with company_scope(companies[0].id), transaction():
        db.session.scalars(select(PhoneNumber)).one().is_active = False
    for path in ("/admin/webhooks", "/admin/calls"):
        assert "ist ausgeschaltet. Sie gehört zu Salon Lindgren, Berlin-Mitte." in support.get(path, query_string={"number": MITTE}).text
        assert "gehört zu Werkstatt Kruse, Berlin-Mitte." in support.get(path, query_string={"number": PANKOW}).text
        assert "gehört zu keiner Firma." in support.get(path, query_string={"number": "+493099999999"}).text


@pytest.mark.parametrize("path", ["/admin/webhooks", "/admin/calls", "/admin/webhooks?status=rejected"])
def test_people_of_a_company_find_nothing_there(app: Flask, db: SQLAlchemy, companies: tuple[Company, Company], path: str) -> None:
    assert signed_in(app, make_user(companies[0])).get(path).status_code == 404


# MariaDB reads small tables whole, whatever indexes there are
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@each_row(
    "path, query",
    [
        ("/admin/webhooks", {}),
        ("/admin/webhooks", {"company": "salon"}),
        ("/admin/webhooks", {"number": MITTE}),
        ("/admin/webhooks", {"since": "2026-05-04T10:00"}),
        ("/admin/webhooks", {"status": "dead", "since": "2026-05-04T10:00"}),
        ("/admin/calls", {}),
        ("/admin/calls", {"company": "salon"}),
        ("/admin/calls", {"number": MITTE}),
        ("/admin/calls", {"number": CALLER}),
        ("/admin/calls", {"since": "2026-05-04T10:00"}),
    ],
)
def test_each_filter_reads_an_index(
    support: FlaskClient, db: SQLAlchemy, companies: tuple[Company, Company], path: str, query: dict[str, str]
) -> None:
    """No list reads its whole table, nor sorts more than the calls of one caller."""
    statements: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if re.search(r"FROM (webhook_events|calls) .*LIMIT", statement, re.S):
            statements.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", keep)
    support.get(path, query_string=_args(companies, query))
    event.remove(db.engine, "before_cursor_execute", keep)
    assert statements
    with db.engine.connect() as connection:
        for statement, parameters in statements:
            plan = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
            assert not re.search(r"SCAN (webhook_events|calls)$", plan, re.M), plan
            assert query.get("number") == CALLER or "TEMP B-TREE FOR ORDER BY" not in plan, plan
