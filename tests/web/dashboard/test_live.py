"""The live board and its state."""

import json
import re

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.models import Company
from tests.support.calls import make_call
from tests.support.users import branch_ids, limit_to, make_company, make_user, signed_in


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    return make_company(branches=("Berlin-Mitte", "Berlin-Pankow"))


def test_the_page_brings_the_state_that_the_address_answers(app: Flask, salon: Company) -> None:
    running = make_call(salon, status="ongoing", outcome=None, name="Hanna Vogt", words=("Guten Tag.",))
    ended = make_call(salon)
    client = signed_in(app, make_user(salon))
    state = client.get("/live/state").get_json()
    assert [call["id"] for call in state["calls"]] == [running]
    assert [call["id"] for call in state["ended"]] == [ended]
    assert state["calls"][0]["caller"]["name"] == "Hanna Vogt"
    assert state["calls"][0]["last_turns"][0]["text"] == "Guten Tag."
    assert state["redis"] is True
    brought = re.search(r'<script type="application/json" id="live-state">(.*?)</script>', client.get("/live").text, re.DOTALL)
    assert brought and json.loads(brought[1])["calls"] == state["calls"]
    assert client.get("/live/state/running").get_json() == {"running": 1, "unread": 0}


def test_the_state_stays_inside_company_and_branch(app: Flask, salon: Company) -> None:
    make_call(salon, branch=0, status="ongoing", outcome=None)
    pankow = make_call(salon, branch=1, status="ongoing", outcome=None)
    user = make_user(salon, "staff")
    limit_to(user, branch_ids(salon)[1])
    assert [call["id"] for call in signed_in(app, user).get("/live/state").get_json()["calls"]] == [pankow]
    other = signed_in(app, make_user(make_company("praxis"))).get("/live/state").get_json()
    assert other["calls"] == other["ended"] == []


def test_nobody_gets_no_state(app: Flask, salon: Company) -> None:
    assert app.test_client().get("/live/state").status_code == 401


def test_calls_of_a_line_check_are_not_shown(app: Flask, salon: Company) -> None:
    make_call(salon, status="ongoing", outcome=None, is_test=True)
    client = signed_in(app, make_user(salon))
    assert client.get("/live/state").get_json()["calls"] == []
    assert client.get("/live/state/running").get_json() == {"running": 0, "unread": 0}
