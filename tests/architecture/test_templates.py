"""Templates: one per view and in its area's folder; no style, no script, no handler inside."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.support.source import PRODUCT, ROOT, Module, modules

TEMPLATES = PRODUCT / "templates"
SHARED = {"layouts", "components", "emails", "documents", "errors"}
INLINE = {
    r"<[a-z][^>]*\sstyle\s*=": "style=: use a class of app.css, or an SVG attribute",
    r"<[a-z][^>]*\son[a-z]+\s*=": "on…=: listen in app.js",
    r"<style\b": "<style>: use app.css",
    r"<script(?![^>]*\ssrc=)(?! type=.application/ld\+json)[^>]*>": "<script> without src: app.js",
    r"javascript:": "javascript: use a form or a link",
    r"\|\s*safe\b": "|safe: let Jinja escape it",
}
JINJA = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
COMMENTS = re.compile(r"\{#.*?#\}", re.DOTALL)


def pages() -> list[Path]:
    return [
        path
        for path in sorted(TEMPLATES.rglob("*.html"))
        if path.relative_to(TEMPLATES).parts[0] not in SHARED
    ]


def endpoints() -> set[str]:
    """Return area/view for every function of every area: <area>.<view> without the app."""
    return {
        f"{module.path.relative_to(PRODUCT / 'blueprints').parts[0]}/{function.name}"
        for module in modules(PRODUCT / "blueprints")
        for function in module.functions()
        if function.decorator_list
    }


def rendered(module: Module) -> list[tuple[str, str]]:
    """Return (where, template) for every template a file renders by name."""
    return [
        (module.at(node), node.args[0].value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("render_template")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


def test_every_page_template_belongs_to_a_view() -> None:
    known = endpoints()
    found = [
        path.relative_to(ROOT).as_posix()
        for path in pages()
        if not path.name.startswith("_")
        and path.relative_to(TEMPLATES).with_suffix("").as_posix() not in known
    ]

    assert found == [], "templates/<area>/<view>.html, or _<part>.html for a part of a page."


def test_views_render_templates_of_their_own_area() -> None:
    found = [
        f"{where} {template}"
        for module in modules(PRODUCT / "blueprints")
        for where, template in rendered(module)
        if template.split("/")[0]
        not in SHARED | {module.path.relative_to(PRODUCT / "blueprints").parts[0]}
    ]

    assert found == [], "Move what both need to templates/components."


def test_every_rendered_template_is_there() -> None:
    found = [
        f"{where} {template}"
        for module in modules()
        for where, template in rendered(module)
        if not (TEMPLATES / template).is_file()
    ]

    assert found == [], "Write the template, or correct its name."


def test_templates_have_nothing_inline() -> None:
    found = [
        f"{path.relative_to(ROOT).as_posix()}: {advice}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        if path.relative_to(TEMPLATES).parts[0] not in {"emails", "documents"}
        for pattern, advice in INLINE.items()
        if re.search(pattern, _without_jinja(path, pattern), re.IGNORECASE)
    ]

    assert found == [], "The page's security policy forbids it."


def _without_jinja(path: Path, pattern: str) -> str:
    text = path.read_text("utf-8")
    return (
        re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
        if "safe" in pattern
        else JINJA.sub("", text)
    )
