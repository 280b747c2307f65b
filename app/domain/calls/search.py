"""Search calls by words, names, numbers and ids, newest first, in constant time."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, or_, select, table
from sqlalchemy.dialects.mysql import match

from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.phone import normalise
from app.core.search_words import index_words, split_words
from app.models import Call, CallSearchText, Customer, Turn
from app.providers import list_webhook_providers

MAX_QUERY_LENGTH = 200
MAX_WORDS = 8
# common words are found by scanning the newest calls, rare ones by the full-text index
FIRST_SCAN_SIZE = 400
MAX_SCAN_SIZE = 10_000
# a word in one of so many of the newest calls is common: the full-text index would give most of them before the other words count
COMMON_WORD_FACTOR = 20
MAX_MATCHES = 50_000
MAX_ACTIVE_CALLS = 200
MAX_CUSTOMERS = 100
# InnoDB indexes neither shorter words nor these (information_schema.innodb_ft_default_stopword)
MIN_INDEXED_LENGTH = 3
STOP_WORDS = frozenset(
    (
        "about", "are", "com", "for", "from", "how", "that", "the", "this", "und", "was", "what", "when", "where", "who", "will",
        "with", "www",
    )
)  # fmt: skip

Found = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class CallSearch:
    """Search conditions; empty fields do not filter. Times are instants: since <= started_at < until."""

    query: str = ""
    outcome: str = ""
    status: str = ""
    branch_ids: Collection[str] = ()
    customer_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def find_calls(search: CallSearch, *, limit: int, offset: int = 0, after: str | None = None) -> list[str]:
    """The ids of the calls that are meant, newest first; `after` goes on behind that call, without counting from the start."""
    narrowed = build_conditions(search)
    if after and (older := _build_cursor_condition(after)) is not None:
        narrowed.append(older)
    # lone surrogates are no text that a database could hold
    query = search.query.encode("utf-8", "ignore").decode().strip()[:MAX_QUERY_LENGTH]
    if not query:
        return list(db.session.scalars(order_newest_first(select(Call.id).where(*narrowed)).limit(limit).offset(offset)))
    matches: set[Found] = set()
    for part in _iter_sources(query, narrowed, offset + limit):
        matches.update(part)
    return [call_id for _, call_id in sorted(matches, reverse=True)[offset : offset + limit]]


def order_newest_first(calls: Select) -> Select:
    """In the order in which `find_calls` names them."""
    return calls.order_by(Call.started_at.desc(), Call.id.desc())


def build_conditions(search: CallSearch) -> list[ColumnElement[bool]]:
    """The search without its query, as conditions on calls."""
    conditions: list[ColumnElement[bool]] = [Call.is_test.is_(False)]
    if search.outcome:
        conditions.append(Call.outcome == search.outcome)
    if search.status:
        conditions.append(Call.status == search.status)
    if search.branch_ids:
        conditions.append(Call.branch_id.in_(search.branch_ids))
    if search.customer_id:
        conditions.append(Call.customer_id == search.customer_id)
    if search.since:
        conditions.append(Call.started_at >= search.since)
    if search.until:
        conditions.append(Call.started_at < search.until)
    return conditions


def _build_cursor_condition(call_id: str) -> ColumnElement[bool] | None:
    started_at = db.session.scalar(select(Call.started_at).where(Call.id == call_id)) if is_ulid(call_id) else None
    if started_at is None:
        return None
    return and_(Call.started_at <= started_at, or_(Call.started_at < started_at, Call.id < call_id))


def _iter_sources(query: str, narrowed: list[ColumnElement[bool]], most: int) -> Iterable[Iterable[Found]]:
    """Query each source by itself, so that each uses its index."""
    calls = select(Call.started_at, Call.id).where(*narrowed)
    # the providers' names are what lets SQLite choose the index on all three
    yield _fetch_ids(_order_by_start(calls.where(Call.provider.in_(list_webhook_providers("calls")), Call.provider_call_id == query), most))
    if is_ulid(query):
        yield _fetch_ids(calls.where(Call.id == query))
    if any(map(str.isalpha, query)) and (customers := _find_customers_named(query)):
        yield _fetch_ids(_order_by_start(calls.where(Call.customer_id.in_(customers)), most))
    words = split_words(query)[:MAX_WORDS]
    e164 = None if any(map(str.isalpha, query)) else normalise(query, source="human").e164
    if e164:
        yield _fetch_ids(_order_by_start(calls.where(Call.from_number == e164), most))
        words = [e164.removeprefix("+")]
    if words:
        yield _find_in_active_calls(words, narrowed)
        yield _find_in_transcripts(words, narrowed, most)


def _order_by_start(few: Select, most: int) -> Select:
    """Take the newest of the indexed matches; the limit keeps the planner from scanning all calls to sort a few."""
    matches = few.limit(MAX_MATCHES).subquery()
    return select(matches).order_by(matches.c.started_at.desc(), matches.c.id.desc()).limit(most)


def _fetch_ids(statement: Select) -> set[Found]:
    return {(row[0], row[1]) for row in db.session.execute(statement)}


def _find_customers_named(name: str) -> list[str]:
    words = index_words(name).split()
    named = select(Customer.id).where(*(Customer.name_words.like(f"% {word}%") for word in words[:MAX_WORDS]))
    return list(db.session.scalars(named.order_by(Customer.id.desc()).limit(MAX_CUSTOMERS))) if words else []


def _find_in_active_calls(words: list[str], narrowed: list[ColumnElement[bool]]) -> set[Found]:
    """Search the turns of running calls, which are not indexed yet."""
    calls = select(Call.started_at, Call.id, Call.from_number).where(*narrowed, Call.running()).limit(MAX_ACTIVE_CALLS)
    running = {row.id: (row.started_at, row.from_number or "") for row in db.session.execute(calls)}
    if not running:
        return set()
    texts = dict.fromkeys(running, "")
    for call_id, text in db.session.execute(select(Turn.call_id, Turn.text).where(Turn.call_id.in_(running))):
        texts[call_id] += f" {text}"
    return {(running[key][0], key) for key, text in texts.items() if _matches_prefixes(words, split_words(f"{text} {running[key][1]}"))}


def _matches_prefixes(words: list[str], change: list[str]) -> bool:
    return all(any(word.startswith(statement) for word in change) for statement in words)


def _find_in_transcripts(words: list[str], narrowed: list[ColumnElement[bool]], most: int) -> set[Found]:
    """Find calls with a transcript that has a word beginning with each of the terms."""
    walk = order_newest_first(_scan_by_time(narrowed))
    first = db.session.execute(walk.add_columns(*_match_each_word(CallSearchText.text, words)).limit(FIRST_SCAN_SIZE)).all()
    matches = {(row[0], row[1]) for row in first if all(row[2:])}
    if len(first) < FIRST_SCAN_SIZE or len(matches) >= most:
        return matches
    if matches and FIRST_SCAN_SIZE * most / len(matches) <= MAX_SCAN_SIZE:
        return _fetch_ids(walk.where(*_match_each_word(CallSearchText.text, words)).limit(most))
    rare = [word for place, word in enumerate(words, 2) if sum(row[place] for row in first) < len(first) / COMMON_WORD_FACTOR]
    if indexed := _list_indexed_words(rare or words):
        return _fetch_ids(_scan_by_index(indexed, words, narrowed, most))
    newest = walk.add_columns(CallSearchText.text).limit(MAX_SCAN_SIZE).subquery()
    return _fetch_ids(select(newest.c.started_at, newest.c.id).where(*_match_each_word(newest.c.text, words)).limit(most))


def _match_each_word(text: Any, words: list[str]) -> list[ColumnElement[bool]]:
    return [text.like(f"% {word}%") for word in words]


def _scan_by_time(narrowed: list[ColumnElement[bool]]) -> Select:
    """Scan calls with their texts, newest first, up to the limit."""
    statement = select(Call.started_at, Call.id).where(*narrowed)
    statement = statement.join_from(
        Call, CallSearchText, and_(CallSearchText.company_id == Call.company_id, CallSearchText.call_id == Call.id)
    )
    return statement.prefix_with("STRAIGHT_JOIN", dialect="mysql").prefix_with("STRAIGHT_JOIN", dialect="mariadb")


def _scan_by_index(indexed: list[str], words: list[str], narrowed: list[ColumnElement[bool]], most: int) -> Select:
    """Start from the full-text index and join the calls.

    The texts are a bare table without a company filter, which the calls keep: with a second filter SQLite would scan all texts of
    the company.
    """
    texts = table("call_search_texts", column("id"), column("call_id"), column("text"))
    if db.engine.dialect.name == "sqlite":
        index = table("call_search_texts_fts", column("rowid"), column("call_search_texts_fts"))
        match_expression = " ".join(f'"{word}"*' for word in indexed)
        hits: tuple[ColumnElement[bool], ...] = (texts.c.id == index.c.rowid, index.c.call_search_texts_fts.op("MATCH")(match_expression))
    else:
        hits = (match(texts.c.text, against=" ".join(f"+{word}*" for word in indexed)).in_boolean_mode(),)
    calls = select(Call.started_at, Call.id).where(*hits, Call.id == texts.c.call_id, *_match_each_word(texts.c.text, words), *narrowed)
    return _order_by_start(calls, most)


def _list_indexed_words(words: list[str]) -> list[str]:
    """The indexed words; they hold letters and digits only, so none is an operator of the full-text syntax."""
    if db.engine.dialect.name == "sqlite":
        return words
    return [word for word in words if len(word) >= MIN_INDEXED_LENGTH and word not in STOP_WORDS]
