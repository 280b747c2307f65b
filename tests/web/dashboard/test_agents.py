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
from app.domain.agents.config_schema import get_effective_config
from app.domain.agents.inbound_call import handle_inbound
from app.domain.agents.provisioning.workflow import find_deployment
from app.domain.companies.number_lookup import find_numbers
from app.models import Company, Connection
from tests.doubles.retell import RetellDouble
from tests.factories.salon import Salon, make_salon
from tests.support.retell_world import DAY, NIGHT, RetellWorld, use_retell_double
from tests.support.users import make_user, signed_in, token_of

FILLED = {
    "name": "Lena", "language": "de", "voice": "11labs-Lily", "greeting": "Salon Lindgren.", "tone": "warm", "address": "formal",
    "rules": "Keine Dauerwelle.", "forward_when": "always", "mode": "always", "recording": "everything", "ai_notice": "1",
    "tools": ["book_appointment", "list_services"], "discloses": ["prices"], "longest_call_minutes": "30",
}  # fmt: skip


@pytest.fixture
def retell(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> Iterator[RetellWorld]:
    with RetellDouble() as double:
        use_retell_double(app, double, monkeypatch)
        world = RetellWorld(app, make_salon(), double)
        world.set_up()
        yield world


@pytest.fixture
def owner(app: Flask, db: SQLAlchemy, retell: RetellWorld) -> FlaskClient:
    return signed_in(app, make_user(_company(db, retell.salon), "owner"))


def _company(db: SQLAlchemy, salon: Salon) -> Company:
    company = db.session.get(Company, salon.company_id)
    assert company is not None
    return company


def post(client: FlaskClient, path: str, **fields: Any) -> Any:
    return client.post(path, data={"csrf_token": token_of(client), **fields})


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_draft_is_saved_shown_and_published(retell: RetellWorld, owner: FlaskClient) -> None:
    path = f"/agents/{retell.agent_id}"
    retell.publish(rules="Alte Regel.")
    assert post(owner, path, **FILLED, then="save").status_code == 302
    page = text(owner, path)
    assert "Neue Regel: „Keine Dauerwelle.“" in page
    assert "Regel gestrichen: „Alte Regel.“" in page
    assert "Darf nicht mehr: Termine absagen." in page
    assert post(owner, path, **FILLED, revision="1", then="publish").location.endswith("/provider")
    with company_scope(retell.salon.company_id):
        published = versions.find_published(retell.agent_id)
        assert published is not None
        assert published.content["rules"] == ["Keine Dauerwelle."]
    history = text(owner, f"{path}/history")
    assert "Fassung 2" in history
    assert "Astrid Lindgren" in history
    post(owner, f"{path}/restore", number="1")
    assert "Fassung 1 wieder aufgenommen." in text(owner, f"{path}/history")


def test_invalid_input_is_reported_at_its_field_and_kept(retell: RetellWorld, owner: FlaskClient) -> None:
    answer = post(owner, f"/agents/{retell.agent_id}", **FILLED | {"forward_number": "12", "rules": "Meine neue Regel."})
    assert answer.status_code == 422
    assert "Das ist keine Rufnummer." in answer.text
    assert "Meine neue Regel." in answer.text


def test_stale_draft_is_not_overwritten(retell: RetellWorld, owner: FlaskClient) -> None:
    retell.draft(rules="Von jemand anderem.")
    answer = post(owner, f"/agents/{retell.agent_id}", **FILLED, revision="0")
    assert answer.status_code == 409
    assert "Jemand anderes hat inzwischen gespeichert." in answer.text


def test_owner_and_manager_edit_staff_reads_others_are_denied(app: Flask, db: SQLAlchemy, retell: RetellWorld) -> None:
    company, path = _company(db, retell.salon), f"/agents/{retell.agent_id}"
    for role, reads, writes in (("owner", 200, 302), ("manager", 200, 302), ("front_desk", 200, 403), ("staff", 403, 403)):
        client = signed_in(app, make_user(company, role))
        assert [client.get(each).status_code for each in ("/agents", path, f"{path}/provider", f"{path}/history")] == [reads] * 4, role
        for each, fields in ((path, FILLED), (f"{path}/repair", {}), (f"{path}/restore", {"number": "1"}), (f"{path}/numbers", {})):
            if each.endswith("restore") and writes == 302:
                continue
            assert post(client, each, **fields).status_code == writes, (role, each)
        if reads == 200 and writes == 403:
            assert "Entwurf speichern" not in client.get(path).text


def test_drift_is_red_on_home_until_repaired(retell: RetellWorld, owner: FlaskClient) -> None:
    retell.publish_and_deploy()
    assert 'role="alert"' not in text(owner, "/dashboard")
    row = retell.row()
    retell.double.change_agent(row.agent_ref or "", row.agent_version, webhook_url=None)
    retell.double.change_number(NIGHT, inbound_agents=None)
    retell.check()
    for path in ("/dashboard", "/agents"):
        page = text(owner, path)
        assert "Lena steht beim Telefondienst Retell nicht so, wie sie soll: Adresse für Anrufe, Rufnummer 030 23125101." in page
        assert 'is-bad" role="alert"' in page
    page = text(owner, f"/agents/{retell.agent_id}/provider")
    assert "fehlt" in page
    assert "Reparieren" in page
    post(owner, f"/agents/{retell.agent_id}/repair")
    retell.deploy()
    assert 'role="alert"' not in text(owner, "/dashboard")


@pytest.mark.parametrize("kind", ["never", "refused", "away", "stale", "nobody"])
def test_unknown_state_is_red(retell: RetellWorld, owner: FlaskClient, kind: str) -> None:
    if kind == "never":
        retell.draft()
        retell.run(lambda: versions.publish(retell.agent_id, by=None))
    elif kind == "refused":
        retell.double.key = "another"
        retell.publish_and_deploy()
    elif kind == "away":
        with retell.double.down():
            retell.publish_and_deploy()
    elif kind == "stale":
        retell.publish_and_deploy()

        def forget() -> None:
            row = find_deployment(retell.agent_id)
            assert row is not None
            row.checked_at = None

        retell.run(forget)
    else:
        retell.publish_and_deploy()
        post(owner, f"/agents/{retell.agent_id}/numbers")
    assert 'is-bad" role="alert"' in text(owner, "/dashboard")
    if kind == "away":
        # what we found out ourselves is told in the reader's language, and not as Retell's words
        page = text(owner, f"/agents/{retell.agent_id}/provider")
        assert "The provider" not in page and "Retell antwortet:" not in page


def test_without_a_key_the_page_says_that_it_is_not_set_up(app: Flask, retell: RetellWorld, owner: FlaskClient) -> None:
    retell.run(_without_connection)
    app.config["SETTINGS"].retell_api_key = None
    retell.publish()
    page = text(owner, f"/agents/{retell.agent_id}/provider")
    assert "nicht eingerichtet" in page
    assert "Echte Anrufe nimmt Lena noch nicht an" in text(owner, "/dashboard")
    told = post(owner, f"/agents/{retell.agent_id}/check")
    assert told.status_code == 302
    assert "Echte Anrufe nimmt Lena noch nicht an" in owner.get(told.location).text


def test_numbers_are_assigned_removed_and_deployed(retell: RetellWorld, owner: FlaskClient) -> None:
    retell.publish_and_deploy()
    post(owner, f"/agents/{retell.agent_id}/numbers", number=retell.number_id(NIGHT))
    retell.deploy()
    assert retell.row().status == "right"
    assert "meldet sich niemand" in text(owner, "/dashboard")


def test_the_pages_speak_english(app: Flask, db: SQLAlchemy, retell: RetellWorld) -> None:
    retell.publish_and_deploy()
    client = signed_in(app, make_user(_company(db, retell.salon), "owner", language="en"))
    assert "Lena is registered with the telephone service Retell as she should be." in text(client, f"/agents/{retell.agent_id}/provider")
    assert "What she may do" in text(client, f"/agents/{retell.agent_id}")


def _without_connection() -> None:
    database.session.execute(delete(Connection))


def _ring(retell: RetellWorld, number: str = NIGHT) -> Any:
    with company_scope(retell.salon.company_id):
        match = find_numbers([number])[number]
        return handle_inbound(match, "+491713920050")


def test_inactive_agent_transfers_and_promises_nothing(retell: RetellWorld, owner: FlaskClient) -> None:
    retell.publish_and_deploy(forward_number="030 23125199")
    path = f"/agents/{retell.agent_id}"
    assert _ring(retell).variables["hand_over"] == "no"
    assert post(owner, f"{path}/off").status_code == 302
    retell.deploy()
    assert retell.row().status == "right"
    (versions_there,) = retell.double.llms.values()
    tools = {tool["name"] for tool in versions_there[-1]["general_tools"]}
    assert tools == {
        "transfer_call", "take_message", "request_callback", "get_context", "parse_date", "parse_spelling", "correct_name", "set_consent",
        "report_emergency", "put_through", "put_through_on_call", "end_call",
    }  # fmt: skip
    assert _ring(retell).variables["hand_over"] == "yes"
    assert "ist ausgeschaltet. Anrufe gehen dann sofort an 030 23125199" in text(owner, "/dashboard").replace("\xa0", " ")
    assert post(owner, f"{path}/on").status_code == 302
    assert _ring(retell).variables["hand_over"] == "no"
    assert retell.audit_data("agent_switched_off") == [None]


def test_a_switched_off_assistant_refuses_to_book_but_takes_a_message(retell: RetellWorld, owner: FlaskClient) -> None:
    retell.publish_and_deploy()
    post(owner, f"/agents/{retell.agent_id}/off")
    with company_scope(retell.salon.company_id):
        agent = versions.get_agent(retell.agent_id)
        content = get_effective_config(agent, versions.find_published(retell.agent_id))
    assert not content.allows("book_appointment")
    assert content.allows("take_message")
    assert content.is_inactive
    assert "rests" not in content.as_json()


def test_removed_number_is_unbound_at_provider(retell: RetellWorld, owner: FlaskClient) -> None:
    retell.publish_and_deploy()
    assert retell.double.numbers[NIGHT]["inbound_agents"]
    post(owner, f"/agents/{retell.agent_id}/numbers", number=[retell.number_id(DAY)])
    retell.deploy()
    assert not retell.double.numbers[NIGHT]["inbound_agents"]
    assert retell.double.numbers[NIGHT]["inbound_webhook_url"] is None
    assert retell.double.numbers[DAY]["inbound_agents"]
    assert retell.row().status == "right"
    # somebody binds it again by hand: that is different, and shown
    retell.double.numbers[NIGHT]["inbound_agents"] = retell.double.numbers[DAY]["inbound_agents"]
    retell.check()
    assert retell.mismatched_keys() == [f"released:{NIGHT}"]
    retell.repair()
    assert retell.row().status == "right"


def test_number_of_another_agent_stays_bound(retell: RetellWorld, owner: FlaskClient) -> None:
    retell.publish_and_deploy()
    retell.double.numbers[NIGHT]["inbound_agents"] = [{"agent_id": "agent_of_another", "weight": 1}]
    post(owner, f"/agents/{retell.agent_id}/numbers", number=[retell.number_id(DAY)])
    retell.deploy()
    assert retell.double.numbers[NIGHT]["inbound_agents"] == [{"agent_id": "agent_of_another", "weight": 1}]
