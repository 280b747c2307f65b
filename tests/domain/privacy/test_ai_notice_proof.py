"""Each call's proof that the notice was said: through the real doors and the real worker."""

import random
from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.extensions import db as the_db
from app.core.tenancy import company_scope
from app.domain.inbox.processor import drain_batch
from app.domain.line_check import runner
from app.domain.privacy.ai_notice import NOTICE, hash_wording
from app.models import AiNoticeWording, Call, CallAiNotice, PhoneNumber
from tests.factories.salon import Salon
from tests.support.agent_call import MITTE, make_salon_with_numbers
from tests.support.consent_dialogues import ReplayedCall

CALLS = 500


@pytest.fixture
def salon(db: SQLAlchemy) -> Salon:
    return make_salon_with_numbers()


def notices(salon: Salon) -> dict[str, CallAiNotice]:
    the_db.session.rollback()
    with company_scope(salon.company_id):
        rows = select(Call.provider_call_id, CallAiNotice).join(CallAiNotice, CallAiNotice.call_id == Call.id)
        return dict(the_db.session.execute(rows).all())


def test_five_hundred_calls_have_five_hundred_proofs(salon: Salon, client: FlaskClient) -> None:
    """Each with the words that our own answer to the ringing phone brought, in one event or in many, mixed and out of order."""
    chance = random.Random(500)
    bodies = []
    for number in range(CALLS):
        call = ReplayedCall(client, f"call_{number}", number=f"+49171392{chance.randrange(10_000):04}")
        if number % 50 == 0:
            first_words = call.ring()["agent_override"]["retell_llm"]["begin_message"]
        call.say("agent", first_words, tell=False)
        call.say("caller", "Guten Tag, haben Sie morgen etwas frei?", tell=False)
        bodies += call.written(("transcript_updated", "call_ended") if number % 3 else ("call_ended",))
    chance.shuffle(bodies)
    for body in bodies:
        assert call.send(body).status_code == 204
    while drain_batch(200):
        pass
    found = notices(salon)
    assert len(found) == CALLS
    assert Counter((notice.turn, notice.wording) for notice in found.values()) == {(0, hash_wording(NOTICE["de"])): CALLS}
    assert all(notice.at_ms is not None for notice in found.values())
    wordings = the_db.session.execute(select(AiNoticeWording.version, AiNoticeWording.language, AiNoticeWording.text)).all()
    assert wordings == [(hash_wording(NOTICE["de"]), "de", NOTICE["de"])]


def test_a_call_that_lacks_it_is_red_on_the_line_check_and_on_its_page(salon: Salon, client: FlaskClient, app: Flask) -> None:
    call = ReplayedCall(client, "call_1")
    call.say("agent", "Automatikgetriebe Schulz, guten Tag. Hier ist Lena, die digitale Assistentin.", tell=False)
    call.say("caller", "Guten Tag.", tell=False)
    call.end("Nichts.")
    while drain_batch(200):
        pass
    assert not notices(salon)["call_1"].is_spoken
    with company_scope(salon.company_id):
        number_id = the_db.session.scalars(select(PhoneNumber.id).where(PhoneNumber.e164 == MITTE)).one()
        check = runner.start_check(number_id, channel="page")
        step = next(step for step in check.steps if step["name"] == "notice")
        the_db.session.rollback()
    assert (step["status"], step["problem"], step["data"]) == ("failed", "notice_missing", {"lacking": 1, "calls": 1})


def test_a_call_without_words_proves_nothing_and_lacks_nothing(salon: Salon, client: FlaskClient) -> None:
    call = ReplayedCall(client, "call_1")
    call.start()
    call.end("")
    while drain_batch(200):
        pass
    assert notices(salon) == {}
