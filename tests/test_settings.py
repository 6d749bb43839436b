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


STRIPE = {
    **WHOLE,
    "GATEWAY": "stripe",
    "STRIPE_API_KEY": "sk_test_abc",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
    "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_2",
    "STRIPE_V2_WEBHOOK_SECRET": "whsec_3",
}
LIVE = {**STRIPE, "STRIPE_API_KEY": "rk_live_abc", "STRIPE_LIVE": "1"}


def test_stripe_needs_its_key_and_a_secret_for_each_door() -> None:
    with pytest.raises(SettingsError) as problem:
        Settings.from_env({**WHOLE, "GATEWAY": "stripe"})

    for name in list(STRIPE)[4:]:
        assert f"{name} is missing" in str(problem.value)


def test_stripe_is_set_up_by_its_variables() -> None:
    settings = Settings.from_env({**STRIPE, "STRIPE_COUNTRY": "GB", "STRIPE_ACCOUNTS_API": "v1"})

    assert settings.stripe is not None
    assert (settings.stripe.country, settings.stripe.accounts_api) == ("GB", "v1")
    assert not settings.stripe.is_live
    assert Settings.from_env(WHOLE).stripe is None


def test_the_first_accounts_api_needs_no_secret_of_the_second() -> None:
    without = {name: value for name, value in STRIPE.items() if "V2" not in name}

    assert Settings.from_env({**without, "STRIPE_ACCOUNTS_API": "v1"}).stripe is not None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"STRIPE_ACCOUNTS_API": "v3"}, "STRIPE_ACCOUNTS_API must be v2 or v1"),
        ({"STRIPE_COUNTRY": "usa"}, "STRIPE_COUNTRY must be"),
        ({"STRIPE_API_BASE": "ftp://x"}, "STRIPE_API_BASE must be an address"),
        ({"STRIPE_API_KEY": "pk_test_abc"}, "must be a secret or restricted key"),
        ({"STRIPE_LIVE": "1"}, "is a test key"),
    ],
)
def test_a_wrong_variable_of_stripe_is_named(change: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        Settings.from_env({**STRIPE, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"DAYRATE_DEMO": "1"},
        {"DAYRATE_TEST": "1"},
        {"STRIPE_API_BASE": "http://127.0.0.1:5001"},
        {"STRIPE_LIVE": ""},
    ],
)
def test_a_live_key_starts_nowhere_but_where_real_money_shall_move(
    change: dict[str, str],
) -> None:
    assert Settings.from_env(LIVE).stripe is not None

    with pytest.raises(SettingsError, match="is a live key") as problem:
        Settings.from_env({**LIVE, **change})

    assert "rk_live_abc" not in str(problem.value)


def test_no_key_is_in_the_text_of_the_settings() -> None:
    text = repr(Settings.from_env(LIVE))

    for name in ("STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET", "SECRET_KEY", "FIELD_KEYS"):
        assert LIVE[name] not in text
