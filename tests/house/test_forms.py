"""Pages declare what they read: nobody asks the request for its fields by hand."""

import ast

from tests.house.imports import modules, syntax_nodes

ASKED = {"form", "args", "values", "files", "json", "get_json", "get_data", "data", "stream"}
# modules that read a request's fields themselves, and why
BY_HAND = {
    "app.web.forms": "is the layer of the pages",
    "app.api.operation": "is the layer of the API, with its own models",
    "app.api.openapi": "the page of the API's document looks for one word, cut to its length",
    "app.api.browser_reports": "what browsers send is no form, and anything at all",
    "app.core.assets": "asks only whether a file was named with its version",
    "app.webhooks.receiver": "the raw body is what the provider has signed",
    "app.webhooks.rejections": "what the body of a refused request claims is kept for support",
    "app.webhooks.twilio_call_status": "the raw body is what the provider has signed",
}


def test_the_fields_of_a_request_are_read_by_forms_only() -> None:
    found = {name for name in modules() if name.startswith("app.") and _asks(name)}
    assert found - BY_HAND.keys() == set()


def test_the_list_of_those_who_read_by_hand_is_no_longer_than_it_must_be() -> None:
    assert {name for name in BY_HAND if not _asks(name)} == set()


def _asks(name: str) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr in ASKED and isinstance(node.value, ast.Name) and node.value.id == "request"
        for node in syntax_nodes(name)
    )
