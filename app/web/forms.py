"""Forms and addresses: a page declares what it reads; nobody else asks the request for its fields."""

import types
from collections.abc import Iterable
from typing import Any, Self, Union, get_args, get_origin

from flask import request
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from app.core.errors import AppError, InvalidInput
from app.web.fields import is_legible

MAX_TYPED_LENGTH = 10_000
MAX_VALUES = 200


class Form(BaseModel):
    """The fields of a form. One without a default must be filled in; a tuple takes every value of its name."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    @classmethod
    def read(cls) -> Self:
        """Raises InvalidInput with one sentence per field."""
        form, wrong = cls.parse()
        raise_invalid(wrong)
        assert form is not None
        return form

    @classmethod
    def parse(cls, prefix: str = "") -> tuple[Self | None, dict[str, str]]:
        """The form, or None and what is wrong by field; the fields' names may begin with a prefix, for parts that repeat."""
        try:
            return cls.model_validate(cls._given(prefix)), {}
        except ValidationError as error:
            return None, {prefix + name: sentence for name, sentence in _to_sentences(error).items()}

    @classmethod
    def typed(cls, prefix: str = "") -> dict[str, Any]:
        """What was typed, as it was, to be shown again."""
        return dict.fromkeys(cls.model_fields, "") | cls._given(prefix)

    @classmethod
    def _given(cls, prefix: str = "") -> dict[str, Any]:
        """What was filled in; a field that was left empty is not among it."""
        given: dict[str, Any] = {}
        for name, field in cls.model_fields.items():
            values = [is_legible(value)[:MAX_TYPED_LENGTH] for value in cls._source().getlist(prefix + name)[:MAX_VALUES]]
            if _is_list(field.annotation):
                given[name] = [value for value in values if value.strip()]
            elif values and values[0].strip():
                given[name] = values[0]
        return given

    @classmethod
    def _source(cls) -> MultiDict[str, str]:
        return request.form


class Query(Form):
    """What stands in the address, or goes on in hidden fields of a form."""

    @classmethod
    def read_known(cls) -> Self:
        """What fits nothing counts as not given; every field has a default."""
        given = cls._given()
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            return cls.model_validate({name: value for name, value in given.items() if name not in _to_sentences(error)})

    @classmethod
    def _source(cls) -> MultiDict[str, str]:
        return get_submitted_values()


def get_submitted_values() -> CombinedMultiDict[str, str]:
    """The fields of the form before those of the address."""
    return CombinedMultiDict([request.form, request.args])


def raise_invalid(wrong: dict[str, str]) -> None:
    """Raises InvalidInput where something is wrong, by field."""
    if wrong:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)


def get_typed_texts(names: Iterable[str], *, most: int) -> dict[str, str]:
    """Texts whose names are known at run time only, as they were filled in."""
    source = get_submitted_values()
    return {name: text for name in names if (text := is_legible(source.get(name, ""))[:most].strip())}


def to_errors(error: AppError) -> dict[str, str]:
    fields = error.data.get("fields", {})
    return fields if isinstance(fields, dict) else {}


def _to_sentences(error: ValidationError) -> dict[str, str]:
    return {str(each["loc"][0]): _("Diese Angabe fehlt.") if each["type"] == "missing" else each["msg"] for each in error.errors()}


def _is_list(annotation: Any) -> bool:
    if get_origin(annotation) in (Union, types.UnionType):
        return any(_is_list(part) for part in get_args(annotation))
    return get_origin(annotation) is tuple
