"""Jobs and listeners: everything that is written is known, watched and can travel as JSON."""

import ast
import importlib
import inspect
import json
import types
import typing

import pytest
from flask import Flask

from app.core import event_bus, queues
from app.jobs import schedule
from tests.house.imports import modules, syntax_nodes

PLAIN = {str, int, float, bool, type(None)}


def test_every_module_of_jobs_and_listeners_is_loaded_by_its_package() -> None:
    """A job or listener in a file that nobody imports does not exist for the worker."""
    for package in ("app.jobs", "app.listeners"):
        loaded = importlib.import_module(package)
        parts = {name.removeprefix(f"{package}.") for name in modules() if name.startswith(f"{package}.")}
        named = {name for name, thing in vars(loaded).items() if isinstance(thing, types.ModuleType)}
        # the schedule and its ticker belong to the clock
        assert parts - named - {"schedule", "ticker"} == set()


def test_every_job_that_is_written_is_known() -> None:
    written = {
        f"{name}.{function.name}"
        for name in modules()
        for function in syntax_nodes(name)
        if isinstance(function, ast.FunctionDef) and any(_is_call_of(mark, "job") for mark in function.decorator_list)
    }
    assert written == set(queues.JOBS)


def test_jobs_stand_in_the_jobs_room() -> None:
    assert [name for name in queues.JOBS if not name.startswith("app.jobs.")] == []


def test_every_queue_of_a_job_is_watched_by_the_worker(app: Flask) -> None:
    with app.app_context():
        watched = {queue.name for queue in queues.watched_queues()}
    assert set(queues.QUEUES) == watched
    assert {job.queue for job in queues.JOBS.values()} <= watched


def test_a_job_of_an_unwatched_queue_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="No worker watches"):
        queues.job("somewhere")


def test_jobs_take_ids_and_plain_values_only() -> None:
    """They travel as JSON, and run perhaps twice and late."""
    for name, job in queues.JOBS.items():
        hints = typing.get_type_hints(job.function)
        for parameter in inspect.signature(job.function).parameters.values():
            assert _is_plain(hints[parameter.name]), f"{name}({parameter.name})"
        json.dumps([name, list(job.pauses_s), job.timeout_s])


def test_every_job_has_an_end() -> None:
    assert [name for name, job in queues.JOBS.items() if not 0 < job.timeout_s <= 3600] == []


def test_the_schedule_names_each_entry_once() -> None:
    names = [entry.name for entry in schedule.SCHEDULE]
    assert len(names) == len(set(names))
    assert all((entry.every_s is None) != (entry.daily_at is None) for entry in schedule.SCHEDULE)


def test_every_listener_that_is_written_is_registered(app: Flask) -> None:
    registered = {f"{listener.__module__}.{listener.__name__}" for kept in event_bus._listeners.values() for _events, listener in kept}
    written = {
        f"{name}.{function.name}"
        for name in modules()
        if name.startswith("app.")
        for function in syntax_nodes(name)
        if isinstance(function, ast.FunctionDef) and any(_is_call_of(mark, "subscribe") for mark in function.decorator_list)
    }
    assert written
    assert written <= registered
    assert [name for name in written if not name.startswith("app.listeners.")] == []


def test_every_event_is_announced_or_listened_to() -> None:
    """The page of events holds nothing that never happens."""
    events = importlib.import_module("app.events")
    classes = {name for name, thing in vars(events).items() if inspect.isclass(thing) and thing.__module__ == "app.events"}
    used = {
        node.id
        for name in modules()
        if name.startswith(("app.domain.", "app.listeners.", "app.web.", "app.realtime."))
        for node in syntax_nodes(name)
        if isinstance(node, ast.Name)
    }
    families = {base.__name__ for name in classes for base in getattr(events, name).__mro__[1:]}
    assert classes - used - families == set()


def _is_call_of(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _is_plain(hint: object) -> bool:
    origin = typing.get_origin(hint)
    if origin in (list, dict, types.UnionType, typing.Union):
        return all(_is_plain(part) for part in typing.get_args(hint))
    return hint in PLAIN
