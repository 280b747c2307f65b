"""Commands as a document gives them, for tests that do what it says."""

import re

from tests.support.running_server import ROOT


def commands_under(heading: str, *, document: str) -> list[str]:
    """The lines of the first block of commands under the heading, as they are typed."""
    chapter = (ROOT / document).read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    block = re.search(r"```sh\n(.*?)```", chapter, re.DOTALL)
    assert block, f"{document} gives no commands under {heading!r}"
    return block[1].replace("\\\n", " ").splitlines()
