"""What a browser calls itself, in words a person recognises."""

from __future__ import annotations

from typing import Final

from flask import request

BROWSERS: Final = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
DEVICES: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
"""Signs in the order they are looked for: browsers also name those they descend from."""


def browser_name(user_agent: str) -> str:
    """Return "Safari, iPhone" for a browser's own long name; "" for an unknown one."""
    found = (
        next((name for sign, name in table if sign in user_agent), "")
        for table in (BROWSERS, DEVICES)
    )
    return ", ".join(filter(None, found))


def address() -> str:
    """Return the network address of the reader, as far as the proxies are trusted."""
    return request.remote_addr or ""
