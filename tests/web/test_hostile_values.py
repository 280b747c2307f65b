"""Hostile values in every field of every form and query of every route: never a 5xx, never a half-written row, never a token in the log.

Fields come from the form classes of a route's module, from the rendered forms and from the API's models, so a new one is covered by
itself. Here each field meets a few values, rotated over the routes; HOSTILE_VALUES=all tries them all (about half an hour).
"""

import itertools
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import update
from structlog.testing import capture_logs
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from app.api.operation import ApiOperation, get_operation
from app.core.route_guards import guard_of
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.accounts.api_keys import SCOPES, create_key
from app.domain.bookings import calendar_feeds, self_service_links
from app.domain.bookings.create import create_booking
from app.models import Company, LiveEventSequence
from tests.factories.salon import PRESENT, make_salon
from tests.support.hostile_values import BODIES, CONTENT_TYPES, HEADERS, JSON_VALUES, VALUES, forms_of, gaps_of, honest_fields
from tests.support.rows import MEANT, address_of, fill
from tests.support.users import csrf_token, make_user, signed_in
from tests.support.writes import watched_writes

# what takes a minute alone takes three beside everything else
pytestmark = pytest.mark.exhaustive

# says so where a worker or the clock is missing, as here
HONESTLY_DOWN = "/health"
FORM = "application/x-www-form-urlencoded"
EVERYTHING = os.environ.get("HOSTILE_VALUES") == "all"
# so many values each field meets here, the next field the next ones
A_FEW = 1
# a refused answer uses up its challenge as well
PASSKEYS = ("/account/passkeys", "/login/passkey")
# what is written whatever becomes of the request: the session, and the trace of a refused webhook
ALWAYS_WRITTEN = {"web_sessions", "rejected_webhooks"}
WORDS = {"provider": "smtp", "state": "off", "how": "block"}
# a page with a form for each of them
FORMS_ON = {"owner": "/live", "support": "/admin/webhooks", "nobody": "/login"}
GAPS = ("9" * 5000, "9" * 19, "-1", "%00", "%ED%A0%80", "%ff", "ü", "x" * 3000, "%2e%2e", "01HZZZZZZZZZZZZZZZZZZZZZZZ")
HOSTILE_HEADERS = [(name, value) for name, values in HEADERS.items() for value in values]
INPUT = re.compile(r'<(?:input|select|textarea)[^>]*\bname="([^"]+)"')
LEAVES = ("sign_in.logout",)


@dataclass
class Attack:
    """The salon, everybody who may ask, and what came of it."""

    app: Flask
    ids: dict[str, str]
    tokens: dict[str, str]
    key: str
    people: dict[str, FlaskClient]
    csrf: dict[str, str]
    written: list[str]
    found: list[str] = field(default_factory=list)
    tried: int = 0
    _values: Iterator[str] = field(default_factory=lambda: itertools.cycle(VALUES))
    _addresses: Iterator[int] = field(default_factory=itertools.count)

    def values(self) -> list[str]:
        return list(VALUES) if EVERYTHING else list(itertools.islice(self._values, A_FEW))

    def address(self, rule: Rule) -> str:
        words = WORDS | {"token": self.tokens["feed" if rule.rule.startswith("/ics/") else "link"], "feed": self.tokens["feed"]}
        return address_of(rule, gaps_of(rule, self.ids, words, MEANT))

    def send(self, who: str, method: str, address: str, *, told: str, may_write: bool = True, **request: Any) -> Any:
        """Sends it from an address of its own, so that no limit keeps it out; notes what must not be."""
        self.written.clear()
        self.tried += 1
        place = str(ip_address("10.0.0.0") + next(self._addresses))
        answer = self.people[who].open(address, method=method, environ_overrides={"REMOTE_ADDR": place}, **request)
        if answer.status_code >= 500 and not address.startswith(HONESTLY_DOWN):
            self.found.append(f"{answer.status_code} {who} {method} {told}")
        used_up = {"account_tokens"} if address.startswith(PASSKEYS) else set()
        if answer.status_code >= 400 and (half := set(self.written) - ALWAYS_WRITTEN - used_up):
            self.found.append(f"{answer.status_code} but written {sorted(half)}: {who} {method} {told}")
        return answer


