"""Tables of offers and bookings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, key, one_of, optional_ref, ref
from marketplace.domain.booking.rules import BookingState, OfferState
from marketplace.domain.booking.rules.refusals import LIVE, CheckState, RefusalState
from marketplace.domain.productions.rules import Engagement, PayrollPeriod
from marketplace.kernel.ids import public_id

_LIVE = "state IN (" + ", ".join(f"'{state}'" for state in sorted(LIVE)) + ")"


class Offer(Base):
    """A production asks one person to work some dates of a role, until a deadline.

    counter: the terms the person asked for instead ("rate_minor", "dates", "note"; see
    `services.counters`); an offer is never edited, agreeing makes a new one that names the
    old one in `replaces_id`.
    """

    __tablename__ = "offer"
    __table_args__ = (
        one_of("state", OfferState),
        sa.CheckConstraint(
            "state <> 'countered' OR counter_expires_at IS NOT NULL",
            name="counter_expires",
        ),
        sa.UniqueConstraint("replaces_id"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    role_id: Mapped[int] = ref("role.id", index=True)
    person_id: Mapped[int] = ref("person.id", index=True)
    application_id: Mapped[int | None] = optional_ref("application.id", index=True)
    state: Mapped[str] = mapped_column(default=OfferState.SENT)
    note: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime]
    sent_by_id: Mapped[int] = ref("users.id")
    sent_at: Mapped[datetime]
    is_rush: Mapped[bool] = mapped_column(default=False)
    signed_name: Mapped[str] = mapped_column(default="")
    signed_from: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    counter: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True), default=None)
    countered_at: Mapped[datetime | None] = mapped_column(default=None)
    counter_expires_at: Mapped[datetime | None] = mapped_column(default=None)
    replaces_id: Mapped[int | None] = optional_ref("offer.id")


class Booking(Base):
    """One person, one role, one shoot day: the unit of pay.

    Rate, hours, currency, agreement, scheme, rest and times are copied when it is offered
    and never follow the role; so are the cancellation policy and what a standby is paid for
    waiting. fee: what a day that was called off pays and why (`rules.Fee` as JSON), with
    its amount in `fee_minor`. upgraded_to: the role words of an upgrade on the day; the terms
    it replaced are kept in `BookingAmendment`. moved_from_id: the booking the person last said
    yes to, when its day moved; answer_by_at: until when they may answer for the new day;
    calendar_uid: the name of its event where an older booking gave it. replaced_by_id: the offer
    to whoever works in their place. gateway: who will carry the money, chosen when the
    person accepts; "" = not chosen. Guards in `marketplace.schema` refuse a
    confirmed booking that overlaps another one of the person, or leaves less rest than either
    production owes.
    """

    __tablename__ = "booking"
    __table_args__ = (
        one_of("state", BookingState),
        one_of("engagement", Engagement),
        one_of("payroll_period", PayrollPeriod),
        sa.UniqueConstraint("offer_id", "role_date_id"),
        sa.CheckConstraint("wrap_at > call_at", name="wrap_after_call"),
        sa.CheckConstraint("day_rate_minor > 0", name="rate_positive"),
        sa.CheckConstraint("guaranteed_minutes > 0", name="hours_with_rate"),
        sa.CheckConstraint("fee_minor >= 0", name="fee_not_negative"),
        sa.CheckConstraint("standby_percent BETWEEN 0 AND 100", name="standby_percent"),
        sa.CheckConstraint(
            "(state = 'standby') = (standby_rank IS NOT NULL)",
            name="standby_is_ranked",
        ),
        sa.CheckConstraint(
            "state <> 'reconfirm' OR (answer_by_at IS NOT NULL AND moved_from_id IS NOT NULL)",
            name="reconfirm_has_deadline",
        ),
        sa.Index(
            "uq_booking_standby_rank",
            "role_date_id",
            "standby_rank",
            unique=True,
            sqlite_where=sa.text("state = 'standby'"),
            postgresql_where=sa.text("state = 'standby'"),
        ),
        sa.Index("ix_booking_person_state_call", "person_id", "state", "call_at"),
        sa.Index("ix_booking_state_call_rest", "state", "call_at", "rest_minutes"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    offer_id: Mapped[int] = ref("offer.id")
    role_id: Mapped[int] = ref("role.id", index=True)
    role_date_id: Mapped[int] = ref("role_date.id", index=True)
    shoot_day_id: Mapped[int] = ref("shoot_day.id", index=True)
    production_id: Mapped[int] = ref("production.id", index=True)
    person_id: Mapped[int] = ref("person.id")
    state: Mapped[str] = mapped_column(default=BookingState.OFFERED)
    call_at: Mapped[datetime]
    wrap_at: Mapped[datetime]
    rest_minutes: Mapped[int]
    day_rate_minor: Mapped[int]
    guaranteed_minutes: Mapped[int]
    currency: Mapped[str]
    agreement: Mapped[str]
    scheme: Mapped[str]
    withholding_agent: Mapped[str]
    engagement: Mapped[str]
    payroll_period: Mapped[str] = mapped_column(default=PayrollPeriod.DAILY)
    standby_rank: Mapped[int | None] = mapped_column(default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    end_reason: Mapped[str] = mapped_column(default="")
    calendar_sequence: Mapped[int] = mapped_column(default=0)
    cancellation_policy: Mapped[dict[str, Any] | None] = mapped_column(
        sa.JSON(none_as_null=True),
        default=None,
    )
    standby_percent: Mapped[int] = mapped_column(default=0)
    fee: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True), default=None)
    fee_minor: Mapped[int | None] = mapped_column(default=None)
    ended_by_id: Mapped[int | None] = optional_ref("users.id")
    upgraded_to: Mapped[str] = mapped_column(default="")
    moved_from_id: Mapped[int | None] = optional_ref("booking.id", index=True)
    answer_by_at: Mapped[datetime | None] = mapped_column(default=None)
    calendar_uid: Mapped[str] = mapped_column(default="")
    replaced_by_id: Mapped[int | None] = optional_ref("offer.id", index=True)
    gateway: Mapped[str] = mapped_column(default="")


class BookingAmendment(Base):
    """One upgrade on the day: the terms before, the terms after, who, when and why."""

    __tablename__ = "booking_amendment"

    id: Mapped[int] = key()
    booking_id: Mapped[int] = ref("booking.id", index=True)
    old_role: Mapped[str]
    new_role: Mapped[str]
    old_day_rate_minor: Mapped[int]
    new_day_rate_minor: Mapped[int]
    old_guaranteed_minutes: Mapped[int]
    new_guaranteed_minutes: Mapped[int]
    currency: Mapped[str]
    reason: Mapped[str]
    made_by_id: Mapped[int] = ref("users.id")
    made_at: Mapped[datetime]


class AvailCheck(Base):
    """A production asks a person whether they could work one date; nothing is promised.

    note: what casting asks; answer_note: what the person adds to a yes.
    """

    __tablename__ = "avail_check"
    __table_args__ = (
        one_of("state", CheckState),
        sa.CheckConstraint(
            "state <> 'available_with_note' OR answer_note <> ''",
            name="note_with_note",
        ),
        sa.UniqueConstraint("role_date_id", "person_id"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    role_date_id: Mapped[int] = ref("role_date.id")
    production_id: Mapped[int] = ref("production.id", index=True)
    person_id: Mapped[int] = ref("person.id", index=True)
    state: Mapped[str] = mapped_column(default=CheckState.ASKED)
    note: Mapped[str] = mapped_column(default="")
    answer_note: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime]
    asked_by_id: Mapped[int] = ref("users.id")
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None] = mapped_column(default=None)


class FirstRefusal(Base):
    """A production has the first word about one person's date until it expires; unpaid.

    Ranks are worked out from the hours (`rules.refusals.ranks`) and never stored.
    challenge_ends_at, challenged_for_id, challenger_id: until when the production must answer,
    for which other production, and who there is told.
    """

    __tablename__ = "first_refusal"
    __table_args__ = (
        one_of("state", RefusalState),
        sa.CheckConstraint(
            "(state = 'challenged') = (challenge_ends_at IS NOT NULL)",
            name="challenge_ends",
        ),
        sa.CheckConstraint("challenge_ends_at <= expires_at", name="ends_before_expiry"),
        sa.Index(
            "uq_first_refusal_live",
            "role_date_id",
            "person_id",
            unique=True,
            sqlite_where=sa.text(_LIVE),
            postgresql_where=sa.text(_LIVE),
        ),
        sa.Index("ix_first_refusal_person_state", "person_id", "state"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    role_date_id: Mapped[int] = ref("role_date.id")
    production_id: Mapped[int] = ref("production.id", index=True)
    person_id: Mapped[int] = ref("person.id")
    state: Mapped[str] = mapped_column(default=RefusalState.ACTIVE)
    expires_at: Mapped[datetime]
    asked_by_id: Mapped[int] = ref("users.id")
    asked_at: Mapped[datetime]
    challenge_ends_at: Mapped[datetime | None] = mapped_column(default=None)
    challenged_for_id: Mapped[int | None] = optional_ref("production.id")
    challenger_id: Mapped[int | None] = optional_ref("users.id")
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    end_reason: Mapped[str] = mapped_column(default="")


class DealMemo(Base):
    """The terms two sides agreed on, frozen and signed: one version of an offer's bookings.

    terms: everything the paper says; digest: of exactly these terms. signed_name, signed_at and
    signed_from: the name the person typed, when, and the address it came from.
    """

    __tablename__ = "deal_memo"
    __table_args__ = (sa.UniqueConstraint("offer_id", "version"),)

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    offer_id: Mapped[int] = ref("offer.id")
    version: Mapped[int]
    replaces_id: Mapped[int | None] = optional_ref("deal_memo.id")
    production_id: Mapped[int] = ref("production.id", index=True)
    company_id: Mapped[int] = ref("company.id")
    person_id: Mapped[int] = ref("person.id", index=True)
    terms: Mapped[dict[str, Any]]
    digest: Mapped[str]
    signed_name: Mapped[str]
    signed_from: Mapped[str]
    signed_at: Mapped[datetime]
    sent_by_id: Mapped[int] = ref("users.id")
    made_at: Mapped[datetime]
