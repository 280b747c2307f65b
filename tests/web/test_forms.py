"""Forms: what was filled in as types, or one sentence beside each wrong field and everything as it was typed."""

from io import BytesIO
from typing import Annotated

import pytest
from flask import Flask

from app.core.errors import InvalidInput
from app.web.fields import ChoiceField, Day, Flag, Id, IntegerField, TextField
from app.web.forms import Form, Query, get_typed_texts

ROW = "01HZZZZZZZZZZZZZZZZZZZZZZZ"


class PersonForm(Form):
    name: Annotated[str, TextField(20)]
    places: Annotated[int, IntegerField(1, 9)] = 1
    since: Day | None = None
    is_active: Flag = False
    branch_ids: tuple[Id, ...] = ()


class PageQuery(Query):
    view: Annotated[str, ChoiceField("week", "day")] = "day"
    day: Day | None = None


def test_form_reads_each_field_as_its_type(app: Flask) -> None:
    data = {"name": " Anna ", "places": "3", "is_active": "1", "branch_ids": [ROW, ""], "company_id": "x"}
    with app.test_request_context(method="POST", data=data):
        form = PersonForm.read()
    assert form.model_dump() == {"name": "Anna", "places": 3, "since": None, "is_active": True, "branch_ids": (ROW,)}


def test_form_names_every_wrong_field_and_keeps_what_was_typed(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"name": " ", "places": "zehn", "since": "9999-12-31", "branch_ids": [ROW, "'"]}):
        with pytest.raises(InvalidInput) as refusal:
            PersonForm.read()
        typed = PersonForm.typed()
    assert refusal.value.data["fields"] == {
        "name": "Diese Angabe fehlt.", "places": "Das ist keine ganze Zahl.", "since": "Dieses Datum liegt zu weit weg.",
        "branch_ids": "Bitte wählen.",
    }  # fmt: skip
    assert typed == {"name": "", "places": "zehn", "since": "9999-12-31", "is_active": "", "branch_ids": [ROW, "'"]}


def test_field_that_is_a_file_or_comes_twice_is_nothing_special(app: Flask) -> None:
    files = {"name": (BytesIO(b"x"), "name.txt")}
    with app.test_request_context(method="POST", data=files, content_type="multipart/form-data"), pytest.raises(InvalidInput):
        PersonForm.read()
    with app.test_request_context(method="POST", data={"name": ["Anna", "Berta"]}):
        assert PersonForm.read().name == "Anna"


def test_parts_that_repeat_are_read_by_their_prefix(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"own:1:name": "Anna", "own:1:places": "10"}):
        form, wrong = PersonForm.parse("own:1:")
    assert (form, wrong) == (None, {"own:1:places": "Erlaubt ist 1 bis 9."})


def test_address_that_fits_nothing_counts_as_not_given(app: Flask) -> None:
    with app.test_request_context("/?view=week&day=0001-01-01"):
        query = PageQuery.read_known()
    assert (query.view, query.day) == ("week", None)


def test_texts_of_names_known_at_run_time_are_read_with_a_limit(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"a": " x\x00y" + "z" * 100, "b": " "}):
        assert get_typed_texts(["a", "b", "c"], max_length=5) == {"a": "xyzz"}
