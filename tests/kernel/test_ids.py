"""Names of rows cannot be counted, secrets cannot be guessed, digests cannot be used."""

from __future__ import annotations

import hashlib

from marketplace.kernel import ids


def test_public_ids_are_short_readable_and_different() -> None:
    made = {ids.public_id() for _ in range(1000)}

    assert len(made) == 1000
    assert all(len(one) == ids.PUBLIC_LENGTH for one in made)
    assert set("".join(made)) == set(ids.ALPHABET)


def test_no_letter_of_a_public_id_is_taken_for_another() -> None:
    assert not set("01ilo") & set(ids.ALPHABET)


def test_secrets_have_256_bits_and_differ() -> None:
    one, other = ids.secret_token(), ids.secret_token()

    assert one != other
    assert len(one) >= 43


def test_the_database_keeps_a_digest_not_the_secret() -> None:
    assert ids.digest("secret") == hashlib.sha256(b"secret").hexdigest()
