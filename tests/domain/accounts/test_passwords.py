"""Passwords: which ones will do, and how they rest."""

import subprocess
import sys

import pytest
from argon2 import PasswordHasher
from flask import Flask

from app.domain.accounts import passwords
from app.domain.accounts.passwords import find_weakness, generate_one_time_password, hash_password, verify_password
from config import ROOT
from tests.support.tables import each_row
from tests.support.waiting import HANGS_AFTER_S

OWN = ("Astrid Lindgren", "owner@salon-lindgren.example", "Salon Lindgren")


@pytest.fixture(autouse=True)
def speaking(app: Flask):  # type: ignore[no-untyped-def]
    with app.test_request_context():
        yield


@each_row(
    "password",
    [
        "Lindenblüten im Regen",
        "xK9#mQ2$vL5p",
        "vier Pferde stapeln Heu",
        "korrekt-Pferd-Batterie",
        "ñandú y murciélago 7",
        "🦔🌧️ Igel im Regen",
    ],
)
def test_these_will_do(password: str) -> None:
    assert find_weakness(password, own_words=OWN) is None


@each_row(
    "password, because",
    [
        ("", "zu kurz"), ("elf Zeichen", "zu kurz"), ("x" * 1025, "zu lang"),
        ("passwort12345", "Listen"), ("Passwort2026!", "Listen"), ("PASSWORD1234", "Listen"), ("P4ssw0rt!!!!", "Listen"),
        ("123Willkommen", "Listen"), ("geheimgeheim", "Listen"), ("SchatziSchatzi", "Listen"), ("ich-liebe-dich", "Listen"),
        ("meinpasswort1", "Listen"), ("Sommer2026!!!", "Listen"), ("halloHALLO2024", "Listen"),
        ("aaaaaaaaaaaa", "Reihen"), ("123456789012", "Reihen"), ("xkdxkdxkdxkd", "Reihen"), ("qwertzuiopü+", "Reihen"),
        ("098765432109", "Reihen"), ("abcdefghijklm", "Reihen"), ("1q1q1q1q1q1q", "Reihen"), ("            ", "Reihen"),
        ("AstridLindgren1", "Ihrem Namen"), ("salon-lindgren!", "Ihrem Namen"), ("owner.salon.lindgren", "Ihrem Namen"),
    ],
)  # fmt: skip
def test_these_will_not(password: str, because: str) -> None:
    wrong = find_weakness(password, own_words=OWN)
    assert wrong is not None and because in wrong


def test_a_password_is_found_right_and_no_other() -> None:
    kept = hash_password("Lindenblüten im Regen")
    assert kept.startswith("$argon2id$")
    assert verify_password("Lindenblüten im Regen", kept)
    assert not verify_password("Lindenblüten im Regen ", kept)
    assert not verify_password("lindenblüten im regen", kept)
    assert hash_password("Lindenblüten im Regen") != kept


def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    assert verify_password("Lindenblu\u0308ten im Regen", hash_password("Lindenbl\u00fcten im Regen"))


@each_row("kept", [None, "", "garbage", "$argon2id$v=19$broken"])
def test_without_a_kept_password_none_is_right(kept: str | None) -> None:
    assert not verify_password("", kept)
    assert not verify_password("Lindenblüten im Regen", kept)


@pytest.fixture
def real_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost of production; the tests hash cheaply otherwise."""
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(**passwords.ARGON2_PARAMETERS))


def test_a_password_costs_an_attacker_nineteen_mebibytes_and_two_rounds(real_cost: None) -> None:
    kept = hash_password("Lindenblüten im Regen")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify_password("Lindenblüten im Regen", kept)
    assert not verify_password("lindenblüten im regen", kept)


def test_a_fresh_process_hashes_at_that_cost() -> None:
    """Nothing but the tests' own conftest puts another hasher in its place."""
    program = "from app.domain.accounts.passwords import hash_password; print(hash_password('Lindenblüten im Regen'))"
    command = [sys.executable, "-c", program]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=HANGS_AFTER_S).stdout
    assert said.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_weaker_hash_is_made_anew(real_cost: None) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("Lindenblüten im Regen")
    assert verify_password("Lindenblüten im Regen", weak) and passwords.needs_rehash(weak)
    assert not passwords.needs_rehash(hash_password("Lindenblüten im Regen"))


def test_one_time_passwords_are_long_and_never_the_same() -> None:
    made = {generate_one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(password) == 23 and find_weakness(password) is None for password in made)


def test_the_list_of_common_passwords_is_folded_as_it_is_read() -> None:
    assert all(word == word.lower() and " " not in word for word in passwords._load_common_passwords())
    assert len(passwords._load_common_passwords()) > 300
