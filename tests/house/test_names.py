"""Names are the field's terms: what a search for the subject would find, one meaning each."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.house.imports import ROOT, modules, syntax_tree

# words that say nothing of a subject, or name it as nobody else does
HOUSE_WORDS = {
    "apart", "door", "elsewhere", "errand", "going", "hall", "heard", "house", "look", "looks", "meant", "nobody", "said", "somebody",
    "standing", "stuff", "there", "thing", "things", "told", "wanted", "whoever", "whose", "wish", "wishes",
}  # fmt: skip
# they need a noun beside them
PARTICIPLES = {"asked", "counted", "found", "kept", "known", "made", "read", "seen", "shown", "taken"}
# gerunds that are the term itself
NOUNS = {
    "booking", "coalescing", "formatting", "greeting", "logging", "mapping", "marketing", "matching", "messaging",
    "missing", "onboarding", "opening", "parsing", "phrasing", "processing", "provisioning",
    "scheduling", "spelling", "tracking", "training", "wording", "working",
}  # fmt: skip
VAGUE = {"common", "helpers", "manager", "misc", "utils"}
TESTS = ROOT / "tests"
WHOLE_ROADS = {"browser", "callers", "faults", "house", "support"}
GERUND = re.compile(r"[a-z]{3,}ing$")


def test_files_are_named_after_their_subject() -> None:
    named = {name: _words(name.rpartition(".")[2]) for name in _app()}
    assert [name for name, words in named.items() if _is_odd(words)] == []
    assert [name for name in named if name.rpartition(".")[2] in VAGUE] == []
    assert [name for name, words in named.items() if any(map(GERUND.fullmatch, words - NOUNS))] == []


def test_classes_and_constants_are_named_in_the_fields_terms() -> None:
    odd = {f"{module}.{name}" for module in _app() for name in _classes_and_constants(module) if _is_odd(_words(name))}
    assert odd == set()


def test_limits_are_called_max_and_min() -> None:
    names = {f"{module}.{name}": _words(name) for module in _app() for name in _classes_and_constants(module)}
    assert {name for name, words in names.items() if words & {"most", "longest", "largest", "shortest"}} == set()


def test_a_class_name_has_one_meaning_inside_the_domain() -> None:
    homes = defaultdict(list)
    for module in modules():
        if module.startswith("app.domain."):
            for node in syntax_tree(module).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    homes[node.name].append(module)
    assert {name: homes[name] for name in homes if len(homes[name]) > 1} == {}


def test_tests_stand_where_a_search_looks_for_them() -> None:
    """`app/x/y.py` is tested in `tests/x/test_y.py` or `test_y_<aspect>.py`; one in ten may span several, besides suites of whole roads."""
    unit = [file.relative_to(TESTS) for file in TESTS.rglob("test_*.py") if file.relative_to(TESTS).parts[0] not in WHOLE_ROADS]
    astray = [file for file in unit if not _has_subject(file)]
    assert len(astray) <= len(unit) / 10, astray


def _has_subject(test: Path) -> bool:
    folder = ROOT / test.parent if test.parts[0] == "scripts" else ROOT / "app" / test.parent if test.parent.parts else ROOT
    stem = test.stem.removeprefix("test_")
    return any(stem == module.stem or stem.startswith(module.stem + "_") for module in folder.glob("*.py"))


def _app() -> Iterator[str]:
    return (name for name in modules() if name.startswith(("app.", "scripts.")))


def _classes_and_constants(module: str) -> Iterator[str]:
    for node in syntax_tree(module).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name) and target.id.isupper())


def _is_odd(words: set[str]) -> bool:
    return bool(words & HOUSE_WORDS) or words <= PARTICIPLES


def _words(name: str) -> set[str]:
    """`CallStats`, `call_stats` and `CALL_STATS` are call and stats."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}
