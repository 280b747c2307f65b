"""Tokens are random, only their hash is stored, and no text of an address is too odd to be refused."""

from app.core.link_tokens import MAX_TOKEN_LENGTH, generate_token, hash_token, may_be_token


def test_a_token_is_long_random_and_one_that_is_looked_for() -> None:
    tokens = {generate_token() for _ in range(100)}
    assert len(tokens) == 100 and all(len(token) >= 43 and may_be_token(token) for token in tokens)


def test_the_hash_tells_tokens_apart_and_is_not_the_token() -> None:
    token = generate_token()
    assert hash_token(token) == hash_token(token) != hash_token(generate_token())
    assert token not in hash_token(token)


def test_what_is_no_token_is_not_looked_for() -> None:
    for text in ("a" * (MAX_TOKEN_LENGTH + 1), "Zaunkönig", "\udcff"):
        assert not may_be_token(text) and hash_token(text)
