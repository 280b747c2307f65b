<%!
    def tidy(block):
        """Without Alembic's remarks, and quoted as the rest of the source."""
        lines = [line for line in (block or "").splitlines() if not line.strip().startswith("# ###")]
        return "\n".join(line if '"' in line else line.replace("'", '"') for line in lines).strip() or "pass"
%>\
"""${message}."""

import sqlalchemy as sa
from alembic import op
<% body = tidy(upgrades) + tidy(downgrades) %>\
% if "column_types." in body:

from app.core import column_types
% endif

revision = "${up_revision}"
down_revision = ${'"%s"' % down_revision if down_revision else None}


def upgrade() -> None:
    ${tidy(upgrades)}


def downgrade() -> None:
    ${tidy(downgrades)}
