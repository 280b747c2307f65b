"""Finds calls by words, names, numbers and provider ids, newest first, however many there are."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, or_, select, table, text, union_all

from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.phone import normalise
from app.models import Call, CallText, Customer

LONGEST_QUERY = 200
MOST_WORDS = 8
# InnoDB's full-text index leaves shorter words out (innodb_ft_min_token_size)
SHORTEST_WORD = 3
WORD = re.compile(r"\w+", re.UNICODE)
DIGITS = re.compile(r"[+\d][\d\s()/.\-]{2,}")


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; empty fields do not narrow. Times are instants: since <= started_at < until."""

    query: str = ""
    outcome: str = ""
    status: str = ""
    branch_ids: Collection[str] = ()
    since: datetime | None = None
    until: datetime | None = None


def conditions(search: Search) -> list[ColumnElement[bool]]:
    """The search as conditions on calls."""
    wanted: list[ColumnElement[bool]] = [Call.is_test.is_(False)]
    if search.outcome:
        wanted.append(Call.outcome == search.outcome)
    if search.status:
        wanted.append(Call.status == search.status)
    if search.branch_ids:
        wanted.append(Call.branch_id.in_(search.branch_ids))
    if search.since:
        wanted.append(Call.started_at >= search.since)
    if search.until:
        wanted.append(Call.started_at < search.until)
    if query := search.query.strip()[:LONGEST_QUERY]:
        wanted.append(Call.id.in_(_found(query)))
    return wanted


def older_than(call_id: str) -> ColumnElement[bool] | None:
    """The key-set condition for the page after this call; None where there is no such call."""
    started_at = db.session.scalar(select(Call.started_at).where(Call.id == call_id))
    if started_at is None:
        return None
    return and_(Call.started_at <= started_at, or_(Call.started_at < started_at, Call.id < call_id))


def newest_first(found: Select[Any]) -> Select[Any]:
    """In the order in which `older_than` goes on."""
    return found.order_by(Call.started_at.desc(), Call.id.desc())


def _found(query: str) -> Any:
    """The ids of the calls that the words, the number, the name or the id points to: a union, so that each part uses its index."""
    parts = [
        select(Call.id).where(Call.provider_call_id == query),
        select(Call.id)
        .join(Customer, and_(Customer.company_id == Call.company_id, Customer.id == Call.customer_id))
        .where(Customer.name.like(_escaped(query) + "%", escape="\\")),
    ]
    if is_ulid(query):
        parts.append(select(Call.id).where(Call.id == query))
    if DIGITS.fullmatch(query):
        parts += _by_number(query)
    elif words := WORD.findall(query)[:MOST_WORDS]:
        parts += _by_words(words)
    return select(union_all(*parts).subquery().c.id)


def _by_number(query: str) -> list[Select[Any]]:
    """A whole number, or the beginning of one as people or machines write it."""
    e164 = normalise(query, source="human").e164
    start = e164 or _international(re.sub(r"[^\d+]", "", query))
    # a range, not a LIKE: `:` is the character behind the digits
    return [
        select(Call.id).where(Call.from_number >= start, Call.from_number < start + ":"),
        select(Call.id).where(Call.to_number == start),
    ]


def _international(digits: str) -> str:
    if digits.startswith("+"):
        return digits
    if digits.startswith("00"):
        return "+" + digits[2:]
    return "+49" + digits.removeprefix("0")


def _by_words(words: list[str]) -> list[Select[Any]]:
    """Every word must occur in what was said, the last one may be a beginning."""
    if db.engine.dialect.name == "sqlite":
        index = table("call_texts_fts", column("rowid"), column("call_texts_fts"))
        wanted = " ".join(f'"{word}"' for word in words) + "*"
        rows = select(index.c.rowid).where(index.c.call_texts_fts.op("MATCH")(wanted))
        return [select(CallText.call_id).where(CallText.id.in_(rows))]
    wanted = " ".join(f"+{word}*" for word in words if len(word) >= SHORTEST_WORD)
    if not wanted:
        return []
    return [
        select(CallText.call_id).where(text("MATCH (call_texts.text) AGAINST (:call_words IN BOOLEAN MODE)").bindparams(call_words=wanted))
    ]


def _escaped(typed: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", typed)
