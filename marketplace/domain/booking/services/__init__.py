"""What is done with offers and bookings: `services.verb(session, command, clock=…)`."""

from __future__ import annotations

from marketplace.domain.booking.services.answers import (
    Accepted,
    AnswerOffer,
    DeclineOffer,
    accept,
    decline,
    decline_all,
)
from marketplace.domain.booking.services.breakdown import edit_role
from marketplace.domain.booking.services.endings import (
    CancelBooking,
    GiveBack,
    MissBooking,
    cancel,
    give_back,
    miss,
    promote_standby,
    release_standby,
)
from marketplace.domain.booking.services.fees import drop as drop_fee
from marketplace.domain.booking.services.fees import fees_of, keep_sent_home
from marketplace.domain.booking.services.offers import (
    SendOffer,
    WithdrawOffer,
    send_offer,
    withdraw_offer,
)
from marketplace.domain.booking.services.upgrades import UpgradeBooking, upgrade

__all__ = [
    "Accepted",
    "AnswerOffer",
    "CancelBooking",
    "DeclineOffer",
    "GiveBack",
    "MissBooking",
    "SendOffer",
    "UpgradeBooking",
    "WithdrawOffer",
    "accept",
    "cancel",
    "decline",
    "decline_all",
    "drop_fee",
    "edit_role",
    "fees_of",
    "give_back",
    "keep_sent_home",
    "miss",
    "promote_standby",
    "release_standby",
    "send_offer",
    "upgrade",
    "withdraw_offer",
]
