"""The stand-in signs, posts and repeats as Retell does."""

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from app.core.clock import now, to_ms
from app.core.signatures import verify_retell
from app.simulator import webhook_sender
from app.simulator.call_factory import SimulatedWebhook
from app.simulator.webhook_sender import SimulatedRetell

KEY = "key_tests_only"
EVENT = SimulatedWebhook("call_started", '{"event":"call_started","call":{"call_id":"call_ü"}}'.encode())


@pytest.fixture
def retell(http: HTTPServer, monkeypatch) -> SimulatedRetell:
    monkeypatch.setattr(webhook_sender, "RETRY_DELAYS_S", (0, 0, 0))
    return SimulatedRetell(http.url_for("/"), KEY)


def answer_with(http: HTTPServer, *statuses: int, path: str = "/api/retell/webhook") -> list[Request]:
    """Answers one after the other, the last one for ever; the requests that came."""
    came: list[Request] = []

    def handle(request: Request) -> Response:
        request.get_data(cache=True)
        came.append(request)
        return Response(status=statuses[min(len(came), len(statuses)) - 1])

    http.expect_request(path, method="POST").respond_with_handler(handle)
    return came


def signed_with(request: Request, key: str) -> bool:
    return verify_retell(request.get_data(), request.headers["X-Retell-Signature"], key, to_ms(now()))


def test_the_body_is_signed_the_moment_it_is_sent(http: HTTPServer, retell: SimulatedRetell):
    came = answer_with(http, 204)
    answer = retell.send(EVENT)
    assert (answer.status, answer.accepted, answer.as_expected, answer.tries) == (204, True, True, 1)
    assert came[0].get_data() == EVENT.body and signed_with(came[0], KEY)


def test_a_forged_and_an_old_signature_do_not_verify(http: HTTPServer, retell: SimulatedRetell):
    came = answer_with(http, 401)
    for signature in ("forged", "ten_minutes_old"):
        answer = retell.send(SimulatedWebhook("call_started", EVENT.body, signature=signature, expected=(401,)))
        assert answer.as_expected and not answer.accepted
    assert not signed_with(came[0], KEY) and not signed_with(came[1], KEY)
    assert verify_retell(came[1].get_data(), came[1].headers["X-Retell-Signature"], KEY, to_ms(now()) - 600_000)


def test_a_server_error_is_tried_again_up_to_three_times(http: HTTPServer, retell: SimulatedRetell):
    came = answer_with(http, 500, 503, 204)
    assert (retell.send(EVENT).status, len(came)) == (204, 3)
    http.clear()
    came = answer_with(http, 500)
    answer = retell.send(EVENT)
    assert (answer.status, answer.as_expected, answer.tries, len(came)) == (500, False, 4, 4)


def test_a_refusal_is_not_tried_again(http: HTTPServer, retell: SimulatedRetell):
    came = answer_with(http, 401)
    assert retell.send(EVENT).status == 401 and len(came) == 1


def test_a_server_without_an_inbound_door_is_asked_once(http: HTTPServer, retell: SimulatedRetell):
    came = answer_with(http, 404, path="/api/retell/inbound")
    ringing = SimulatedWebhook("call_inbound", b"{}", path="inbound")
    assert [retell.send(ringing).skipped for _ in range(3)] == [True, True, True]
    assert len(came) == 1


def test_a_dead_address_is_no_answer_and_no_error(monkeypatch):
    monkeypatch.setattr(webhook_sender, "RETRY_DELAYS_S", (0,))
    nobody = SimulatedRetell("http://127.0.0.1:9", KEY)
    assert (nobody.send(EVENT).status, nobody.send(EVENT).as_expected) == (0, False)
    assert not nobody.is_answered(within_s=0.1)
