"""What saves something travels compressed, once for a file, and never beside what another site has put into the address."""

import gzip
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.users import make_company, make_user, signed_in

STYLE, PICTURE, FONT = "/static/css/controls.css", "/static/img/icons.svg", "/static/fonts/inter-latin-opsz-normal.woff2"
OPENED = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["/login", "/api/v1/openapi.json", STYLE, PICTURE, "/static/vendor/htmx-4.0.1/htmx.min.js"])
@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0.1, gzip", "gzip"), ("identity", None), ("", None), ("br;q=0", None)],
)
def test_pages_data_and_files_are_what_they_were(client: FlaskClient, path: str, accepted: str, encoding: str | None) -> None:
    plain = client.get(path, buffered=True)
    assert plain.status_code == 200 and "Content-Encoding" not in plain.headers
    packed = client.get(path, headers={"Accept-Encoding": accepted}, buffered=True)
    assert packed.headers.get("Content-Encoding") == encoding
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    assert all("Accept-Encoding" in answer.headers["Vary"] for answer in (plain, packed))
    if encoding:
        assert len(packed.data) < len(plain.data) / 2
    if path != "/login":  # its token differs
        assert OPENED.get(encoding or "", bytes)(packed.data) == plain.data


@pytest.mark.parametrize("path", [FONT, "/static/fonts/Inter-LICENSE.txt?", "/health/live", "/nowhere", "/dashboard"])
def test_what_would_save_nothing_is_left_alone(client: FlaskClient, path: str) -> None:
    """Fonts are compressed in themselves; short answers, errors and redirects are not worth it."""
    answer = client.get(path.rstrip("?"), headers={"Accept-Encoding": "br"}, buffered=True)
    assert ("Content-Encoding" in answer.headers) is path.endswith("?")


def test_a_part_of_a_file_is_a_part_of_the_plain_one(client: FlaskClient) -> None:
    part = client.get(STYLE, headers={"Accept-Encoding": "br", "Range": "bytes=0-9"}, buffered=True)
    assert (part.status_code, len(part.data)) == (206, 10)
    assert "Content-Encoding" not in part.headers


def test_a_file_that_a_browser_has_is_not_sent_again(client: FlaskClient) -> None:
    """Each form has a tag of its own, and each is known again."""
    tags = set()
    for accepted in ("br", "gzip", "identity"):
        first = client.get(STYLE, headers={"Accept-Encoding": accepted}, buffered=True)
        again = client.get(STYLE, headers={"Accept-Encoding": accepted, "If-None-Match": first.headers["ETag"]}, buffered=True)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        tags.add(first.headers["ETag"])
    assert len(tags) == 3
    packed = client.get(STYLE, headers={"Accept-Encoding": "br"}, buffered=True).headers["ETag"]
    assert client.get(STYLE, headers={"Accept-Encoding": "gzip", "If-None-Match": packed}, buffered=True).status_code == 200


def test_a_file_is_compressed_once_until_it_changes(
    app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    kept = app.extensions["askproai_compression"][1].cache.data
    kept.clear()
    file = tmp_path / "one.css"
    for text in ("a { color: red } " * 200, "b { color: blue } " * 300):
        file.write_text(text)
        for number in range(3):
            answer = client.get(f"/static/one.css?v={number}", headers={"Accept-Encoding": "br"}, buffered=True)
            assert brotli.decompress(answer.data).decode() == text
    assert len(kept) == 2


@pytest.mark.parametrize(
    ("site", "is_packed"), [(None, True), ("none", True), ("same-origin", True), ("cross-site", False), ("same-site", False)]
)
def test_words_of_another_site_never_stand_compressed_beside_what_a_session_sees(app: Flask, site: str | None, is_packed: bool) -> None:
    headers = {"Accept-Encoding": "br"} | ({"Sec-Fetch-Site": site} if site else {})
    with app.app_context():
        browser = signed_in(app, make_user(make_company()))
    answer = browser.get("/calls?q=Anna", headers=headers)
    assert answer.status_code == 200
    assert ("Content-Encoding" in answer.headers) is is_packed
    # without a session there is nothing to find out
    assert "Content-Encoding" in app.test_client().get("/login?next=Anna", headers=headers).headers
