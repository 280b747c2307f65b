"""Fills a company with copies of its rows: calls with search texts and hourly counts, customers and past bookings.

The database copies by itself, so that a million calls take minutes.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, text

BATCH = 50_000
# words for searches, and in one of how many calls they occur
RARE_WORD, RARE = "quittenblau", 200_000
UNCOMMON_WORD, UNCOMMON = "lavendel", 1_000
CALLS_PER_CUSTOMER = 20
CALLS_PER_BOOKING = 5


class Sqlite:
    """SQL of SQLite."""

    concat = staticmethod(" || ".join)
    day, hour = "date(started_at, '+1 hour')", "cast(strftime('%H', started_at, '+1 hour') AS integer)"
    analyze = "ANALYZE"

    @staticmethod
    def numbers(first: int, end: int, step: int = 1) -> str:
        counted = f"SELECT {first} WHERE {first} < {end} UNION ALL SELECT n + {step} FROM counted WHERE n + {step} < {end}"
        return f"(WITH RECURSIVE counted(n) AS ({counted}) SELECT n FROM counted) AS numbers"

    @staticmethod
    def padded(what: str, width: int) -> str:
        return f"printf('%0{width}d', {what})"

    @staticmethod
    def moment(minutes: str) -> str:
        return f"strftime('%Y-%m-%d %H:%M:%S.000000', :newest, '-' || ({minutes}) || ' minutes')"

    @staticmethod
    @contextmanager
    def without_search(connection: Connection) -> Iterator[None]:
        trigger = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'call_search_texts_ai'"))
        connection.execute(text("DROP TRIGGER call_search_texts_ai"))
        yield
        connection.execute(text("INSERT INTO call_search_texts_fts(call_search_texts_fts) VALUES ('rebuild')"))
        connection.exec_driver_sql(str(trigger))


class MariaDb:
    """SQL of MariaDB."""

    day, hour = "date(started_at + INTERVAL 1 HOUR)", "hour(started_at + INTERVAL 1 HOUR)"
    analyze = "ANALYZE TABLE calls, call_search_texts, call_days, call_hours, customers, bookings"

    @staticmethod
    def concat(parts: Iterable[str]) -> str:
        return f"concat({', '.join(parts)})"

    @staticmethod
    def numbers(first: int, end: int, step: int = 1) -> str:
        return f"(SELECT seq AS n FROM seq_{first}_to_{end - 1}_step_{step} WHERE seq BETWEEN {first} AND {end - 1}) AS numbers"

    @staticmethod
    def padded(what: str, width: int) -> str:
        return f"lpad({what}, {width}, '0')"

    @staticmethod
    def moment(minutes: str) -> str:
        return f"(:newest - INTERVAL ({minutes}) MINUTE)"

    @staticmethod
    @contextmanager
    def without_search(connection: Connection) -> Iterator[None]:
        connection.execute(text("DROP INDEX ft_call_search_texts_text ON call_search_texts"))
        connection.execute(text("SET foreign_key_checks = 0, unique_checks = 0"))
        yield
        connection.execute(text("SET foreign_key_checks = 1, unique_checks = 1"))
        connection.execute(text("CREATE FULLTEXT INDEX ft_call_search_texts_text ON call_search_texts (text)"))


class CompanyFiller:
    """Fills one company step by step; `newest` is the start of its newest call."""

    def __init__(self, connection: Connection, company_id: str, newest: datetime) -> None:
        self._connection = connection
        self._sql = Sqlite if connection.dialect.name == "sqlite" else MariaDb
        self._values = {"company": company_id, "newest": newest.strftime("%Y-%m-%d %H:%M:%S.000000")}
        self._customers = 0
        both = "calls JOIN call_search_texts ON call_search_texts.company_id = calls.company_id AND call_search_texts.call_id = calls.id"
        self._samples = {
            "calls": self._sample("calls", f"calls.*, call_search_texts.text AS words FROM {both}"),
            "bookings": self._sample("bookings", "bookings.* FROM bookings"),
        }
        self._calls = self._samples["calls"]

    def fill_to(self, size: int) -> None:
        """Fill up to this number of calls, one for each minute into the past."""
        began, present = time.monotonic(), self._calls
        self._add_customers(size // CALLS_PER_CUSTOMER)
        with self._sql.without_search(self._connection):
            for first in range(present, size, BATCH):
                end = min(first + BATCH, size)
                self._copy("calls", self._build_call_columns(), self._sql.numbers(first, end))
                self._add_words(self._sql.numbers(first, end))
                self._copy("bookings", self._booking(), self._sql.numbers(first, end, CALLS_PER_BOOKING))
                print(f"{end:,} calls after {time.monotonic() - began:.0f} s", flush=True)
        self._calls = size
        self._count_hours()
        self._run(self._sql.analyze)
        self._connection.commit()
        print(f"filled up to {size:,} calls in {time.monotonic() - began:.0f} s", flush=True)

    def _sample(self, name: str, what: str) -> int:
        """Number the existing rows in a temporary table to copy from; return their count."""
        numbered = f"SELECT row_number() OVER (ORDER BY {name}.id) - 1 AS place, {what} WHERE {name}.company_id = :company"
        self._run(f"CREATE TEMPORARY TABLE sample_{name} AS {numbered}")
        self._run(f"CREATE INDEX place_of_{name} ON sample_{name} (place)")
        return int(self._connection.scalar(text(f"SELECT count(*) FROM sample_{name}")) or 0)

    def _add_customers(self, people: int) -> None:
        name = self._sql.concat(("'Agnes Muster '", "n"))
        self._run(
            "INSERT INTO customers (id, company_id, name, created_at, last_call_at)"
            f" SELECT {self._id(2, 'n')}, :company, {name}, :newest, :newest FROM {self._sql.numbers(self._customers, people)}"
        )
        self._customers = people

    def _copy(self, name: str, changed: dict[str, str], numbers: str) -> None:
        from app.core.extensions import db

        quote = self._connection.dialect.identifier_preparer.quote
        columns = {quote(column.name): changed.get(column.name, f"sample.{quote(column.name)}") for column in db.metadata.tables[name].c}
        self._run(
            f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(columns.values())}"
            f" FROM {numbers} JOIN sample_{name} AS sample ON sample.place = n % {self._samples[name]}"
        )

    def _build_call_columns(self) -> dict[str, str]:
        return {
            "id": self._id(1, "n"),
            "provider_call_id": self._sql.concat(("'grown_'", self._sql.padded("n", 7))),
            "customer_id": f"CASE WHEN sample.customer_id IS NULL THEN NULL ELSE {self._id(2, self._customer_id)} END",
            "from_number": self._sql.concat(("'+4930'", f"(23000000 + {self._customer_id})")),
            "started_at": self._sql.moment("n"),
            "ended_at": self._sql.moment("n - 1"),
            "created_at": self._sql.moment("n"),
            "recording_url": "NULL",
        }

    def _booking(self) -> dict[str, str]:
        unused = dict.fromkeys(("source_ref", "idempotency_key", "visit_id", "series_id", "session_id"), "NULL")
        return unused | {
            "id": self._id(3, "n"),
            "customer_id": self._id(2, self._customer_id),
            "call_id": self._id(1, "n"),
            "status": "'done'",
            "starts_at": self._sql.moment("n + 120"),
            "ends_at": self._sql.moment("n + 60"),
        }

    def _add_words(self, numbers: str) -> None:
        sometimes = [
            f"CASE WHEN n % {every} = {every // 2} THEN ' {word}' ELSE '' END"
            for word, every in ((RARE_WORD, RARE), (UNCOMMON_WORD, UNCOMMON))
        ]
        number = self._sql.concat(("' grown '", self._sql.padded("n", 7), "' 030'", f"(23000000 + {self._customer_id})"))
        words = self._sql.concat(("sample.words", "' wort'", "(n * 104729 % 50021)", number, *sometimes))
        self._run(
            f"INSERT INTO call_search_texts (company_id, call_id, text) SELECT :company, {self._id(1, 'n')}, {words}"
            f" FROM {numbers} JOIN sample_calls AS sample ON sample.place = n % {self._samples['calls']}"
        )

    def _count_hours(self) -> None:
        """Rebuild the company's hourly and daily counts, with winter time throughout."""
        self._run("DELETE FROM call_hours WHERE company_id = :company")
        self._run("DELETE FROM call_days WHERE company_id = :company")
        self._run(
            "INSERT INTO call_hours (company_id, branch_id, day, hour, outcome, calls, seconds)"
            f" SELECT company_id, branch_id, {self._sql.day}, {self._sql.hour}, coalesce(outcome, 'running'), count(*),"
            " sum(coalesce(duration_s, 0)) FROM calls WHERE company_id = :company GROUP BY 1, 2, 3, 4, 5"
        )
        self._run(
            "INSERT INTO call_days (company_id, branch_id, day, outcome, calls, seconds)"
            " SELECT company_id, branch_id, day, outcome, sum(calls), sum(seconds) FROM call_hours WHERE company_id = :company"
            " GROUP BY 1, 2, 3, 4"
        )

    @property
    def _customer_id(self) -> str:
        """Return the SQL that selects the customer of a call."""
        return f"(n * 7919 % {self._customers})"

    def _id(self, kind: int, number: str) -> str:
        return self._sql.concat((f"'0{kind}'", self._sql.padded(number, 24)))

    def _run(self, statement: str) -> None:
        arguments = {name: value for name, value in self._values.items() if f":{name}" in statement}
        self._connection.execute(text(statement), arguments)
