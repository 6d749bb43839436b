"""The page inspector sees what it is there to see."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.support.pages import CLOSED, assert_sound, problems

POLICY = "; ".join([*(f"{name} {value}" for name, value in CLOSED.items()), "form-action 'self'"])
SOUND = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Book Wang Xiaoming · Dayrate</title></head>
<body><h1>Book Wang Xiaoming</h1>
<form method="post" action="/book"><input type="hidden" name="csrf_token" value="t">
<label for="rate">Day rate</label><input id="rate" name="rate">
<label>Note <textarea name="note"></textarea></label>
<select aria-label="Unit" name="unit"><option>Main</option></select>
<button>Book</button></form>
<a href="/"><img src="/logo.svg" alt="Dayrate"></a></body></html>
"""


def bad(old: str, new: str) -> list[str]:
    assert old in SOUND
    return problems(SOUND.replace(old, new), POLICY)


def test_a_sound_page_has_no_problems() -> None:
    assert problems(SOUND, POLICY) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("<!DOCTYPE html>", "", "HTML: expected doctype"),
        ("<button>Book</button>", "<div><button>Book</div></button>", "HTML: "),
        ("<h1>Book Wang Xiaoming</h1>", "<h2>Book</h2>", "one <h1> is needed, there are 0"),
        ("<h1>", "<h1>Twice</h1><h1>", "one <h1> is needed, there are 2"),
        ("<title>Book", "<title>Cook", "<title> must start with the <h1>"),
        ("<h1>Book Wang Xiaoming</h1>", "<h1></h1>", "<title> must start with the <h1>"),
        (' lang="en"', "", "<html> needs lang"),
        ("<button>", '<button id="rate">', "id 'rate' is there 2 times"),
        (' id="rate"', ' aria-describedby="hint"', "names 'hint', which is not on the page"),
        ('<label for="rate">Day rate</label>', "", '<input id="rate" name="rate"> has no label'),
        ("Day rate", " ", '<input id="rate" name="rate"> has no label'),
        (' aria-label="Unit"', "", '<select name="unit"> has no label'),
        ("<label>Note ", "<label>", '<textarea name="note"> has no label'),
        (">Book</button>", "></button>", "<button> says nothing"),
        (' alt="Dayrate"', "", "needs alt"),
        (' action="/book"', "", "needs an action"),
        (' value="t"', "", "has no csrf_token"),
        (' method="post"', "", "would show its csrf_token"),
        ("<h1>", '<h1 style="color:red">', "<h1> has style="),
        ("<button>", '<button onclick="go()">', "<button> has onclick="),
        ("</head>", "<style>p{}</style></head>", "<style> is inline"),
        ("</head>", "<script>go()</script></head>", "<script> is inline"),
        ('href="/"', 'href="javascript:go()"', "runs a script"),
    ],
)
def test_a_fault_is_seen(old: str, new: str, problem: str) -> None:
    found = bad(old, new)

    assert any(problem in one for one in found), found


@pytest.mark.parametrize("title", ["Error: Book Wang Xiaoming", "Book Wang Xiaoming, 24 November"])
def test_a_title_may_say_more_than_the_heading(title: str) -> None:
    assert bad("<title>Book Wang Xiaoming", f"<title>{title}") == []


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        (None, "needs default-src"),
        (POLICY.replace("script-src 'self'", "script-src *"), "needs script-src 'self'"),
        (POLICY.replace("form-action 'self'", "form-action *"), "lets forms go to *"),
        (POLICY.replace("; form-action 'self'", ""), "lets forms go to *"),
    ],
)
def test_an_open_security_policy_is_seen(policy: str | None, problem: str) -> None:
    assert any(problem in one for one in problems(SOUND, policy))


def test_forms_may_go_to_the_payment_page() -> None:
    policy = POLICY.replace("form-action 'self'", "form-action 'self' https://connect.stripe.com")

    assert problems(SOUND, policy) == []


@dataclass
class AnAnswer:
    data: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Security-Policy": POLICY})


def test_the_complaint_names_the_page_and_lists_everything() -> None:
    answer = AnAnswer(SOUND.replace(' lang="en"', "").replace(' value="t"', "").encode())

    with pytest.raises(AssertionError, match=r"(?s)/book is not sound:.*lang.*csrf_token"):
        assert_sound(answer, "/book")


def test_a_sound_answer_passes() -> None:
    assert_sound(AnAnswer(SOUND.encode()), "/book")
