"""Column types that mean the same on MariaDB and SQLite."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary, String, Text
from sqlalchemy.dialects.mysql import DATETIME, LONGTEXT, MEDIUMBLOB, VARCHAR
from sqlalchemy.engine import Dialect
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine

from app.core.encryption import keyring

MYSQL = ("mysql", "mariadb")


def AsciiString(length: int) -> TypeEngine[str]:
    """ASCII text compared byte by byte: ids, hashes, E.164 numbers, vendor ids, status words."""
    return String(length).with_variant(VARCHAR(length, charset="ascii", collation="ascii_bin"), *MYSQL)


def CaseSensitiveString(length: int) -> TypeEngine[str]:
    """Any text, compared case-sensitively and without padding: names given by vendors."""
    return String(length).with_variant(VARCHAR(length, charset="utf8mb4", collation="utf8mb4_nopad_bin"), *MYSQL)


Id = AsciiString(26)
BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True)
LongText = Text().with_variant(LONGTEXT, *MYSQL)
Blob = LargeBinary().with_variant(MEDIUMBLOB, *MYSQL)


class UtcDateTime(TypeDecorator[datetime]):
    """A time with microseconds; aware UTC in and out, a naive time raises ValueError."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DATETIME(fsp=6) if dialect.name in MYSQL else DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes stored encrypted (core/encryption)."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(MEDIUMBLOB() if dialect.name in MYSQL else LargeBinary())

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else keyring().seal(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else keyring().open(bytes(value))


class RawEncryptedBytes(EncryptedBytes):
    """Bytes encrypted when written and returned encrypted, so that one damaged value does not prevent reading the other rows."""

    cache_ok = True

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else bytes(value)


class EncryptedString(TypeDecorator[str]):
    """Text stored encrypted; it cannot be searched, so a column that must be has a blind index beside it."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(MEDIUMBLOB() if dialect.name in MYSQL else LargeBinary())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else keyring().seal(value.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring().open(bytes(value)).decode()
