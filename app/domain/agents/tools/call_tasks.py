"""The callbacks that this call has asked for already: a repetition or correction changes one, another wish is another one."""

from dataclasses import dataclass

from pydantic import Field
from sqlalchemy import select

from app.core.extensions import db
from app.core.phone import display
from app.domain.agents.tools.caller_contact import resolve_phone
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.registry import ToolArgs
from app.domain.agents.tools.spelled_arguments import read_said_name
from app.domain.customers.name_matching import is_same_name
from app.domain.services.fuzzy_text import list_significant_words
from app.models import StaffTask


class RequestCallbackArgs(ToolArgs):
    name: str | None = Field(None, description="Who wants to be called.")
    phone: str | None = Field(None, description="Another number than the one that calls.")
    when: str | None = Field(None, description="When it suits, as said.")
    reason: str | None = Field(None, description="What it is about.")


def read_args(context: ToolContext, args: RequestCallbackArgs) -> RequestCallbackArgs:
    """Read the name where it was spelled."""
    return args.model_copy(update={"name": read_said_name(context, args.name)})


@dataclass(frozen=True, slots=True)
class EarlierCallback:
    task: StaffTask
    said: RequestCallbackArgs


def find_same_callback(context: ToolContext, said: RequestCallbackArgs) -> tuple[StaffTask, RequestCallbackArgs] | None:
    """Find the open callback of this call for the same person and reason, with all that was said of it; what is said now counts."""
    for earlier in reversed(_list_callbacks(context)):
        if _is_same_callback(context, earlier, said):
            return earlier.task, _merge(earlier.said, said)
    return None


def _merge(earlier: RequestCallbackArgs, said: RequestCallbackArgs) -> RequestCallbackArgs:
    """Merge what was said first and what is said now; a reason told in fewer words does not replace the longer one."""
    merged = earlier.model_dump() | said.model_dump(exclude_none=True)
    merged["reason"] = max(earlier.reason or "", said.reason or "", key=len) or None
    return RequestCallbackArgs.model_validate(merged)


def build_callback_ref(context: ToolContext) -> str:
    """Build the key of the next callback of this call."""
    number = len(_list_tasks(context))
    return f"callback:{context.call.id}" + (f":{number + 1}" if number else "")


def _list_callbacks(context: ToolContext) -> list[EarlierCallback]:
    """List the open callbacks of this call, each with the arguments that led to it; words that were erased are not known."""
    said: dict[str, dict[str, str]] = {}
    for _name, arguments, result, _ok in context.earlier_uses:
        data = result.get("data") if isinstance(result, dict) else None
        task_id = data.get("task_id") if isinstance(data, dict) else None
        if task_id:
            told = read_args(context, RequestCallbackArgs.model_validate(arguments or {})).model_dump(exclude_none=True)
            said[task_id] = said.get(task_id, {}) | told
    return [
        EarlierCallback(task, RequestCallbackArgs.model_validate(said.get(task.id, {})))
        for task in _list_tasks(context)
        if task.status == "open"
    ]


def _list_tasks(context: ToolContext) -> list[StaffTask]:
    tasks = select(StaffTask).where(StaffTask.call_id == context.call.id, StaffTask.source_ref.startswith(f"callback:{context.call.id}"))
    return list(db.session.scalars(tasks.order_by(StaffTask.id)))


def _is_same_callback(context: ToolContext, earlier: EarlierCallback, said: RequestCallbackArgs) -> bool:
    """Check whether nobody else and nothing else is named; without a name the number tells who it is."""
    if earlier.said.name and said.name and not is_same_name(earlier.said.name, said.name):
        return False
    if earlier.said.reason and said.reason and not _is_same_reason(earlier.said.reason, said.reason):
        return False
    if earlier.said.name and said.name:
        return True
    if said.phone is None and any(value for _name, value in earlier.said):
        return True
    number = resolve_phone(context, said.phone)
    return number is None or display(number) in (earlier.task.details or "").splitlines()


def _is_same_reason(one: str, other: str) -> bool:
    """Check whether one of them says no more than the other."""
    words, others = set(list_significant_words(one)), set(list_significant_words(other))
    return words <= others or others <= words
