"""Who imports whom, read from the source without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Import:
    """`inside` says that it stands in a function, and so runs only when that is called."""

    importer: str
    imported: str
    line: int
    inside: bool


@cache
def modules() -> dict[str, Path]:
    """Our own modules by dotted name; a package has the name of its folder."""
    files = [*ROOT.glob("*.py"), *(ROOT / "app").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")]
    return {_name(file): file for file in sorted(files)}


@cache
def syntax_tree(name: str) -> ast.Module:
    """Of one of our modules; parsed once, for a dozen tests read all of them."""
    return ast.parse(modules()[name].read_text())


@cache
def syntax_nodes(name: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(syntax_tree(name)))


@cache
def imports() -> tuple[Import, ...]:
    """All imports of our own modules by our own modules."""
    return tuple(found for name in modules() for found in _imports_of(name))


def circles() -> list[list[str]]:
    """Groups of modules that import each other, in functions too, the smallest first (Tarjan's components)."""
    graph: dict[str, set[str]] = {name: set() for name in modules()}
    for found in imports():
        graph[found.importer].add(found.imported)
    return sorted((sorted(group) for group in _components(graph) if len(group) > 1), key=len)


def _name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imports_of(name: str) -> Iterator[Import]:
    nodes = syntax_nodes(name)
    inner = {id(node) for function in nodes if isinstance(function, ast.FunctionDef) for node in ast.walk(function)}
    checking = {id(node) for block in nodes if _is_for_types_only(block) for node in ast.walk(block)}
    for node in nodes:
        for target in _targets(node):
            if target != name and id(node) not in checking:
                yield Import(name, target, node.lineno, inside=id(node) in inner)  # type: ignore[attr-defined]


def _is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _targets(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in modules())
    elif isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            if inner in modules():
                yield inner
            elif node.module in modules():
                yield node.module


def _components(graph: dict[str, set[str]]) -> Iterator[set[str]]:
    numbers: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []

    def visit(node: str) -> Iterator[set[str]]:
        numbers[node] = lowest[node] = len(numbers)
        stack.append(node)
        for after in sorted(graph[node]):
            if after not in numbers:
                yield from visit(after)
                lowest[node] = min(lowest[node], lowest[after])
            elif after in stack:
                lowest[node] = min(lowest[node], numbers[after])
        if lowest[node] == numbers[node]:
            cut = stack.index(node)
            yield set(stack[cut:])
            del stack[cut:]

    for start in sorted(graph):
        if start not in numbers:
            yield from visit(start)
