"""Who was promised a callback reads when it comes: once, as it stands, and nothing of one that is done."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.clock import now, to_ms
from app.core.event_bus import publish
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction
from app.domain.calls import callback_promises
from app.domain.notifications import delivery
from app.domain.notifications.message_policies import save_message_rules
from app.domain.notifications.suppressions import suppress
from app.domain.tasks.lifecycle import complete_task, create_task, reopen_task
from app.events import TaskUpdated
from app.jobs import message_writers
from app.models import Call, PhoneNumber, StaffTask
from tests.factories.salon import at, make_salon
from tests.support.retell_webhooks import CALLER, PANKOW, transcript
from tests.support.telephone_line import SPOKEN, TelephoneLine

TEN, NOON = at("2026-05-05T10:00"), at("2026-05-05T12:00")
BETWEEN = {"due_kind": "from", "due_at": TEN, "due_until": NOON}


def ask(line: TelephoneLine, call_id: str = "call_1", *, call: dict[str, Any] | None = None, **due: Any) -> str:
    """A call that goes on, and the callback that it asks for."""
    line.post("call_started", call_id, start_timestamp=to_ms(now()), call_status="ongoing", **(call or {}))

    def work() -> str:
        own = line.db.session.scalars(select(Call).where(Call.provider_call_id == call_id)).one()
        return create_task("callback", "Rückruf: Mira", source_ref=f"callback:{own.id}", call=own, **(due or BETWEEN)).id

    return run_in_transaction(work)


def end(line: TelephoneLine, call_id: str = "call_1", **call: Any) -> None:
    line.ring(call_id, **{"said": SPOKEN, "length_s": 60, **call})


def change(line: TelephoneLine, task_id: str, **values: Any) -> None:
    def work() -> None:
        task = line.db.session.get_one(StaffTask, task_id)
        for name, value in values.items():
            setattr(task, name, value)
        publish(TaskUpdated(task.company_id, task.branch_id, task.id, task.call_id))

    run_in_transaction(work)


PROMISES: dict[str, tuple[dict[str, Any], str]] = {
    "between": (BETWEEN, "Salon Lindgren: Wir rufen Sie am Di. 5. Mai zwischen 10:00 und 12:00 Uhr zurück."),
    "from": ({"due_kind": "from", "due_at": TEN}, "Salon Lindgren: Wir rufen Sie am Di. 5. Mai ab 10:00 Uhr zurück."),
    "at": ({"due_kind": "at", "due_at": TEN}, "Salon Lindgren: Wir rufen Sie am Di. 5. Mai um 10:00 zurück."),
    "by": ({"due_kind": "by", "due_at": TEN}, "Salon Lindgren: Wir rufen Sie am Di. 5. Mai zurück, spätestens um 10:00 Uhr."),
}


@pytest.mark.parametrize(("due", "text"), PROMISES.values(), ids=PROMISES)
def test_it_is_said_once_the_call_has_ended(line: TelephoneLine, due: dict[str, Any], text: str) -> None:
    ask(line, **due)
    assert line.work() == []
    end(line)
    assert line.work() == [text]
    end(line)
    assert line.work(60) == []
    (row,) = line.rows()
    assert (row.kind, row.status, row.segments, line.twilio.messages[0]["to"]) == ("callback_promise", "sent", 1, CALLER)


NOT_FOR: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "no time was promised": ({}, {"due_at": None}),
    "a time without a promise": ({}, {"due_at": TEN}),
    "its time is over": ({}, {"due_kind": "by", "due_at": at("2026-05-04T09:00")}),
    "withheld": ({"from_number": "anonymous"}, BETWEEN),
    "landline": ({"from_number": "+493023125177"}, BETWEEN),
}


@pytest.mark.parametrize(("call", "due"), NOT_FOR.values(), ids=NOT_FOR)
def test_nobody_else_is_told(line: TelephoneLine, call: dict[str, Any], due: dict[str, Any]) -> None:
    ask(line, call=call, **due)
    end(line, **call)
    assert line.work(60) == []


def test_who_declined_is_called_back_and_not_written_to(line: TelephoneLine) -> None:
    ask(line)
    end(line, said=transcript("Guten Tag, hier ist die KI.", "Nein, ich will nicht mit einer KI reden. Rufen Sie mich zurück."))
    assert line.work(60) == []


def test_nothing_to_the_suppressed_or_where_the_company_does_not_want_it(line: TelephoneLine) -> None:
    run_in_transaction(lambda: suppress("sms", CALLER, "opted_out"))
    ask(line, "call_1")
    end(line, "call_1")
    other = {"from_number": "+491713920051"}
    run_in_transaction(lambda: save_message_rules({"callback_texts": False}))
    ask(line, "call_2", call=other)
    end(line, "call_2", **other)
    assert line.work(60) == [] and line.rows() == []


def test_done_before_it_leaves_it_is_taken_back(line: TelephoneLine) -> None:
    task_id = ask(line)
    line.twilio.fail("503", times=999)
    end(line)
    line.work(3)
    run_in_transaction(lambda: complete_task(task_id, branch_ids=[]))
    line.twilio.restore()
    assert line.work(60) == [] and [row.status for row in line.rows()] == ["expired"]
    run_in_transaction(lambda: reopen_task(task_id, branch_ids=[]))
    assert len(line.work()) == 1, "it is open again"


def test_done_after_the_call_nothing_is_said(line: TelephoneLine) -> None:
    task_id = ask(line)
    run_in_transaction(lambda: complete_task(task_id, branch_ids=[]))
    end(line)
    assert line.work(60) == []


def test_another_time_before_it_left_is_the_only_one_told(line: TelephoneLine) -> None:
    task_id = ask(line)
    line.twilio.fail("503", times=999)
    end(line)
    line.work(3)
    change(line, task_id, due_at=NOON, due_until=None)
    line.twilio.restore()
    assert line.work(60) == ["Salon Lindgren: Wir rufen Sie am Di. 5. Mai ab 12:00 Uhr zurück."]


def test_each_later_time_is_told_also_one_that_comes_back(line: TelephoneLine) -> None:
    task_id = ask(line, due_kind="at", due_at=TEN)
    end(line)
    texts = line.work()
    for moved in (NOON, NOON, TEN):
        change(line, task_id, due_at=moved)
        texts += line.work()
    assert [text.rpartition(" um ")[2] for text in texts] == ["10:00 zurück.", "12:00 zurück.", "10:00 zurück."]
    change(line, task_id, details="Es geht um die Farbe.")
    assert line.work(60) == []


def test_in_the_night_it_waits_for_the_morning_unless_they_have_just_called(line: TelephoneLine) -> None:
    line.clock.move_to(at("2026-05-04T22:00"))
    task_id = ask(line, due_kind="at", due_at=NOON)
    end(line)
    assert len(line.work()) == 1
    line.clock.move_to(at("2026-05-04T23:00"))
    change(line, task_id, due_at=at("2026-05-05T11:00"))
    assert line.work(60 * 8.9) == []
    line.clock.move_to(at("2026-05-05T08:01"))
    assert len(line.work()) == 1


def test_what_is_over_before_the_morning_is_not_told(line: TelephoneLine) -> None:
    task_id = ask(line, due_kind="at", due_at=NOON)
    end(line)
    line.work()
    line.clock.move_to(at("2026-05-04T23:00"))
    change(line, task_id, due_at=at("2026-05-05T07:30"))
    line.work(60 * 10)
    assert [row.status for row in line.rows()] == ["sent", "expired"]


def test_the_end_before_the_callback_is_known(line: TelephoneLine) -> None:
    """The function of the agent and the webhook of the end may come in any order."""
    end(line)

    def work() -> None:
        create_task("callback", "Rückruf", source_ref="callback:late", call=line.db.session.scalars(select(Call)).one(), **BETWEEN)

    run_in_transaction(work)

    assert len(line.work()) == 1


def test_in_the_language_of_the_caller(line: TelephoneLine) -> None:
    ask(line, call={"metadata": {"language": "en"}})
    end(line)
    assert line.work() == ["Salon Lindgren: We will call you back on Tue 5 May between 10:00 and 12:00."]


def test_a_worker_that_dies_sends_it_once(line: TelephoneLine) -> None:
    ask(line)
    end(line)
    (row,) = line.rows()
    row_id = row.id
    attempt = run_in_transaction(lambda: delivery.claim(row_id, message_writers))
    assert attempt is not None
    delivery.send(attempt)
    assert line.work(10) == [] and len(line.twilio.messages) == 1
    task_id = row.subject.partition(":")[2]
    run_in_transaction(lambda: callback_promises.plan_promises([task_id]))
    assert line.work(10) == [] and len(line.rows()) == 1


def test_another_company_knows_nothing_of_it(line: TelephoneLine) -> None:
    task_id = ask(line)
    end(line)
    other = make_salon("salon-two")
    with company_scope(other.company_id):
        run_in_transaction(lambda: line.db.session.add(PhoneNumber(e164=PANKOW, branch_id=other.branches["mitte"])))
        assert run_in_transaction(lambda: callback_promises.plan_promises([task_id])) == []
    assert len(line.work()) == 1


def test_the_time_zone_is_that_of_the_branch(line: TelephoneLine) -> None:
    line.clock.move_to(datetime.fromisoformat("2026-10-24T10:00:00+02:00"))
    ask(line, due_kind="at", due_at=at("2026-10-26T09:00"))
    end(line)
    assert line.work() == ["Salon Lindgren: Wir rufen Sie am Mo. 26. Okt. um 09:00 zurück."]
    assert now() - timedelta(hours=1) < datetime.fromisoformat("2026-10-24T10:00:00+02:00")
