"""The context of the page layout: the reader, the branches, counts and navigation."""

from functools import cached_property

from flask import Flask, g, request
from flask_babel import get_locale
from flask_login import current_user
from sqlalchemy import func, select

from app.core.extensions import db
from app.core.locale import reader_timezone
from app.domain.calls.counts import count_running
from app.domain.staff_notices.notice_list import count_unread
from app.domain.tasks.lifecycle import count_open
from app.models import Agent, Company, WebhookEvent
from app.web import branch_filter
from app.web.guards import can_access
from app.web.labels import ROLES
from app.web.toasts import read_toast

THEMES = ("light", "dark", "auto")


class LayoutContext:
    """Computes each value on access, so that an error page reads neither session nor database."""

    @property
    def locale(self) -> str:
        return get_locale().language

    @property
    def timezone(self) -> str:
        return reader_timezone()

    @property
    def nav(self) -> str:
        return "slim" if request.cookies.get("nav") == "slim" else "wide"

    @property
    def theme(self) -> str:
        user = g.get("_login_user")
        theme = getattr(user, "theme", "auto")
        return theme if theme in THEMES else "auto"

    @cached_property
    def user(self) -> dict[str, object]:
        return {
            "name": current_user.name,
            "email": current_user.email,
            "role_label": ROLES.get(current_user.role, current_user.role),
            "is_platform": current_user.is_platform,
        }

    @cached_property
    def company(self) -> str | None:
        company = db.session.get(Company, current_user.company_id) if current_user.company_id else None
        return company.name if company else None

    @cached_property
    def assistant(self) -> str:
        return get_assistant_name()

    @property
    def branches(self) -> list[tuple[str, str]]:
        return [] if current_user.is_platform else branch_filter.list_branches()

    @property
    def branch_id(self) -> str | None:
        return None if current_user.is_platform else branch_filter.find_selected_branch_id()

    @cached_property
    def running(self) -> int | None:
        return None if current_user.is_platform else count_running(current_user.branch_ids)

    @cached_property
    def open_tasks(self) -> int | None:
        return None if current_user.is_platform else count_open_tasks()

    @cached_property
    def unread_notices(self) -> int | None:
        return None if current_user.is_platform else count_unread(current_user)

    @cached_property
    def unassigned(self) -> int | None:
        """The number of phone numbers that wait for support."""
        if not current_user.is_platform:
            return None
        statement = select(func.count(WebhookEvent.to_number.distinct())).where(WebhookEvent.status == "unassigned")
        return db.session.scalar(statement)


def count_open_tasks() -> int:
    """Count the open tasks of the filtered branches, once per request."""
    if "open_task_count" not in g:
        g.open_task_count = count_open(branch_filter.get_branch_filter())
    return g.open_task_count


def get_assistant_name() -> str:
    """Get the name of the company's agent, queried once per request."""
    if current_user.is_platform:
        return "Lena"
    if "assistant_name" not in g:
        statement = select(Agent.name).where(Agent.is_active).order_by(Agent.created_at, Agent.id).limit(1)
        g.assistant_name = db.session.scalar(statement) or "Lena"
    return g.assistant_name


def register(app: Flask) -> None:
    """Provide every template with `layout` and `can_access`."""
    app.context_processor(lambda: {"layout": LayoutContext()})
    app.jinja_env.globals.update(can_access=can_access, read_toast=read_toast)
