"""Services, people and free times over the API."""

from tests.api.v1.conftest import Ask, wanted
from tests.factories.salon import Salon


def test_services_and_people_are_listed_in_the_businesss_order(ask: Ask, salon: Salon) -> None:
    services = ask("get", "/services").json
    assert [service["name"] for service in services["items"]] == ["Haarschnitt", "Balayage", "Waschen", "Yoga"]
    assert services["items"][1]["synonyms"] == ["Strähnchen"]
    assert (services["items"][0]["minutes"], services["items"][0]["price_cents"], services["total"]) == (30, 3500, 4)
    staff = ask("get", "/staff", branch_id=salon.branches["mitte"], service_id=salon.services["cut"]).json
    assert [person["id"] for person in staff["items"]] == list(salon.people.values())
    assert set(staff["items"][0]["branch_ids"]) == set(salon.branches.values())
    assert set(staff["items"][0]["service_ids"]) == set(salon.services.values())
    assert ask("get", "/staff", branch_id="nowhere").json["total"] == 0


def test_free_times_of_a_day_do_not_name_what_is_taken(ask: Ask, salon: Salon) -> None:
    question = {"service_id": salon.services["cut"], "branch_id": salon.branches["mitte"], "staff_id": salon.people["anna"]}
    before = ask("get", "/slots", **question, **{"from": "2026-05-12", "to": "2026-05-12", "per_page": "100"}).json
    assert before["items"][0] == {
        "starts_at": "2026-05-12T09:00:00+02:00",
        "ends_at": "2026-05-12T09:30:00+02:00",
        "staff_id": salon.people["anna"],
        "branch_id": salon.branches["mitte"],
    }
    assert before["total"] == 35
    assert ask("post", "/bookings", json=wanted(salon)).status_code == 201
    after = ask("get", "/slots", **question, **{"from": "2026-05-12", "to": "2026-05-12", "per_page": "100"}).json
    gone = {slot["starts_at"][11:16] for slot in before["items"]} - {slot["starts_at"][11:16] for slot in after["items"]}
    assert gone == {"09:45", "10:00", "10:15"}


def test_every_slot_can_be_booked(ask: Ask, salon: Salon) -> None:
    slot = ask("get", "/slots", service_id=salon.services["colour"]).json["items"][0]
    body = wanted(salon, slot["starts_at"], service_id=salon.services["colour"], staff_id=slot["staff_id"], branch_id=slot["branch_id"])
    assert ask("post", "/bookings", json=body).status_code == 201


def test_pages_of_slots_follow_each_other(ask: Ask, salon: Salon) -> None:
    question = {"service_id": salon.services["cut"], "from": "2026-05-12", "to": "2026-05-13"}
    first, second = (ask("get", "/slots", **question, page=page, per_page="10").json for page in ("1", "2"))
    assert first["items"][-1]["starts_at"] <= second["items"][0]["starts_at"]
    assert first["items"] != second["items"]


def test_a_question_that_makes_no_sense_says_so(ask: Ask, salon: Salon) -> None:
    assert set(ask("get", "/slots").json["fields"]) == {"service_id"}
    wide = {"service_id": salon.services["cut"], "from": "2026-05-12", "to": "2026-07-12"}
    assert set(ask("get", "/slots", **wide).json["fields"]) == {"to"}
    assert ask("get", "/slots", service_id=salon.services["cut"], **{"from": "2026-05-12", "to": "2026-05-01"}).json["items"] == []
