"""What every driver of call events must do, whoever the vendor is."""

import json
from dataclasses import fields
from datetime import UTC
from pathlib import Path
from typing import Any, get_args

from hypothesis import HealthCheck, given, settings, strategies as st

from app.providers import get_call_webhook_reader
from app.providers.voice import call_webhook_reader

PAYLOADS = Path(__file__).parents[1] / "payloads"


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / name).read_text())


class DriverContract:
    """Inherit, name the provider and give bodies as they come."""

    provider: str

    def bodies(self) -> list[bytes]:
        raise NotImplementedError

    @property
    def driver(self) -> call_webhook_reader.CallWebhookReader:
        return get_call_webhook_reader(self.provider)

    def test_the_registry_knows_it_by_its_name(self):
        assert self.driver.name == self.provider
        assert get_call_webhook_reader(self.provider) is self.driver

    def test_every_body_is_read_in_our_words(self):
        for raw in self.bodies():
            event = self.driver.read(raw)
            assert event.provider == self.provider
            assert event.kind in get_args(call_webhook_reader.CallEventKind)
            assert event.direction in get_args(call_webhook_reader.Direction)
            assert event.status in (None, *get_args(call_webhook_reader.CallStatus))
            assert event.end_category in (None, *get_args(call_webhook_reader.EndCategory))
            assert event.sentiment in (None, *get_args(call_webhook_reader.Sentiment))
            assert all(turn.role in get_args(call_webhook_reader.Role) for turn in event.turns or ())
            assert all(at is None or at.tzinfo is UTC for at in (event.started_at, event.ended_at))
            assert event.problems == ()

    def test_peeking_and_reading_agree(self):
        for raw in self.bodies():
            peek, event = self.driver.peek(raw), self.driver.read(raw)
            assert (peek.event, peek.provider_call_id, peek.business_raw) == (event.name, event.provider_call_id, event.business_raw)

    def test_a_second_delivery_has_the_same_key_and_another_event_another(self):
        keys = [self.driver.peek(raw).dedupe_key for raw in self.bodies()]
        assert keys == [self.driver.peek(raw).dedupe_key for raw in self.bodies()]
        assert len(set(keys)) == len(keys)

    def test_no_vendor_type_leaves_the_driver(self):
        plain = {"builtins", "datetime", "decimal", call_webhook_reader.__name__}
        for raw in self.bodies():
            event = self.driver.read(raw)
            assert {type(getattr(event, field.name)).__module__ for field in fields(event)} <= plain

    @settings(suppress_health_check=[HealthCheck.differing_executors])  # one run per driver is the point
    @given(data=st.data())
    def test_no_body_raises_anything_but_unreadable(self, data):
        raw = data.draw(st.one_of(st.binary(max_size=300), self.broken(data.draw(st.sampled_from(self.bodies())))))
        for look in (self.driver.peek, self.driver.read):
            try:
                look(raw)
            except call_webhook_reader.Unreadable as error:
                assert str(error)

    @staticmethod
    def broken(raw: bytes) -> st.SearchStrategy[bytes]:
        """A good body with a piece of it replaced."""
        place = st.integers(0, len(raw))
        return st.builds(lambda a, b, piece: raw[: min(a, b)] + piece + raw[max(a, b) :], place, place, st.binary(max_size=20))
