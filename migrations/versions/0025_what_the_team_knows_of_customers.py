"""What the team knows of customers: notes with authors, tags, who may act for whom, and records that were one person."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types
from app.core.clock import now

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "customer_distinctions",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=False),
        sa.Column("other_id", column_types.AsciiString(26), nullable=False),
        sa.Column("author_id", column_types.AsciiString(26), nullable=True),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customers.company_id", "customers.id"],
            name=op.f("fk_customer_distinctions_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "other_id"], ["customers.company_id", "customers.id"], name=op.f("fk_customer_distinctions_company_id_other_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_customer_distinctions_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_distinctions")),
    )
    op.create_index("ix_customer_distinctions_other", "customer_distinctions", ["company_id", "other_id"], unique=False)
    op.create_index("uq_customer_distinctions_pair", "customer_distinctions", ["company_id", "customer_id", "other_id"], unique=True)
    op.create_table(
        "customer_merges",
        sa.Column("kept_id", column_types.AsciiString(26), nullable=False),
        sa.Column("merged_id", column_types.AsciiString(26), nullable=False),
        sa.Column("author_id", column_types.AsciiString(26), nullable=True),
        sa.Column("snapshot", column_types.EncryptedString(), nullable=True),
        sa.Column("undone_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "kept_id"], ["customers.company_id", "customers.id"], name=op.f("fk_customer_merges_company_id_kept_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_customer_merges_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_merges")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_customer_merges_company_id_id")),
    )
    op.create_index("ix_customer_merges_created", "customer_merges", ["created_at"], unique=False)
    op.create_index("ix_customer_merges_kept", "customer_merges", ["company_id", "kept_id", "created_at"], unique=False)
    op.create_index("ix_customer_merges_merged", "customer_merges", ["company_id", "merged_id"], unique=False)
    op.create_table(
        "customer_notes",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", column_types.AsciiString(26), nullable=True),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"], name=op.f("fk_customer_notes_company_id_customer_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_customer_notes_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_notes")),
    )
    op.create_index("ix_customer_notes_customer", "customer_notes", ["company_id", "customer_id", "created_at"], unique=False)
    op.create_table(
        "customer_proxies",
        sa.Column("customer_id", column_types.AsciiString(26), nullable=False),
        sa.Column("proxy_id", column_types.AsciiString(26), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=True),
        sa.Column("may_book", sa.Boolean(), nullable=False),
        sa.Column("may_change", sa.Boolean(), nullable=False),
        sa.Column("may_cancel", sa.Boolean(), nullable=False),
        sa.Column("author_id", column_types.AsciiString(26), nullable=True),
        sa.Column("sent_to", column_types.CaseSensitiveString(190), nullable=False),
        sa.Column("token_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("asked_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"], name=op.f("fk_customer_proxies_company_id_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "proxy_id"], ["customers.company_id", "customers.id"], name=op.f("fk_customer_proxies_company_id_proxy_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_customer_proxies_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_proxies")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_customer_proxies_company_id_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_customer_proxies_token_hash")),
    )
    op.create_index("ix_customer_proxies_asked", "customer_proxies", ["company_id", "asked_at"], unique=False)
    op.create_index("ix_customer_proxies_customer", "customer_proxies", ["company_id", "customer_id"], unique=False)
    op.create_index("ix_customer_proxies_proxy", "customer_proxies", ["company_id", "proxy_id"], unique=False)
    op.create_table(
        "customer_tags",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=False),
        sa.Column("tag", column_types.CaseSensitiveString(40), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"], name=op.f("fk_customer_tags_company_id_customer_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_customer_tags_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_tags")),
    )
    op.create_index("ix_customer_tags_tag", "customer_tags", ["company_id", "tag", "customer_id"], unique=False)
    op.create_index("uq_customer_tags_customer", "customer_tags", ["company_id", "customer_id", "tag"], unique=True)
    op.add_column("customer_identifiers", sa.Column("is_first", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("customers", sa.Column("preferred_staff_id", column_types.AsciiString(26), nullable=True))
    op.execute(
        sa.text(
            "INSERT INTO customer_notes (company_id, customer_id, body, is_pinned, created_at)"
            " SELECT company_id, id, notes, :no, :now FROM customers WHERE notes IS NOT NULL AND TRIM(notes) <> '' ORDER BY id"
        ).bindparams(sa.bindparam("no", False, sa.Boolean()), sa.bindparam("now", now(), column_types.UtcDateTime()))
    )
    op.drop_column("customers", "notes")


def downgrade() -> None:
    op.add_column("customers", sa.Column("notes", sa.Text(), nullable=True))
    _put_notes_back()
    op.drop_column("customers", "preferred_staff_id")
    op.drop_column("customer_identifiers", "is_first")
    for table in ("customer_tags", "customer_proxies", "customer_notes", "customer_merges", "customer_distinctions"):
        op.drop_table(table)


def _put_notes_back() -> None:
    """Put all notes of a customer into the one text that there was, the oldest first."""
    texts: dict[str, list[str]] = {}
    rows = op.get_bind().execute(sa.text("SELECT customer_id, body FROM customer_notes ORDER BY id")).all()
    for customer_id, body in rows:
        texts.setdefault(customer_id, []).append(body)
    for customer_id, bodies in texts.items():
        op.execute(sa.text("UPDATE customers SET notes = :notes WHERE id = :id").bindparams(notes="\n\n".join(bodies), id=customer_id))
