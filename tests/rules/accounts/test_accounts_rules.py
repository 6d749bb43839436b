"""Passwords, waiting after wrong ones, sessions, addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.domain.accounts import rules

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)

WEAK = [
    "1234567",
    "password",
    "password1234",
    "qwertyuiop12",
    "123456789012",
    "aaaaaaaaaaaa",
    "letmein2024!",
    "iloveyou1234",
    "11111111",
    "dragon123456",
    "abcdefghijkl",
    "1234abcd5678",
    "Passw0rd!Passw0rd!",
    "trustno1trustno1",
    "19900101",
    "zxcvbnm,./zx",
    "kX9#mQ2v",
    "welcome12345",
    "superman1234",
    "monkeymonkey",
]


@pytest.mark.parametrize("password", WEAK)
def test_a_guessable_password_is_refused_with_a_reason(password: str) -> None:
    problem = rules.password_problem(password)

    assert problem is not None
    assert str(problem)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "tmbrl kite 9", "purple lantern kite", "蓝色灯笼风筝和雨伞"],
)
def test_a_few_unrelated_words_are_good(password: str) -> None:
    assert rules.password_problem(password, ["Ava Lin", "ava.lin@example.test"]) is None


@pytest.mark.parametrize("password", ["avalinavalin", "ava.lin@example.test", "Ava-Lin-example"])
def test_ones_own_name_is_no_password(password: str) -> None:
    problem = rules.password_problem(password, ["Ava Lin", "ava.lin@example.test"])

    assert "your own name" in str(problem)


@pytest.mark.parametrize("password", ["Delgado1", "odagled1", "de1gad0x"])
def test_a_weak_password_around_ones_own_name_is_refused(password: str) -> None:
    problem = rules.password_problem(password, ["Rosa Delgado"])

    assert "your own name" in str(problem)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("abcdefghijkl", "Sequences"),
        ("aaaaaaaaaaaa", "Repeated"),
        ("19900101", "Dates"),
        ("zxcvbnm,./zx", "Rows of keys"),
        ("password1234", "Common words"),
        ("kX9#mQ2v", "easy to guess"),
        ("short", "at least 8"),
        ("x" * 201, "at most 200"),
    ],
)
def test_the_reason_says_what_to_change(password: str, reason: str) -> None:
    assert reason in str(rules.password_problem(password))


def test_ten_wrong_passwords_are_free() -> None:
    assert rules.next_try_at(9, NOW, rules.FREE_TRIES) == NOW


@pytest.mark.parametrize(
    ("failures", "minutes"), [(10, 1), (11, 2), (12, 4), (15, 32), (16, 60), (500, 60)]
)
def test_the_wait_doubles_up_to_an_hour(failures: int, minutes: int) -> None:
    allowed = rules.next_try_at(failures, NOW, rules.FREE_TRIES)

    assert allowed - NOW == timedelta(minutes=minutes)


def test_a_talents_session_ends_after_thirty_idle_days() -> None:
    ends = rules.session_ends_at(NOW, NOW, is_in_company=False)

    assert ends - NOW == timedelta(days=30)


def test_a_company_session_ends_after_twelve_idle_hours() -> None:
    ends = rules.session_ends_at(NOW, NOW, is_in_company=True)

    assert ends - NOW == timedelta(hours=12)


def test_no_session_lives_longer_than_ninety_days() -> None:
    ends = rules.session_ends_at(NOW - timedelta(days=89), NOW, is_in_company=False)

    assert ends - NOW == timedelta(days=1)


def test_an_address_is_kept_in_lower_case_without_spaces() -> None:
    assert rules.tidy_email("  Ava.Lin@Example.TEST ") == "ava.lin@example.test"


@pytest.mark.parametrize("email", ["ava@example.test", "a+b@x.co", "o'neil@mail.example.test"])
def test_addresses_people_have_are_taken(email: str) -> None:
    assert rules.is_email(email)


@pytest.mark.parametrize(
    "email", ["", "ava", "ava@", "@x.test", "ava@x", "a b@x.test", "a@b@x.test", "a@x.test\n"]
)
def test_what_cannot_be_an_address_is_not_taken(email: str) -> None:
    assert not rules.is_email(email)


def test_an_endless_address_is_not_taken() -> None:
    assert not rules.is_email("a" * 250 + "@x.test")


def test_every_role_has_a_word() -> None:
    assert set(rules.ROLE_WORDS) == set(rules.CompanyRole)
