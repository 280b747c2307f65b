"""Retell's webhooks about calls, and a company with a phone number to receive them."""

import json
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.clock import now, to_ms
from app.core.extensions import db
from app.core.signatures import sign_retell
from app.core.tenancy import company_scope
from app.models import Branch, Company, PhoneNumber

KEY = "key_tests_only_retell"
MITTE = "+493023125100"
PANKOW = "+493023125101"
CALLER = "+491713920050"
START_MS = 1773130445120


def make_company_with_number(slug: str = "salon-lindgren", number: str = MITTE, branch: str = "Berlin-Mitte") -> Company:
    """A company with one branch and its number, committed."""
    company = Company(slug=slug, name="Salon Lindgren")
    db.session.add(company)
    db.session.flush()
    add_branch(company, branch, number)
    db.session.commit()
    return company


def add_branch(company: Company, name: str, number: str) -> Branch:
    with company_scope(company.id):
        branch = Branch(slug=name.lower(), name=name, state="BE")
        db.session.add(branch)
        db.session.flush()
        db.session.add(PhoneNumber(e164=number, branch_id=branch.id))
        db.session.commit()
    return branch


def call_body(event: str, call_id: str = "call_1", **call: Any) -> bytes:
    """Build an event as Retell sends it; `call` adds fields to the call object or, with None, removes them."""
    made = {
        "call_type": "phone_call", "call_id": call_id, "agent_id": "agent_lena", "from_number": CALLER, "to_number": MITTE,
        "direction": "inbound", "start_timestamp": START_MS, **call,
    }  # fmt: skip
    return json.dumps({"event": event, "call": {name: value for name, value in made.items() if value is not None}}).encode()


def transcript(*texts: str) -> list[dict[str, Any]]:
    """Build alternating turns, the agent first."""
    roles = ("agent", "user")
    return [
        {"role": roles[place % 2], "content": text, "words": [{"word": text, "start": place * 2.0, "end": place * 2.0 + 1}]}
        for place, text in enumerate(texts)
    ]


def send(
    client: FlaskClient, raw: bytes, *, key: str = KEY, path: str = "/api/retell/webhook", age_ms: int = 0, **headers: str
) -> TestResponse:
    signature = sign_retell(raw, key, to_ms(now()) - age_ms)
    return client.post(path, data=raw, headers={"X-Retell-Signature": signature, "Content-Type": "application/json", **headers})
