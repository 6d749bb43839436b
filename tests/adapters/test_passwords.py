"""Password hashing."""

from __future__ import annotations

import threading
import time

from argon2 import extract_parameters

from marketplace.adapters.passwords import Argon2Passwords

WORDS = "correct horse battery"


def cheap() -> Argon2Passwords:
    return Argon2Passwords(time_cost=1, memory_kib=8)


def test_the_product_hashes_with_the_recommended_work() -> None:
    parameters = extract_parameters(Argon2Passwords().hash(WORDS))

    assert (parameters.time_cost, parameters.memory_cost, parameters.parallelism) == (2, 19456, 1)


def test_only_the_right_password_is_right() -> None:
    passwords = cheap()
    hashed = passwords.hash(WORDS)

    assert passwords.verify(WORDS, hashed)
    assert not passwords.verify(WORDS + " ", hashed)


def test_nobody_has_a_password_and_a_broken_hash_is_never_right() -> None:
    passwords = cheap()

    assert not passwords.verify("nobody has this password", None)
    assert not passwords.verify(WORDS, "!")


def test_an_unknown_account_takes_as_long_as_a_known_one() -> None:
    passwords = Argon2Passwords(time_cost=4, memory_kib=1024)
    hashed = passwords.hash(WORDS)

    known = min(timed(passwords, hashed) for _ in range(5))
    unknown = min(timed(passwords, None) for _ in range(5))

    assert unknown > known / 2


def timed(passwords: Argon2Passwords, hashed: str | None) -> float:
    started = time.perf_counter()
    passwords.verify("wrong", hashed)
    return time.perf_counter() - started


def test_a_hash_with_other_work_is_made_again() -> None:
    hashed = cheap().hash(WORDS)

    assert Argon2Passwords(time_cost=2, memory_kib=8).needs_rehash(hashed)
    assert not cheap().needs_rehash(hashed)


def test_a_burst_of_sign_ins_waits_its_turn() -> None:
    passwords = Argon2Passwords(time_cost=1, memory_kib=8, at_once=1)
    hashed = passwords.hash(WORDS)
    answers: list[bool] = []
    crowd = [
        threading.Thread(target=lambda: answers.append(passwords.verify(WORDS, hashed)))
        for _ in range(8)
    ]

    for one in crowd:
        one.start()
    for one in crowd:
        one.join(timeout=10)

    assert answers == [True] * 8
