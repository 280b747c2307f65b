"""Both sides of a conversation in order, and what people of the business write into it."""

import pytest
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction, transaction
from app.domain.customers.contacts import find_or_create
from app.domain.notifications.suppressions import suppress
from app.domain.replies.conversation import TextNotPossible, list_conversation, write_text
from app.models import AuditEntry, Customer, Notification, User
from tests.domain.replies.conftest import Correspondence
from tests.factories.salon import make_salon
from tests.support.twilio_sms import LINE, MIRA


def _get_customer(texts: Correspondence) -> Customer:
    texts.db.session.rollback()
    return texts.db.session.scalars(select(Customer)).one()


def _write(texts: Correspondence, text: str, key: str = "k1") -> Notification:
    with transaction():
        author = texts.db.session.scalars(select(User)).first()
        if author is None:
            author = User(email="front@salon.example", name="Jule Kern", role="front_desk", company_id=texts.salon.company_id)
            texts.db.session.add(author)
            texts.db.session.flush()
    customer = _get_customer(texts)
    return run_in_transaction(lambda: write_text(customer, text, author, key=key))


def test_both_sides_are_listed_in_order(texts: Correspondence) -> None:
    texts.book()
    for text in ("absagen", "nein, lieber doch nicht", "Wo kann ich parken?"):
        texts.clock.shift(60)
        texts.write(text)
    texts.clock.shift(60)
    _write(texts, "Im Hof ist immer etwas frei.")
    texts.deliver()
    assert texts.list_sent() == ["Salon Lindgren: Im Hof ist immer etwas frei."]
    assert texts.twilio.messages[-1]["from"] == LINE, "from the number that was written to"
    entries = list_conversation(_get_customer(texts), [MIRA])
    assert [(bool(entry.inbound), (entry.text or "-")[:30]) for entry in entries] == [
        (False, "-"),
        (True, "absagen"), (False, "Salon Lindgren: Haarschnitt am"),
        (True, "nein, lieber doch nicht"), (False, "Salon Lindgren: Gut, es bleibt"),
        (True, "Wo kann ich parken?"), (False, "Salon Lindgren: Danke für Ihre"),
        (False, "Salon Lindgren: Im Hof ist imm"),
    ]  # fmt: skip
    assert entries[-1].author == "Jule Kern"


def test_the_answer_to_people_is_for_people(texts: Correspondence) -> None:
    booking_id = texts.book()
    texts.write("absagen")
    texts.clock.shift(60)
    _write(texts, "Soll ich den Termin mit Ihrer Tochter zusammenlegen?")
    texts.deliver()
    texts.list_sent()
    texts.clock.shift(60)
    assert texts.write("ja") == []
    booking = texts.find(booking_id)
    assert (booking.status, booking.customer_confirmed_at) == ("confirmed", None)
    assert [task.details for task in texts.list_tasks()] == ["ja"]


def test_a_form_sent_twice_is_one_message_and_noted_without_its_words(texts: Correspondence) -> None:
    texts.book()
    assert _write(texts, "Bis morgen!").id == _write(texts, "Bis morgen!").id
    entries = texts.db.session.scalars(select(AuditEntry).where(AuditEntry.action == "text_written")).all()
    assert len(entries) == 1
    assert "morgen" not in str(entries[0].data)


def test_what_may_not_be_sent_says_why(texts: Correspondence) -> None:
    texts.book()
    for text in ("", "  ", "x" * 451):
        with pytest.raises(InvalidInput):
            _write(texts, text)
    with transaction():
        suppress("sms", MIRA, "opted_out")
    with pytest.raises(TextNotPossible):
        _write(texts, "Hallo")


def test_another_company_with_the_same_customer_sees_nothing(texts: Correspondence) -> None:
    texts.book()
    texts.write("Wo kann ich parken?")
    with company_scope(make_salon("salon-b").company_id):
        other = run_in_transaction(lambda: find_or_create("Mira Sommer", number=MIRA))
        assert list_conversation(other, [MIRA]) == []
