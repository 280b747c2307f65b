"""Base classes of forms and queries: pages declare their fields, and only this module reads them from the request."""

import types
from collections.abc import Iterable
from typing import Any, Self, Union, get_args, get_origin

from flask import request
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from app.core.errors import AppError, InvalidInput
from app.web.fields import strip_unreadable

MAX_TYPED_LENGTH = 10_000
MAX_VALUES = 200


class Form(BaseModel):
    """The fields of a form. A field without default is required; a tuple takes all values of its name."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    @classmethod
    def read(cls) -> Self:
        """Read and validate the form. Raises InvalidInput with one sentence per field."""
        form, errors = cls.parse()
        raise_invalid(errors)
        assert form is not None
        return form

    @classmethod
    def parse(cls, prefix: str = "") -> tuple[Self | None, dict[str, str]]:
        """Validate the form; returns it, or None and the errors by field. `prefix` precedes the field names, for repeated parts."""
        try:
            return cls.model_validate(cls._get_filled_fields(prefix)), {}
        except ValidationError as error:
            return None, {prefix + name: sentence for name, sentence in _to_sentences(error).items()}

    @classmethod
    def typed(cls, prefix: str = "") -> dict[str, Any]:
        """Get the submitted texts unchanged, to render the form again."""
        return dict.fromkeys(cls.model_fields, "") | cls._get_filled_fields(prefix)

    @classmethod
    def _get_filled_fields(cls, prefix: str = "") -> dict[str, Any]:
        """Get the submitted texts without empty fields."""
        filled: dict[str, Any] = {}
        for name, field in cls.model_fields.items():
            values = [strip_unreadable(value)[:MAX_TYPED_LENGTH] for value in cls._source().getlist(prefix + name)[:MAX_VALUES]]
            if _is_list(field.annotation):
                filled[name] = [value for value in values if value.strip()]
            elif values and values[0].strip():
                filled[name] = values[0]
        return filled

    @classmethod
    def _source(cls) -> MultiDict[str, str]:
        return request.form


class Query(Form):
    """Parameters in the URL or in hidden fields of a form."""

    @classmethod
    def read_known(cls) -> Self:
        """Read the parameters; an invalid one counts as missing, so every field needs a default."""
        filled = cls._get_filled_fields()
        try:
            return cls.model_validate(filled)
        except ValidationError as error:
            return cls.model_validate({name: value for name, value in filled.items() if name not in _to_sentences(error)})

    @classmethod
    def _source(cls) -> MultiDict[str, str]:
        return get_submitted_values()


def get_submitted_values() -> CombinedMultiDict[str, str]:
    """Get the form fields and the URL parameters; form fields take precedence."""
    return CombinedMultiDict([request.form, request.args])


def read_upload(name: str, *, max_bytes: int) -> bytes:
    """Get the content of an uploaded file, cut one byte after the limit, so that a longer one is noticed; empty without one."""
    file = request.files.get(name)
    return file.stream.read(max_bytes + 1) if file else b""


def raise_invalid(errors: dict[str, str]) -> None:
    """Raise InvalidInput unless the errors by field are empty."""
    if errors:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=errors)


def get_typed_texts(names: Iterable[str], *, max_length: int) -> dict[str, str]:
    """Get texts whose field names are known only at run time."""
    source = get_submitted_values()
    return {name: text for name in names if (text := strip_unreadable(source.get(name, ""))[:max_length].strip())}


def to_errors(error: AppError) -> dict[str, str]:
    fields = error.data.get("fields", {})
    return fields if isinstance(fields, dict) else {}


def _to_sentences(error: ValidationError) -> dict[str, str]:
    return {
        str(details["loc"][0]): _("Diese Angabe fehlt.") if details["type"] == "missing" else details["msg"] for details in error.errors()
    }


def _is_list(annotation: Any) -> bool:
    if get_origin(annotation) in (Union, types.UnionType):
        return any(_is_list(part) for part in get_args(annotation))
    return get_origin(annotation) is tuple
