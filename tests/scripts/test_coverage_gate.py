"""The coverage gate lets nothing through that is short of its threshold."""

from __future__ import annotations

from typing import Any

from scripts.coverage_gate import shortfalls

LIMITS = {"total": 95, "strict": 100, "strict_paths": ["marketplace/domain/*/rules.py"]}


def a_file(statements: int, missing: int, branches: int = 0, half: int = 0) -> dict[str, Any]:
    return {
        "summary": {
            "num_statements": statements,
            "missing_lines": missing,
            "num_branches": branches,
            "missing_branches": half,
        },
        "missing_lines": list(range(missing)),
        "missing_branches": [[1, 2]] * half,
    }


def test_a_rule_with_one_branch_not_taken_is_named() -> None:
    files = {"marketplace/domain/booking/rules.py": a_file(100, 0, branches=100, half=1)}

    (problem,) = shortfalls(files, LIMITS)

    assert problem.startswith("marketplace/domain/booking/rules.py: 99.50%")


def test_elsewhere_a_little_may_be_missing() -> None:
    assert shortfalls({"marketplace/app.py": a_file(100, 5)}, LIMITS) == []


def test_elsewhere_more_than_a_little_is_refused_and_the_worst_file_comes_first() -> None:
    files = {
        "marketplace/fine.py": a_file(50, 1),
        "marketplace/bad.py": a_file(50, 5),
        "marketplace/domain/booking/rules.py": a_file(5000, 0),
    }

    problems = shortfalls(files, LIMITS)

    assert problems[0].startswith("That is less than 95%")
    assert problems[1] == "  marketplace/bad.py: 5 not run"


def test_nothing_to_cover_is_covered() -> None:
    assert shortfalls({"marketplace/domain/booking/rules.py": a_file(0, 0)}, LIMITS) == []
