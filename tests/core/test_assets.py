"""Files of the pages are asked for once, and again as soon as they are others."""

import os
from pathlib import Path

from flask import Flask, url_for


def test_what_carries_its_version_is_kept_for_ever_and_the_rest_is_asked_for(app: Flask) -> None:
    client = app.test_client()
    with app.test_request_context():
        named = url_for("static", filename="css/base.css")
    assert "?v=" in named
    for address, kept in (
        (named, True),
        ("/static/css/base.css", False),
        ("/static/fonts/inter-latin-opsz-normal.woff2", True),
        ("/static/css/nichts.css?v=1", False),
    ):
        answer = client.get(address, buffered=True)
        assert ("immutable" in answer.headers.get("Cache-Control", "")) is kept, address


def test_another_content_is_another_address(app: Flask, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    file = tmp_path / "one.css"
    seen = set()
    for number, text in enumerate(("a {}", "b {}")):
        file.write_text(text)
        os.utime(file, ns=(number, number))
        with app.test_request_context():
            seen.add(url_for("static", filename="one.css"))
    assert len(seen) == 2
