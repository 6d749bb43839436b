"""House rules no linter knows. Each failure says what to do instead."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.support.source import PRODUCT, ROOT, Module, imports, modules

LONGEST_FILE = 400
LONGEST_VIEW = 15
FORBIDDEN_NAMES = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "base"}
DOMAIN_NAMES = {"__init__", "rules", "models", "services", "queries", "ports", "jobs"}
DATA = {"data"}
ROOMS = ("rules.py", "rules", "services.py", "services")
SESSION_OWNERS = {"marketplace/db.py"}
UNEXPLAINED = re.compile(
    r"#\s*(noqa(?::\s*[A-Z0-9, ]+)?|type:\s*ignore(?:\[[^\]]*\])?)\s*$", re.MULTILINE
)


def called(module: Module, name: str) -> list[str]:
    """Return where a method of this name is called."""
    return [
        module.at(node)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
    ]


def elsewhere() -> list[Module]:
    return [module for module in modules() if module.name not in SESSION_OWNERS]


def test_only_the_transaction_commits() -> None:
    found = [where for module in elsewhere() for where in called(module, "commit")]

    assert found == [], "Flush and return: the caller's `with db.transaction(session)` commits."


def test_only_the_lock_locks() -> None:
    found = [where for module in elsewhere() for where in called(module, "with_for_update")]

    assert found == [], "Use db.lock() or db.lock_one(): they read the row again."


def floats(module: Module) -> list[str]:
    """Return where a float is written, made or named; asking `isinstance(x, float)` is fine."""
    asked = {
        id(node)
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "isinstance"
        for node in ast.walk(call)
    }
    return [
        module.at(node)
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Name) and node.id == "float" and id(node) not in asked)
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]


def test_money_and_rules_know_no_float() -> None:
    found = [
        where
        for folder in ("kernel", "domain")
        for module in modules(PRODUCT / folder)
        for where in floats(module)
    ]

    assert found == [], "Count whole units, or use Fraction: a float loses cents."


def lines_of(view: ast.FunctionDef) -> int:
    """Return how many lines a view has from `def` on, its docstring aside."""
    assert view.end_lineno
    first = view.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if is_docstring else 0
    return view.end_lineno - view.lineno + 1 - docstring


def is_view(function: ast.FunctionDef) -> bool:
    """Say whether a function answers a URL."""
    return any(
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and isinstance(decorator.func.value, ast.Name)
        and decorator.func.value.id == "bp"
        and decorator.func.attr in {"get", "post", "route"}
        for decorator in function.decorator_list
    )


def test_views_are_short() -> None:
    found = [
        f"{module.at(view)} {view.name}: {lines_of(view)} lines"
        for module in modules(PRODUCT / "blueprints")
        for view in module.functions()
        if is_view(view) and lines_of(view) > LONGEST_VIEW
    ]

    assert found == [], "A view parses, calls one service and answers; move the rest there."


def test_every_view_says_who_may_open_it() -> None:
    found = [
        f"{module.at(view)} {view.name}"
        for module in modules(PRODUCT / "blueprints")
        for view in module.functions()
        if is_view(view) and not any("allow(" in ast.unparse(d) for d in view.decorator_list)
    ]

    assert found == [], "Add @allow(Permission.…) below the route."


def test_files_are_short() -> None:
    found = [
        f"{module.name}: {module.text.count(chr(10))} lines"
        for module in modules()
        if module.text.count("\n") > LONGEST_FILE
    ]

    assert found == [], "Make it a folder of nouns, such as rules/overtime.py and rules/rest.py."


def test_no_file_is_a_drawer_for_anything() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in PRODUCT.rglob("*")
        if path.stem in FORBIDDEN_NAMES and (path.suffix == ".py" or path.is_dir())
    ]

    assert found == [], "Name it after what is in it."


def test_domain_packages_have_the_same_rooms() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for package in sorted((PRODUCT / "domain").iterdir())
        if package.is_dir() and package.name != "__pycache__"
        for path in sorted(package.iterdir())
        if (path.suffix == ".py" and path.stem not in DOMAIN_NAMES)
        or (
            path.is_dir()
            and path.name != "__pycache__"
            and path.name not in (DOMAIN_NAMES - {"__init__"}) | DATA
        )
    ]

    assert found == [], f"A domain package has only {', '.join(sorted(DOMAIN_NAMES))}."


def test_only_structlog_logs() -> None:
    found = [
        module.name
        for module in modules()
        if "logging" in imports(module)
        # an adapter may quieten the library it wraps
        and not module.name.startswith("marketplace/adapters/")
    ]

    assert found == [], "log = structlog.get_logger(); one event name and fields."


def test_nothing_imports_the_entry_point() -> None:
    found = [module.name for module in modules() if "wsgi" in imports(module)]

    assert found == [], "wsgi.py is for the server alone; take create_app from marketplace.app."


def test_every_exception_to_a_gate_has_a_reason() -> None:
    found = [
        f"{module.name}:{module.text.count(chr(10), 0, match.start()) + 1} {match[0]}"
        for folder in (PRODUCT, ROOT / "tests", ROOT / "scripts")
        for module in modules(folder)
        for match in UNEXPLAINED.finditer(module.text)
    ]

    assert found == [], "Write why after it: `# noqa: ANN401 - JSON has no narrower type`."


def test_every_rule_and_service_is_tested_by_name() -> None:
    tested = set().union(*(imports(module) for module in modules(ROOT / "tests")))
    rooms = [
        path
        for package in sorted((PRODUCT / "domain").iterdir())
        for path in map(package.joinpath, ROOMS)
        if path.exists()
    ]
    found = [
        path.relative_to(ROOT).as_posix()
        for path in rooms
        if not any(name.startswith(dotted(path)) for name in tested)
    ]

    assert found == [], "Add tests/rules/test_<package>.py or tests/services/test_<package>.py."


def dotted(path: Path) -> str:
    """Return the name a file or folder of the product is imported by."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)
