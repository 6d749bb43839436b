"""The vault: nothing readable, nothing movable, keys can be replaced."""

from __future__ import annotations

import pytest

from marketplace.adapters.vault import AesVault

OLD = {1: b"1" * 32}
BOTH = {**OLD, 2: b"2" * 32}
OWNER = "payee:7|legal_name"


def test_what_was_sealed_opens_again() -> None:
    vault = AesVault(OLD, b"index")

    assert vault.open(vault.seal("林雨婷 Lin Yuting", OWNER), OWNER) == "林雨婷 Lin Yuting"


def test_a_sealed_value_shows_nothing_and_is_never_twice_the_same() -> None:
    vault = AesVault(OLD, b"index")

    first, second = vault.seal("Lin Yuting", OWNER), vault.seal("Lin Yuting", OWNER)

    assert b"Lin" not in first
    assert first != second


@pytest.mark.parametrize("owner", ["payee:8|legal_name", "payee:7|account", ""])
def test_a_sealed_value_opens_for_its_owner_only(owner: str) -> None:
    vault = AesVault(OLD, b"index")
    sealed = vault.seal("Lin Yuting", OWNER)

    with pytest.raises(ValueError, match="not sealed for this owner"):
        vault.open(sealed, owner)


@pytest.mark.parametrize("place", [0, 1, 12, 13, -1])
def test_a_damaged_value_does_not_open(place: int) -> None:
    vault = AesVault(OLD, b"index")
    damaged = bytearray(vault.seal("Lin Yuting", OWNER))
    damaged[place] ^= 1

    with pytest.raises(ValueError, match="not sealed for this owner"):
        vault.open(bytes(damaged), OWNER)


def test_the_newest_key_seals_and_older_ones_still_open() -> None:
    sealed_before = AesVault(OLD, b"index").seal("Lin Yuting", OWNER)
    vault = AesVault(BOTH, b"index")

    assert vault.open(sealed_before, OWNER) == "Lin Yuting"
    assert vault.seal("Lin Yuting", OWNER)[0] == 2


def test_without_its_key_a_value_stays_sealed() -> None:
    sealed = AesVault(BOTH, b"index").seal("Lin Yuting", OWNER)

    with pytest.raises(ValueError, match="not sealed for this owner"):
        AesVault(OLD, b"index").open(sealed, OWNER)


def test_the_index_finds_a_name_however_it_is_typed() -> None:
    vault = AesVault(OLD, b"index")

    for typed in ("  LIN yuting ", "\uff2cin Yuting", "linyuting"):
        assert vault.index(typed) == vault.index("Lin Yuting")
    assert vault.index("Lin Yuting") != vault.index("Lin Yutong")


def test_the_index_says_nothing_without_its_key() -> None:
    assert AesVault(OLD, b"index").index("Lin") != AesVault(OLD, b"other").index("Lin")
