"""What a letter may leave behind, and which news of a bank counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.domain.payments.rules.events import (
    MASK,
    BankPayout,
    BankStep,
    is_news,
    masked,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_only_fields_that_are_known_to_be_harmless_stay() -> None:
    body = {
        "id": "evt_1",
        "livemode": False,
        "created": 1,
        "data": {
            "object": {
                "amount": 500,
                "email": "lin@example.test",
                "individual": {"first_name": "Yuting", "dob": {"year": 1990}, "phone": None},
                "requirements": {"errors": [{"reason": "the passport of Lin", "code": "x"}]},
                "names": ["Lin", {"id": "x"}],
                "description": "",
            },
        },
    }

    kept = masked(body)["data"]["object"]  # type: ignore[index]  # nested
    assert (kept["amount"], kept["email"], kept["description"]) == (500, MASK, "")
    assert kept["individual"] == {"first_name": MASK, "dob": {"year": MASK}, "phone": None}
    assert kept["names"] == [MASK, {"id": "x"}]
    assert (masked(body)["id"], masked(body)["livemode"], masked(body)["created"]) == (
        "evt_1",
        False,
        1,
    )


@pytest.mark.parametrize(
    ("known", "made_at", "is_new"),
    [
        (None, None, True),
        ("po_1", NOW, True),
        ("po_1", NOW - timedelta(days=1), True),
        ("po_2", NOW - timedelta(days=1), True),
        ("po_2", NOW + timedelta(days=1), False),
        ("po_0", NOW, True),
        ("po_2", NOW, False),
    ],
)
def test_a_later_way_to_the_bank_counts(
    known: str | None,
    made_at: datetime | None,
    is_new: bool,  # noqa: FBT001 - a table
) -> None:
    told = BankPayout("po_1", NOW, BankStep.BANKED, ("tr_1",))

    assert is_news(known, made_at, told) is is_new
