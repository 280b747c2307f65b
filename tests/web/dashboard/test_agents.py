"""The assistant's pages: drafting, publishing, going back, and how she stands at Retell, which must not be overlooked."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import delete

from app.core.extensions import db as database
from app.core.tenancy import company_scope
from app.domain.agents import versions
from app.domain.agents.config import get_effective_config
from app.domain.agents.inbound_call import handle_inbound
from app.domain.agents.provisioning.workflow import find_deployment
from app.domain.companies.number_lookup import find_numbers
from app.models import Company, Connection
from tests.doubles.retell import RetellDouble
from tests.factories.salons import Salon, make_salon
from tests.support.at_retell import DAY, NIGHT, AtRetell, stand_in
from tests.support.people import csrf_token, make_user, signed_in

FILLED = {
    "name": "Lena", "language": "de", "voice": "11labs-Lily", "greeting": "Salon Lindgren.", "tone": "warm", "address": "formal",
    "rules": "Keine Dauerwelle.", "forward_when": "always", "mode": "always", "recording": "everything", "ai_notice": "1",
    "tools": ["book_appointment", "list_services"], "discloses": ["prices"], "longest_call_minutes": "30",
}  # fmt: skip


@pytest.fixture
def there(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtRetell]:
    with RetellDouble() as double:
        stand_in(app, double, monkeypatch)
        world = AtRetell(app, make_salon(), double)
        world.set_up()
        yield world


@pytest.fixture
def owner(app: Flask, db: SQLAlchemy, there: AtRetell) -> FlaskClient:
    return signed_in(app, make_user(_company(db, there.salon), "owner"))


def _company(db: SQLAlchemy, salon: Salon) -> Company:
    company = db.session.get(Company, salon.company_id)
    assert company is not None
    return company


def post(client: FlaskClient, path: str, **fields: Any) -> Any:
    return client.post(path, data={"csrf_token": csrf_token(client, "/tasks"), **fields})


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_a_draft_is_saved_shown_in_words_and_published(there: AtRetell, owner: FlaskClient) -> None:
    path = f"/agents/{there.agent_id}"
    there.publish(rules="Alte Regel.")
    assert post(owner, path, **FILLED, then="save").status_code == 302
    page = text(owner, path)
    assert "Neue Regel: „Keine Dauerwelle.“" in page
    assert "Regel gestrichen: „Alte Regel.“" in page
    assert "Darf nicht mehr: Termine absagen." in page
    assert post(owner, path, **FILLED, revision="1", then="publish").location.endswith("/provider")
    with company_scope(there.salon.company_id):
        published = versions.find_published(there.agent_id)
        assert published is not None
        assert published.content["rules"] == ["Keine Dauerwelle."]
    history = text(owner, f"{path}/history")
    assert "Fassung 2" in history
    assert "Astrid Lindgren" in history
    post(owner, f"{path}/restore", number="1")
    assert "Fassung 1 wieder aufgenommen." in text(owner, f"{path}/history")


def test_what_is_wrong_is_said_at_its_field_and_kept_on_the_page(there: AtRetell, owner: FlaskClient) -> None:
    answer = post(owner, f"/agents/{there.agent_id}", **FILLED | {"forward_to": "12", "rules": "Meine neue Regel."})
    assert answer.status_code == 422
    assert "Das ist keine Rufnummer." in answer.text
    assert "Meine neue Regel." in answer.text


def test_who_saved_meanwhile_is_not_written_over(there: AtRetell, owner: FlaskClient) -> None:
    there.draft(rules="Von jemand anderem.")
    answer = post(owner, f"/agents/{there.agent_id}", **FILLED, revision="0")
    assert answer.status_code == 409
    assert "Jemand anderes hat inzwischen gespeichert." in answer.text


def test_owner_and_manager_write_the_desk_reads_and_others_are_kept_out(app: Flask, db: SQLAlchemy, there: AtRetell) -> None:
    company, path = _company(db, there.salon), f"/agents/{there.agent_id}"
    for role, reads, writes in (("owner", 200, 302), ("manager", 200, 302), ("front_desk", 200, 403), ("staff", 403, 403)):
        client = signed_in(app, make_user(company, role))
        assert [client.get(each).status_code for each in ("/agents", path, f"{path}/provider", f"{path}/history")] == [reads] * 4, role
        for each, fields in ((path, FILLED), (f"{path}/repair", {}), (f"{path}/restore", {"number": "1"}), (f"{path}/numbers", {})):
            if each.endswith("restore") and writes == 302:
                continue
            assert post(client, each, **fields).status_code == writes, (role, each)
        if reads == 200 and writes == 403:
            assert "Entwurf speichern" not in client.get(path).text


def test_what_stands_wrong_at_retell_is_red_on_the_start_page_until_it_is_repaired(there: AtRetell, owner: FlaskClient) -> None:
    there.stand()
    assert 'role="alert"' not in text(owner, "/dashboard")
    row = there.row()
    there.double.change_agent(row.agent_ref or "", row.agent_version, webhook_url=None)
    there.double.change_number(NIGHT, inbound_agents=None)
    there.check()
    for path in ("/dashboard", "/agents"):
        page = text(owner, path)
        assert "Lena steht beim Telefondienst Retell nicht so, wie sie soll: Adresse für Anrufe, Rufnummer 030 23125101." in page
        assert 'is-bad" role="alert"' in page
    page = text(owner, f"/agents/{there.agent_id}/provider")
    assert "fehlt" in page
    assert "Reparieren" in page
    post(owner, f"/agents/{there.agent_id}/repair")
    there.work()
    assert 'role="alert"' not in text(owner, "/dashboard")


@pytest.mark.parametrize("kind", ["never", "refused", "away", "stale", "nobody"])
def test_what_nobody_knows_is_red_too(there: AtRetell, owner: FlaskClient, kind: str) -> None:
    if kind == "never":
        there.draft()
        there.do(lambda: versions.publish(there.agent_id, by=None))
    elif kind == "refused":
        there.double.key = "another"
        there.stand()
    elif kind == "away":
        with there.double.down():
            there.stand()
    elif kind == "stale":
        there.stand()

        def forget() -> None:
            row = find_deployment(there.agent_id)
            assert row is not None
            row.checked_at = None

        there.do(forget)
    else:
        there.stand()
        post(owner, f"/agents/{there.agent_id}/numbers")
    assert 'is-bad" role="alert"' in text(owner, "/dashboard")
    if kind == "away":
        # what we found out ourselves is told in the reader's language, and not as Retell's words
        page = text(owner, f"/agents/{there.agent_id}/provider")
        assert "The provider" not in page and "Retell antwortet:" not in page


def test_without_a_key_the_page_says_that_it_is_not_set_up(app: Flask, there: AtRetell, owner: FlaskClient) -> None:
    there.do(_without_connection)
    app.config["SETTINGS"].retell_api_key = None
    there.publish()
    page = text(owner, f"/agents/{there.agent_id}/provider")
    assert "nicht eingerichtet" in page
    assert "Lena ist noch nicht am Telefon" in text(owner, "/dashboard")
    told = post(owner, f"/agents/{there.agent_id}/check")
    assert told.status_code == 302
    assert "Lena ist noch nicht am Telefon" in owner.get(told.location).text


def test_numbers_are_given_and_taken_and_written_there(there: AtRetell, owner: FlaskClient) -> None:
    there.stand()
    post(owner, f"/agents/{there.agent_id}/numbers", number=there.number_id(NIGHT))
    there.work()
    assert there.row().status == "right"
    assert "meldet sich niemand" in text(owner, "/dashboard")


def test_the_pages_speak_english(app: Flask, db: SQLAlchemy, there: AtRetell) -> None:
    there.stand()
    client = signed_in(app, make_user(_company(db, there.salon), "owner", language="en"))
    assert "Lena is registered with the telephone service Retell as she should be." in text(client, f"/agents/{there.agent_id}/provider")
    assert "What she may do" in text(client, f"/agents/{there.agent_id}")


def _without_connection() -> None:
    database.session.execute(delete(Connection))


def _ring(there: AtRetell, number: str = NIGHT) -> Any:
    with company_scope(there.salon.company_id):
        match, _cached = find_numbers([number])[number]
        return handle_inbound(match, "+491713920050")


def test_who_is_switched_off_puts_through_promises_nothing_and_says_so(there: AtRetell, owner: FlaskClient) -> None:
    there.stand(forward_to="030 23125199")
    path = f"/agents/{there.agent_id}"
    assert _ring(there).variables["hand_over"] == "no"
    assert post(owner, f"{path}/off").status_code == 302
    there.work()
    assert there.row().status == "right"
    (versions_there,) = there.double.llms.values()
    tools = {tool["name"] for tool in versions_there[-1]["general_tools"]}
    assert tools == {
        "transfer_call", "take_message", "request_callback", "get_context", "parse_date", "set_consent", "report_emergency", "put_through",
        "put_through_on_call", "end_call",
    }  # fmt: skip
    assert _ring(there).variables["hand_over"] == "yes"
    assert "ist ausgeschaltet. Anrufe gehen dann sofort an 030 23125199" in text(owner, "/dashboard").replace("\xa0", " ")
    assert post(owner, f"{path}/on").status_code == 302
    assert _ring(there).variables["hand_over"] == "no"
    assert there.audited("agent_switched_off") == [None]


def test_a_switched_off_assistant_refuses_to_book_but_takes_a_message(there: AtRetell, owner: FlaskClient) -> None:
    there.stand()
    post(owner, f"/agents/{there.agent_id}/off")
    with company_scope(there.salon.company_id):
        agent = versions.get_agent(there.agent_id)
        content = get_effective_config(agent, versions.find_published(there.agent_id))
    assert not content.allows("book_appointment")
    assert content.allows("take_message")
    assert content.is_inactive
    assert "rests" not in content.as_json()


def test_a_number_taken_from_her_is_taken_from_her_there_too(there: AtRetell, owner: FlaskClient) -> None:
    there.stand()
    assert there.double.numbers[NIGHT]["inbound_agents"]
    post(owner, f"/agents/{there.agent_id}/numbers", number=[there.number_id(DAY)])
    there.work()
    assert not there.double.numbers[NIGHT]["inbound_agents"]
    assert there.double.numbers[NIGHT]["inbound_webhook_url"] is None
    assert there.double.numbers[DAY]["inbound_agents"]
    assert there.row().status == "right"
    # somebody binds it again by hand: that is different, and shown
    there.double.numbers[NIGHT]["inbound_agents"] = there.double.numbers[DAY]["inbound_agents"]
    there.check()
    assert there.wrong() == [f"released:{NIGHT}"]
    there.repair()
    assert there.row().status == "right"


def test_a_number_that_somebody_else_answers_there_is_left_to_them(there: AtRetell, owner: FlaskClient) -> None:
    there.stand()
    there.double.numbers[NIGHT]["inbound_agents"] = [{"agent_id": "agent_of_another", "weight": 1}]
    post(owner, f"/agents/{there.agent_id}/numbers", number=[there.number_id(DAY)])
    there.work()
    assert there.double.numbers[NIGHT]["inbound_agents"] == [{"agent_id": "agent_of_another", "weight": 1}]
