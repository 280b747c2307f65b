"""What an attacker types: values for any field, header and gap of an address; and honest values beside them, so that they reach deep."""

import typing
from types import ModuleType, UnionType
from typing import Any

from werkzeug.routing import Rule

from app.web import fields
from app.web.forms import Form

DAYS = ("9999-12-31", "0001-01-01", "9999-W52-7", "2026-02-30", "1900-01-01", "2199-12-31", "0000-00-00")
MOMENTS = (
    "9999-12-31T23:59:59+00:00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59", "0001-01-01T00:00",
    "2199-12-31T23:59:59+00:00", "1900-01-01T00:00:00+00:00", "10:00+23:59", "24:00", "23:59:59.999999",
)  # fmt: skip
NUMBERS = (
    "9" * 5000, "-" + "9" * 5000, "99999999999999999999", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
    "-1", "0", "NaN", "-Infinity", "1e400", "1e-400", "0x7f", "1_000", "٣", "²", "1,5,5",
)  # fmt: skip
TEXTS = (
    "", " ", "\x00", "a\x00b", "\ud800", "a\udfff", "ÿ" * 20_000, "x" * 300_000, "\u202e\u0000\ufeff", "😀" * 200, "%00%s%n{{7*7}}${x}",
    "' OR 1=1 --", "<script>alert(1)</script>", "../../etc/passwd", "//evil.example", "http://[", "[]", "null", "+" * 200, "\r\nX-A: b",
    "1" * 27, "01HZZZZZZZZZZZZZZZZZZZZZZZ", "company:" + "1" * 40, "branch:\x00",
)  # fmt: skip
VALUES = DAYS + MOMENTS + NUMBERS + TEXTS
# what JSON may hold where something else was wanted; written by hand, for Python's own writer refuses some
JSON_VALUES = (
    "null", "true", "0", "-1", "1e400", "-1e400", "NaN", "Infinity", "9" * 4000, "9" * 5000, "0.1e-999", '""', '"\\u0000"', '"\\ud800"',
    '"\\udfffx"', "[]", "{}", "[[]]", '{"a":{}}', "[1,2]", '"' + "ÿ" * 20_000 + '"', '"9999-12-31T23:59:59-23:59"',
    '"0001-01-01T00:00:00+23:59"', '"9999-12-31"', '"0001-01-01"', '"' + "9" * 5000 + '"',
)  # fmt: skip
BODIES = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"{",
    b"[" * 3000,
    b"[" * 100_000,
    b'{"a":' * 3000,
    b"null",
    b'"x"',
    b"9" * 5000,
    b"NaN",
    b"a=1&b=\xff",
)
CONTENT_TYPES = (
    "application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=",
    "application/x-www-form-urlencoded; charset=x",
    "application/xml", "\xff", "",
)  # fmt: skip
HEADERS = {
    "Accept-Language": ("\xff", "x" * 9000, "de;q=NaN", ";;;,,,"),
    "Authorization": ("Bearer", "Bearer \xff", "Basic \xff\xff", "Basic Og==", "Bearer " + "x" * 9000),
    "Cookie": ("session=\xff; language=\xff", "x" * 5000, "=;=;", "__Host-session=" + "x" * 5000),
    "HX-Current-URL": ("http://[", "//evil.example/x", "\xff", "x" * 9000),
    "HX-Request": ("true",),
    "HX-Request-Type": ("partial", "\xff"),
    "Idempotency-Key": ("\xff", "x" * 9000, "ü"),
    "If-None-Match": ('W/"', "*", "\xff"),
    "If-Modified-Since": ("Thu, 32 Foo 99999 99:99:99 GMT", "\xff"),
    "Range": ("bytes=9999999999999999999999-", "bytes=-", "\xff"),
    "Referer": ("http://[", "\xff"),
    "X-Forwarded-For": ("\xff", "1" * 9000),
    "X-Asked-By": ("script",),
    "Host": ("\xff", "a" * 300, "[", "evil.example:99999999"),
    "Origin": ("http://[", "null"),
}
HONEST: dict[type, Any] = {
    fields.IntegerField: lambda field: str(field.minimum),
    fields.DateField: "2026-05-12",
    fields.TimeField: "10:00",
    fields.DateTimeField: lambda field: "2026-05-12T10:00" if field.is_local else "2026-05-12T10:00:00+02:00",
    fields.EuroField: "58,50",
    fields.DecimalField: "7,5",
    fields.CheckboxField: "1",
    fields.BooleanField: "1",
    fields.ChoiceField: lambda field: min(field.values, default=""),
    fields.ParserField: "9-12",
}


def forms_of(module: ModuleType) -> list[type[Form]]:
    """The form classes that a module declares or uses."""
    return [thing for thing in vars(module).values() if isinstance(thing, type) and issubclass(thing, Form) and thing.model_fields]


def honest_fields(form: type[Form], ids: dict[str, str]) -> dict[str, str]:
    """Each field of the form, filled in as somebody honest would."""
    return {name: _honest(name, field, ids) for name, field in form.model_fields.items()}


def gaps_of(rule: Rule, ids: dict[str, str], words: dict[str, str], meant: dict[str, str]) -> dict[str, str]:
    return {name: words.get(name) or ids[meant[name]] for name in rule.arguments}


def _honest(name: str, field: Any, ids: dict[str, str]) -> str:
    kind = _field_in(field.annotation, field.metadata)
    if isinstance(kind, fields.IdField) or kind is None:
        return ids.get(name) or ids.get(name.removesuffix("s"), "")
    value = HONEST.get(type(kind), "Anna Berg")
    return value(kind) if callable(value) else value


def _field_in(annotation: Any, metadata: list[Any]) -> fields.Field | None:
    """The field that reads this annotation, however deep it stands in it."""
    for each in metadata:
        if isinstance(each, fields.Field):
            return each
    if typing.get_origin(annotation) is typing.Annotated:
        inner, *more = typing.get_args(annotation)
        return _field_in(inner, more)
    if typing.get_origin(annotation) in (typing.Union, UnionType, tuple):
        found = (_field_in(part, []) for part in typing.get_args(annotation) if part not in (Ellipsis, type(None)))
        return next(filter(None, found), None)
    return None
