"""Settings: the embedded default needs nothing; every problem is named at once."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from marketplace.settings import Settings, SettingsError

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
OTHER = "MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
WHOLE = {
    "DATABASE_URL": "postgresql+psycopg://db/dayrate",
    "SECRET_KEY": "x" * 32,
    "FIELD_KEYS": f"1:{KEY}",
}


def test_the_embedded_default_needs_nothing(tmp_path: Path) -> None:
    settings = Settings.from_env({"DAYRATE_INSTANCE": str(tmp_path)})

    assert settings.database_url == f"sqlite:///{tmp_path / 'dayrate.db'}"
    assert len(settings.secret_key) >= 32
    assert [len(key) for key in settings.field_keys.values()] == [32]
    assert not settings.is_demo
    assert not settings.is_https


def test_the_generated_keys_stay_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first = Settings.from_env({"DAYRATE_INSTANCE": str(tmp_path)})
    second = Settings.from_env({"DAYRATE_INSTANCE": str(tmp_path)})

    assert first == second
    assert stat.S_IMODE((tmp_path / "keys.env").stat().st_mode) == 0o600


def test_with_a_database_no_key_is_made_up(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as problem:
        Settings.from_env({"DATABASE_URL": "x", "DAYRATE_INSTANCE": str(tmp_path)})

    assert "SECRET_KEY is missing" in str(problem.value)
    assert "FIELD_KEYS is missing" in str(problem.value)
    assert list(tmp_path.iterdir()) == []


def test_every_problem_is_in_one_message() -> None:
    wrong = {**WHOLE, "SECRET_KEY": "short", "FIELD_KEYS": "1:abc", "GATEWAY": "bank"}

    with pytest.raises(SettingsError) as problem:
        Settings.from_env(wrong)

    for name in ("SECRET_KEY", "FIELD_KEYS", "GATEWAY"):
        assert name in str(problem.value)


@pytest.mark.parametrize("keys", [f"0:{KEY}", f"256:{KEY}", f"x:{KEY}", "1:!!!", "1"])
def test_a_field_key_has_a_number_and_thirty_two_bytes(keys: str) -> None:
    with pytest.raises(SettingsError, match="FIELD_KEYS"):
        Settings.from_env({**WHOLE, "FIELD_KEYS": keys})


def test_several_field_keys_are_kept_by_number() -> None:
    settings = Settings.from_env({**WHOLE, "FIELD_KEYS": f"1:{KEY},2:{OTHER}"})

    assert sorted(settings.field_keys) == [1, 2]


def test_an_https_address_makes_cookies_secure() -> None:
    settings = Settings.from_env({**WHOLE, "BASE_URL": "https://dayrate.example/"})

    assert settings.is_https
    assert settings.base_url == "https://dayrate.example"


def test_what_is_given_is_taken(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {
            **WHOLE,
            "DAYRATE_DEMO": "1",
            "DAYRATE_INSTANCE": str(tmp_path),
            "MAIL_FROM": "Pay <pay@example.test>",
            "SMTP_URL": "smtp://mail:25",
            "TRUSTED_PROXIES": "2",
        },
    )

    assert settings.is_demo
    assert (settings.mail_from, settings.smtp_url) == ("Pay <pay@example.test>", "smtp://mail:25")
    assert (settings.trusted_proxies, settings.instance) == (2, tmp_path)
