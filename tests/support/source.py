"""The product's source as trees: what the checks of the house read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ROOT / "marketplace"


@dataclass(frozen=True)
class Module:
    """One Python file of the product."""

    path: Path

    @property
    def name(self) -> str:
        """The path from the top, as an editor opens it."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        """What the file says."""
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """What the file means."""
        return ast.parse(self.text)

    def walk(self, kind: type[ast.AST]) -> Iterator[ast.AST]:
        """Yield every node of a kind."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kind))

    def functions(self) -> Iterator[ast.FunctionDef]:
        """Yield every function, however deep."""
        for node in self.walk(ast.FunctionDef):
            assert isinstance(node, ast.FunctionDef)
            yield node

    def at(self, node: ast.AST) -> str:
        """Say where a node is."""
        return f"{self.name}:{getattr(node, 'lineno', 1)}"


def modules(folder: Path = PRODUCT) -> list[Module]:
    """Return every Python file below a folder, in order."""
    return [Module(path) for path in sorted(folder.rglob("*.py"))]


def imports(module: Module) -> set[str]:
    """Return the dotted names a file imports, deferred ones included."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found
