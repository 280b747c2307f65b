"""A customer, the numbers and e-mail addresses that identify them, and what the team notes about them; families may share a number."""

from datetime import datetime

from sqlalchemy import Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.core.clock import now
from app.core.cologne_phonetics import index_sounds
from app.core.column_types import AsciiString, BigId, CaseSensitiveString, EncryptedString, Id, UtcDateTime
from app.core.extensions import db
from app.core.search_words import MAX_INDEX_LENGTH, index_words
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class Customer(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "customers"
    __table_args__ = company_table_args(
        Index("ix_customers_company_name", "company_id", "name"),
        Index("ix_customers_birth", "company_id", "birth_index"),
        Index("ix_customers_last_call", "company_id", "last_call_at", "id"),
    )

    # empty until given
    name: Mapped[str | None] = mapped_column(String(160))
    # " anna muller" and " 06 657 ": the name's words as searches compare them, and their codes in the Kölner Phonetik
    name_words: Mapped[str | None] = mapped_column(CaseSensitiveString(MAX_INDEX_LENGTH))
    name_sounds: Mapped[str | None] = mapped_column(AsciiString(MAX_INDEX_LENGTH))
    language: Mapped[str | None] = mapped_column(AsciiString(8))
    # sms, email: how they like to be written to; None: as the business does
    preferred_channel: Mapped[str | None] = mapped_column(AsciiString(8))
    # whom they like to come to; the desk's form suggests that one
    preferred_staff_id: Mapped[str | None] = mapped_column(Id)
    # ISO date, and its keyed hash for look-ups (customers/caller_assurance sets both)
    birth_date: Mapped[str | None] = mapped_column(EncryptedString, deferred=True)
    birth_index: Mapped[str | None] = mapped_column(AsciiString(64))
    last_call_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    identifiers: Mapped[list["CustomerIdentifier"]] = relationship(
        overlaps="customer", order_by="(CustomerIdentifier.is_first.desc(), CustomerIdentifier.id)"
    )
    # pinned ones first, then the newest
    notes: Mapped[list["CustomerNote"]] = relationship(
        overlaps="customer", order_by="(CustomerNote.is_pinned.desc(), CustomerNote.id.desc())"
    )

    @validates("name")
    def _index_name(self, _key: str, name: str | None) -> str | None:
        self.name_words = index_words(name) if name else None
        self.name_sounds = index_sounds(name) if name else None
        return name

    def of_kind(self, kind: str) -> str | None:
        return next((identifier.value for identifier in self.identifiers if identifier.kind == kind), None)


class CustomerIdentifier(CompanyOwned, db.Model):
    """A contact that reaches or identifies a customer; several customers may have the same number."""

    __tablename__ = "customer_identifiers"
    __table_args__ = company_table_args(
        company_foreign_key("customer_id", "customers"),
        Index("uq_customer_identifiers_value", "company_id", "kind", "value", "customer_id", unique=True),
        Index("ix_customer_identifiers_customer", "company_id", "customer_id"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Id)
    # phone (E.164), email (lower case)
    kind: Mapped[str] = mapped_column(AsciiString(16))
    value: Mapped[str] = mapped_column(CaseSensitiveString(190))
    # of its kind the one that is written to and called first
    is_first: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class CustomerNote(CompanyOwned, db.Model):
    """What the team should know about a customer."""

    __tablename__ = "customer_notes"
    __table_args__ = company_table_args(
        company_foreign_key("customer_id", "customers"),
        Index("ix_customer_notes_customer", "company_id", "customer_id", "created_at"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Id)
    body: Mapped[str] = mapped_column(Text)
    # the user who wrote it; None: it was there before notes had authors
    author_id: Mapped[str | None] = mapped_column(Id)
    is_pinned: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class CustomerTag(CompanyOwned, db.Model):
    """A word by which the team groups customers; in a company each is spelled one way."""

    __tablename__ = "customer_tags"
    __table_args__ = company_table_args(
        company_foreign_key("customer_id", "customers"),
        Index("uq_customer_tags_customer", "company_id", "customer_id", "tag", unique=True),
        Index("ix_customer_tags_tag", "company_id", "tag", "customer_id"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Id)
    tag: Mapped[str] = mapped_column(CaseSensitiveString(40))
