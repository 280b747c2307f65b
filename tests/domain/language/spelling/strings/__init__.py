"""Spelled strings as speech recognition writes them: kind, language, what was said, what is read; ? for what must be asked."""

from pathlib import Path


def list_strings(kind: str) -> list[tuple[str, str, str | None]]:
    """What was said, its language, and the text that is read, or None."""
    files = sorted(Path(__file__).parent.glob("*.tsv"))
    rows = [line.split("\t") for file in files for line in file.read_text(encoding="utf-8").splitlines() if line]
    return [(said, language, None if text == "?" else text) for row_kind, language, said, text in rows if row_kind == kind]
