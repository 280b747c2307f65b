"""Answers kept for a while: never read again after an edit, never shared between kinds, and no loss when they are gone."""

import pytest
import redis as redis_library
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.core.cache import Cache

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_what_was_kept_is_known(db: SQLAlchemy, redis: redis_library.Redis) -> None:
    cache = Cache("number", seconds=60)
    generation, known = cache.get_many(["a", "b"])
    assert known == {}
    cache.put_many(generation, {"a": {"company": "x"}})
    assert cache.get_many(["a", "b"])[1] == {"a": {"company": "x"}}
    assert Cache("other", seconds=60).get_many(["a"])[1] == {}


def test_an_edit_makes_everything_unreadable(db: SQLAlchemy, redis: redis_library.Redis) -> None:
    cache = Cache("number", seconds=60)
    cache.put_many(cache.get_many([])[0], {"a": 1})
    cache.forget()
    assert cache.get_many(["a"])[1] == {}


def test_an_answer_read_before_an_edit_is_not_kept_after_it(db: SQLAlchemy, redis: redis_library.Redis) -> None:
    """Somebody asks the database, somebody else edits, the first one keeps yesterday's answer: nobody may read it."""
    cache = Cache("number", seconds=60)
    generation, _ = cache.get_many(["a"])
    cache.forget()
    cache.put_many(generation, {"a": "yesterday's owner"})
    assert cache.get_many(["a"])[1] == {}


def test_a_flushed_redis_knows_nothing_and_learns_again(db: SQLAlchemy, redis: redis_library.Redis) -> None:
    cache = Cache("number", seconds=60)
    cache.put_many(cache.get_many([])[0], {"a": 1})
    redis.flushall()
    generation, known = cache.get_many(["a"])
    assert known == {}
    cache.put_many(generation, {"a": 2})
    assert cache.get_many(["a"])[1] == {"a": 2}


def test_a_flush_does_not_bring_back_an_answer_from_before_an_edit(db: SQLAlchemy, redis: redis_library.Redis) -> None:
    """Read, edit, flush, keep: counted from nought again, the generation must not be the one from before the edit."""
    cache = Cache("number", seconds=60)
    generation, _ = cache.get_many(["a"])
    cache.forget()
    redis.flushall()
    cache.put_many(generation, {"a": "yesterday's owner"})
    assert cache.get_many(["a"])[1] == {}


def test_answers_do_not_stay_for_ever(app: Flask, db: SQLAlchemy, redis: redis_library.Redis) -> None:
    cache = Cache("number", seconds=60)
    cache.put_many(cache.get_many([])[0], {"a": 1})
    (key,) = redis.keys("cache:number:*:a")
    assert 0 < redis.ttl(key) <= 60