@pytest.fixture
def attack(app: Flask, db: SQLAlchemy) -> Iterator[Attack]:
    with time_machine.travel(PRESENT, tick=True):
        salon = make_salon()
        company = db.session.get_one(Company, salon.company_id)
        ids = fill(company, "Zaunkönig")
        with company_scope(company.id), transaction():
            # the factories count their events from one
            db.session.execute(update(LiveEventSequence).values(seq=1000))
            booking = create_booking(salon.request("cut:anna", customer_id=None))
            tokens = {"link": self_service_links.create_link(booking), "feed": calendar_feeds.create_feed(staff_id=salon.people["anna"])}
        owner, support = make_user(company), make_user(None, "admin")
        with transaction():
            row, key = create_key(company, "Attack", list(SCOPES))
            row.per_minute = 10_000_000
        own = {
            "booking_id": booking.id, "after": booking.id, "service_id": salon.services["cut"], "branch_id": salon.branches["mitte"],
            "staff_id": salon.people["anna"], "number_id": ids["PhoneNumber"], "number": ids["PhoneNumber"], "parts": salon.services["cut"],
        }  # fmt: skip
        ids |= own | {"Booking": booking.id, "Service": salon.services["cut"], "StaffMember": salon.people["anna"]}
        people = {"owner": signed_in(app, owner), "support": signed_in(app, support), "nobody": app.test_client(), "key": app.test_client()}
        csrf = {
            who: csrf_token(people[who], page) for who, page in (("owner", "/live"), ("support", "/admin/webhooks"), ("nobody", "/login"))
        }
        with watched_writes(db.engine) as written:
            yield Attack(app, ids, tokens, key, people, csrf, written)


@pytest.fixture
def database_kind() -> str:
    """The values end at our own fields; which database stands behind them makes no difference, and takes twice as long."""
    return "sqlite"


def test_no_hostile_value_in_a_form_or_query_ends_in_a_5xx(attack: Attack) -> None:
    with capture_logs() as lines:
        for rule, method, who in pages(attack.app):
            if rule.endpoint in LEAVES:
                continue
            known = {
                name: value for form in forms_of(module_of(attack.app, rule)) for name, value in honest_fields(form, attack.ids).items()
            }
            address = attack.address(rule)
            if method == "GET":
                page = attack.send(who, "GET", address, told=rule.rule)
                known |= dict.fromkeys(set(INPUT.findall(page.text)) - known.keys() - {"csrf_token"}, "")
            for name, value in [(name, value) for name in known for value in attack.values()] + [("*", value) for value in attack.values()]:
                sent = dict.fromkeys(known, value) if name == "*" else known | {name: value}
                told = f"{rule.rule} {name}={value[:30]!r}"
                if method == "GET":
                    attack.send(who, method, address, told=told, query_string=encoded(sent))
                else:
                    body = encoded(sent | {"csrf_token": attack.csrf[who]})
                    attack.send(who, method, address, told=told, data=body, content_type=FORM)
                stay_signed_in(attack, rule)
    assert_clean(attack, lines, at_least=1000)


def test_no_hostile_body_of_the_api_ends_in_a_5xx(attack: Attack) -> None:
    with capture_logs() as lines:
        for rule, method, of in operations(attack.app):
            address, headers = attack.address(rule), {"Authorization": f"Bearer {attack.key}"}
            for name in of.query.model_json_schema()["properties"] if of.query else ():
                for value in attack.values():
                    attack.send(
                        "key",
                        method,
                        address,
                        told=f"{rule.rule}?{name}={value[:30]!r}",
                        headers=headers,
                        query_string=encoded({name: value}),
                    )
            if of.body is None:
                continue
            honest = honest_body(of.body.model_json_schema(), attack.ids)
            for path in paths_of(honest):
                for text in JSON_VALUES:
                    body = json.dumps(put(honest, path, "MARK")).replace('"MARK"', text)
                    told = f"{rule.rule} {'.'.join(path)}={text[:30]}"
                    attack.send("key", method, address, told=told, headers=headers, data=body.encode("utf-8", "surrogatepass"))
            for body in BODIES:
                attack.send("key", method, address, told=f"{rule.rule} {body[:20]!r}", headers=headers, data=body)
    assert_clean(attack, lines, at_least=100)


