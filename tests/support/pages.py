"""The page inspector: every page a test opens is read as strictly as a person deserves.

`assert_sound(response, url)` raises one AssertionError that lists everything wrong with a page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, Protocol
from xml.etree.ElementTree import Comment, Element

import html5lib

CLOSED: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""What the security policy of every answer must say; `form-action` may add a payment page."""

SUFFIX: Final = " · Dayrate"
NEEDS_LABEL: Final = {"input", "select", "textarea"}
NEEDS_NAME: Final = {"a", "button"}
NO_LABEL: Final = {"hidden", "submit", "button", "image", "reset"}
HANDLER: Final = "on"


class Answer(Protocol):
    """What the inspector needs of a response."""

    @property
    def data(self) -> bytes:
        """The body."""
        ...

    @property
    def headers(self) -> Headers:
        """The headers."""
        ...


class Headers(Protocol):
    """Headers by name."""

    def get(self, name: str, /) -> str | None:
        """Return the value of a header."""
        ...


class Page:
    """A parsed page."""

    def __init__(self, html: str) -> None:
        """Parse as a browser does, and keep what the standard says is wrong."""
        parser = html5lib.HTMLParser(
            tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False
        )
        self.root: Element = parser.parse(html)
        self.errors: list[str] = [
            f"HTML: {code.replace('-', ' ')} {details or ''} at line {position[0]}"
            for position, code, details in parser.errors
        ]
        self.parents = {child: parent for parent in self.elements() for child in parent}

    def elements(self, *tags: str) -> list[Element]:
        """Return the elements of these kinds (all without), in the order of the page."""
        comment: object = Comment  # its function stands in the place of a tag
        return [
            one
            for one in self.root.iter()
            if one.tag is not comment and (not tags or one.tag in tags)
        ]

    def above(self, element: Element) -> Iterator[Element]:
        """Yield what an element is inside of, from near to far."""
        while element in self.parents:
            element = self.parents[element]
            yield element


def text(element: Element) -> str:
    """Return what an element says, in one line."""
    return " ".join("".join(element.itertext()).split())


def show(element: Element) -> str:
    """Return the tag as a person would look for it."""
    wanted = ("id", "name", "class", "href", "action", "type")
    said = "".join(f' {key}="{element.get(key)}"' for key in wanted if element.get(key))
    return f"<{element.tag}{said}>"


def problems(html: str, policy: str | None) -> list[str]:
    """Return everything that is wrong with a page; an empty list when it is sound."""
    page = Page(html)
    checks: list[Callable[[Page], Iterator[str]]] = [
        _headline,
        _language,
        _ids,
        _labels,
        _names,
        _forms,
        _inline,
    ]
    found = [problem for check in checks for problem in check(page)]
    return [*page.errors, *found, *_policy(policy)]


def assert_sound(response: Answer, url: str) -> None:
    """Raise one AssertionError that lists everything wrong with a page."""
    found = problems(response.data.decode(), response.headers.get("Content-Security-Policy"))
    assert not found, "\n".join([f"{url} is not sound:", *(f"- {one}" for one in found)])


def _headline(page: Page) -> Iterator[str]:
    headings = [text(heading) for heading in page.elements("h1")]
    if len(headings) != 1:
        yield f"one <h1> is needed, there are {len(headings)}: {headings}"
        return
    titles = page.elements("title")
    title = text(titles[0]).removesuffix(SUFFIX) if titles else ""
    for prefix in ("Error: ", "错误：", "错误: "):
        title = title.removeprefix(prefix)
    if not headings[0] or not title.startswith(headings[0]):
        yield f"<title> must start with the <h1>: {title!r} and {headings[0]!r}"


def _language(page: Page) -> Iterator[str]:
    if not page.root.get("lang"):
        yield "<html> needs lang"


def _ids(page: Page) -> Iterator[str]:
    ids = Counter(one.get("id") for one in page.elements() if one.get("id") is not None)
    yield from (f"id {name!r} is there {count} times" for name, count in ids.items() if count > 1)
    for one in page.elements():
        for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list"):
            for name in (one.get(attribute) or "").split():
                if name not in ids:
                    yield f"{show(one)} {attribute} names {name!r}, which is not on the page"


def _labels(page: Page) -> Iterator[str]:
    labelled = {label.get("for") for label in page.elements("label") if text(label)}
    for field in page.elements(*NEEDS_LABEL):
        if field.get("type") in NO_LABEL:
            continue
        is_named = field.get("aria-label") or field.get("aria-labelledby")
        is_wrapped = any(above.tag == "label" and text(above) for above in page.above(field))
        if not is_named and not is_wrapped and field.get("id", "") not in labelled:
            yield f"{show(field)} has no label"


def _names(page: Page) -> Iterator[str]:
    for one in page.elements(*NEEDS_NAME):
        pictures = [picture.get("alt") for picture in one.iter("img")]
        titles = [text(title) for title in one.iter("title")]
        if not any(
            [one.get("aria-label"), one.get("aria-labelledby"), text(one), *pictures, *titles]
        ):
            yield f"{show(one)} says nothing to a screen reader"
    yield from (f"{show(one)} needs alt" for one in page.elements("img") if one.get("alt") is None)


def _forms(page: Page) -> Iterator[str]:
    for form in page.elements("form"):
        if not form.get("action"):
            yield f"{show(form)} needs an action"
        tokens = [one for one in form.iter("input") if one.get("name") == "csrf_token"]
        is_post = (form.get("method") or "get").lower() == "post"
        if is_post and not any(token.get("value") for token in tokens):
            yield f"{show(form)} has no csrf_token"
        if not is_post and tokens:
            yield f"{show(form)} would show its csrf_token in the address"


def _inline(page: Page) -> Iterator[str]:
    for one in page.elements():
        yield from (
            f"{show(one)} has {name}="
            for name in one.attrib
            if name == "style" or name.startswith(HANDLER)
        )
        is_data = one.get("type") == "application/ld+json"  # facts for search engines, never run
        if one.tag == "style" or (one.tag == "script" and not one.get("src") and not is_data):
            yield f"{show(one)} is inline"
        if (one.get("href") or "").lower().startswith("javascript:"):
            yield f"{show(one)} runs a script"


def _policy(policy: str | None) -> Iterator[str]:
    said = {
        name: " ".join(values)
        for name, *values in (part.split() for part in (policy or "").split(";") if part.strip())
    }
    for name, value in CLOSED.items():
        if said.get(name) != value:
            yield f"Content-Security-Policy needs {name} {value}, says {said.get(name)!r}"
    for form_target in (said.get("form-action") or "*").split():
        if form_target != "'self'" and not form_target.endswith(".stripe.com"):
            yield f"Content-Security-Policy lets forms go to {form_target}"
