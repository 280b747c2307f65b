"""The companies' own texts of messages: the nearest one applies, each change adds a version."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError

from app.core.errors import Conflict
from app.core.extensions import db
from app.models import MessageTemplateVersion, User

MAX_LISTED = 50


class TemplateChanged(Conflict):
    """Somebody else saved a version of this text in the meantime."""

    code = "template_changed"

    def __init__(self) -> None:
        super().__init__(_("Jemand anderes hat diesen Text inzwischen geändert. Bitte laden Sie die Seite neu."))


@dataclass(frozen=True, slots=True)
class TemplateScope:
    """Where a text applies: in a branch, for a service, for both, or with neither in the whole company."""

    branch_id: str | None = None
    service_id: str | None = None

    @property
    def key(self) -> str:
        return ":".join(filter(None, (self.branch_id, self.service_id))) or "company"

    def list_nearest(self) -> list["TemplateScope"]:
        """List the scopes whose texts apply here: the service in the branch, the service, the branch, the company."""
        chain = (self, TemplateScope(service_id=self.service_id), TemplateScope(branch_id=self.branch_id), TemplateScope())
        return list(dict.fromkeys(chain))


@dataclass(frozen=True, slots=True)
class TemplateKey:
    """Whose text it is: the template's name, a language and a scope."""

    name: str
    language: str
    scope: TemplateScope


def find_nearest(key: TemplateKey) -> MessageTemplateVersion | None:
    """Find the text that applies; None: our own."""
    return find_all_nearest([key.name], key.language, key.scope).get(key.name)


def find_all_nearest(names: Sequence[str], language: str, scope: TemplateScope) -> dict[str, MessageTemplateVersion]:
    """Find the texts that apply, by name; our own ones are left out. One query."""
    order = [each.key for each in scope.list_nearest()]
    rows = select(MessageTemplateVersion).where(
        MessageTemplateVersion.name.in_(names),
        MessageTemplateVersion.language == language,
        MessageTemplateVersion.scope.in_(order),
        MessageTemplateVersion.is_current,
        MessageTemplateVersion.body.is_not(None),
    )
    nearest_last = sorted(db.session.scalars(rows), key=lambda row: -order.index(row.scope))
    return {row.name: row for row in nearest_last}


def count_narrower(language: str, scope: TemplateScope) -> dict[str, int]:
    """Count by name the texts of scopes inside this one."""
    conditions = [MessageTemplateVersion.scope != scope.key]
    if scope.branch_id:
        conditions.append(MessageTemplateVersion.branch_id == scope.branch_id)
    if scope.service_id:
        conditions.append(MessageTemplateVersion.service_id == scope.service_id)
    counts = select(MessageTemplateVersion.name, func.count().label("narrower")).where(
        MessageTemplateVersion.language == language, MessageTemplateVersion.is_current, MessageTemplateVersion.body.is_not(None),
        *conditions,
    )  # fmt: skip
    return {row.name: row.narrower for row in db.session.execute(counts.group_by(MessageTemplateVersion.name))}


def list_versions(key: TemplateKey) -> list[MessageTemplateVersion]:
    """List the latest versions of exactly this scope, the newest first."""
    rows = _of(key).order_by(MessageTemplateVersion.version.desc()).limit(MAX_LISTED)
    return list(db.session.scalars(rows))


def list_authors(rows: Sequence[MessageTemplateVersion]) -> dict[str, str]:
    """The names of those who wrote the versions, by id."""
    ids = {row.author_id for row in rows if row.author_id}
    return {user.id: user.name for user in db.session.scalars(select(User).where(User.id.in_(ids)))} if ids else {}


def get_latest_version(key: TemplateKey) -> int:
    """Get the number of the latest version; 0 without one."""
    latest = _of(key).with_only_columns(func.max(MessageTemplateVersion.version))
    return db.session.scalar(latest) or 0


def add_version(key: TemplateKey, texts: tuple[str, str] | None, *, based_on: int, author_id: str | None) -> MessageTemplateVersion:
    """Add a version with this title and body; None: what applies in the next wider scope applies again.

    Raises TemplateChanged where somebody else saved one since version `based_on`. Inside a transaction.
    """
    current = list(db.session.scalars(_of(key).where(MessageTemplateVersion.is_current).with_for_update()))
    if get_latest_version(key) != based_on:
        raise TemplateChanged
    for row in current:
        row.is_current = False
    title, body = texts or (None, None)
    version = MessageTemplateVersion(
        name=key.name, language=key.language, scope=key.scope.key, branch_id=key.scope.branch_id, service_id=key.scope.service_id,
        version=based_on + 1, title=title, body=body, author_id=author_id,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(version)
    except IntegrityError as error:
        raise TemplateChanged from error
    return version


def _of(key: TemplateKey) -> Select[tuple[MessageTemplateVersion]]:
    return select(MessageTemplateVersion).where(
        MessageTemplateVersion.name == key.name,
        MessageTemplateVersion.language == key.language,
        MessageTemplateVersion.scope == key.scope.key,
    )