def test_no_strange_body_or_content_type_ends_in_a_5xx(attack: Attack) -> None:
    """Files where text is expected, forms that are none, and anything at all at the doors of providers and browsers."""
    types = itertools.cycle(CONTENT_TYPES)
    with capture_logs() as lines:
        for rule, method, who in pages(attack.app, kinds=("company", "support", "user", "public", "token", "signature")):
            if method == "GET" or rule.endpoint in LEAVES:
                continue
            address, csrf = attack.address(rule), {"X-CSRFToken": attack.csrf[who]}
            names = [name for form in forms_of(module_of(attack.app, rule)) for name in form.model_fields]
            files = {name: (BytesIO(b"x"), f"{name}.txt") for name in names}
            attack.send(who, method, address, told=f"{rule.rule} files", data=files, headers=csrf, content_type="multipart/form-data")
            twice = MultiDict((name, value) for name in names for value in ("", "1", "x"))
            attack.send(who, method, address, told=f"{rule.rule} twice", data=twice, headers=csrf)
            for body, kind in itertools.product(BODIES, CONTENT_TYPES) if EVERYTHING else zip(BODIES, types, strict=False):
                told = f"{rule.rule} {kind!r} {body[:20]!r}"
                attack.send(who, method, address, told=told, data=body, headers=csrf, content_type=kind)
            stay_signed_in(attack, rule)
    assert_clean(attack, lines, at_least=1000)


def test_no_hostile_header_or_gap_of_an_address_ends_in_a_5xx(attack: Attack) -> None:
    headers = itertools.cycle(HOSTILE_HEADERS)
    with capture_logs() as lines:
        for rule, method, who in pages(attack.app):
            few = HOSTILE_HEADERS if EVERYTHING else itertools.islice(headers, A_FEW)
            for name, value in few if method == "GET" else ():
                told, asker = f"{rule.rule} {name}: {value[:20]!r}", "nobody" if name == "Cookie" else who
                attack.send(asker, method, attack.address(rule), told=told, headers={name: value})
            for gap in rule.arguments:
                for value in GAPS:
                    others = {name: "off" if name == "state" else "01HZZZZZZZZZZZZZZZZZZZZZZZ" for name in rule.arguments}
                    address = address_of(rule, others | {gap: value})
                    attack.send(who, method, address, told=address[:90], data={"csrf_token": attack.csrf[who]} if method != "GET" else None)
    assert_clean(attack, lines, at_least=800)


def encoded(sent: dict[str, str]) -> str:
    return urlencode(sent, errors="surrogatepass")


def assert_clean(attack: Attack, lines: list[Any], *, at_least: int) -> None:
    said = json.dumps(lines, default=repr)
    assert not [name for name, token in attack.tokens.items() if token in said]
    assert not attack.found, "\n".join(attack.found)
    assert attack.tried >= at_least


def pages(app: Flask, kinds: tuple[str, ...] = ("company", "support", "user", "public", "token")) -> list[tuple[Rule, str, str]]:
    """Every page with each of its methods, by somebody who may open it; what takes something away comes last."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        guard = guard_of(view)
        if guard is not None and guard.kind in kinds and not get_operation(view):
            who = {"company": "owner", "support": "support", "user": "owner"}.get(guard.kind, "nobody")
            found += [(rule, method, who) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return sorted(found, key=lambda each: (each[1] != "GET", "cancel" in each[0].rule or "remove" in each[0].rule, each[0].rule))


def module_of(app: Flask, rule: Rule) -> Any:
    return sys.modules[app.view_functions[rule.endpoint].__module__]


def operations(app: Flask) -> list[tuple[Rule, str, ApiOperation]]:
    found = []
    for rule in app.url_map.iter_rules():
        if of := get_operation(app.view_functions[rule.endpoint]):
            found += [(rule, method, of) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


def honest_body(schema: dict[str, Any], ids: dict[str, str], whole: dict[str, Any] | None = None) -> dict[str, Any]:
    """Every property of the model, with something that somebody honest would send."""
    whole, body = whole or schema, {}
    for name, described in schema["properties"].items():
        if target := described.get("$ref"):
            body[name] = honest_body(whole["$defs"][target.rpartition("/")[2]], ids, whole)
        else:
            kinds = {described.get("format") or described.get("type")} | {
                each.get("format") or each.get("type") for each in described.get("anyOf", ())
            }
            body[name] = ids.get(name) or (
                "2026-05-12T11:00:00+02:00" if "date-time" in kinds else 1 if "integer" in kinds else "Anna Berg"
            )
    return body


def paths_of(body: dict[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in body.items():
        yield (*before, name)
        if isinstance(value, dict):
            yield from paths_of(value, (*before, name))


def put(body: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    name, *rest = path
    return body | {name: put(body[name], tuple(rest), value) if rest else value}


def stay_signed_in(attack: Attack, rule: Rule) -> None:
    """What signs somebody in or ends their session must not keep the rest from being tried."""
    if rule.endpoint in ("sign_in.log_in", "sign_in.change_password"):
        attack.people["nobody"] = attack.app.test_client()
        attack.csrf["nobody"] = csrf_token(attack.people["nobody"])
