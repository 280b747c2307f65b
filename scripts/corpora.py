"""Reads the corpora that classifiers are trained on, and packs the weights that are learned."""

import csv
from array import array
from pathlib import Path
from typing import Any

import numpy as np  # type: ignore[import-not-found]


def read_lines(folder: Path, pattern: str = "*.tsv") -> list[list[str]]:
    """Read the lines of all files in the folder, each once."""
    lines: dict[tuple[str, ...], None] = {}
    for file in sorted(folder.glob(pattern)):
        with file.open(newline="") as opened:
            lines |= dict.fromkeys(tuple(row) for row in csv.reader(opened, delimiter="\t", quoting=csv.QUOTE_NONE) if row)
    return [list(line) for line in lines]


def pack_weights(values: Any) -> tuple[bytes, float]:
    """Pack weights to a byte each; gives what one of the byte is worth."""
    scale = float(np.abs(values).max()) / 127
    return array("b", np.round(values / scale).astype(int).tolist()).tobytes(), scale
