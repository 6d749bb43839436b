"""Tables of profiles, book-outs and payees."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, key, one_of, ref
from marketplace.domain.banking.rules.orders import AccountKind
from marketplace.domain.people.rules import Level, TaxForm
from marketplace.kernel.ids import public_id


class Person(Base):
    """Talent: an actor, background or crew person.

    second_name, about_second: the same in another script; is_listed: found by productions.
    asked_…: the day rate they ask for and the hours it holds; languages and department are what
    people wrote before there were lists to choose from.
    """

    __tablename__ = "person"
    __table_args__ = (
        sa.CheckConstraint("asked_rate_minor > 0", name="asked_rate_positive"),
        sa.CheckConstraint(
            "(asked_rate_minor IS NULL) = (asked_currency IS NULL)", name="asked_rate_whole"
        ),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    user_id: Mapped[int] = ref("users.id", unique=True)
    stage_name: Mapped[str]
    is_actor: Mapped[bool] = mapped_column(default=False)
    is_background: Mapped[bool] = mapped_column(default=False)
    is_crew: Mapped[bool] = mapped_column(default=False)
    city: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="UTC")
    languages: Mapped[str] = mapped_column(default="")
    pronouns: Mapped[str] = mapped_column(default="")
    department: Mapped[str] = mapped_column(default="")
    about: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    second_name: Mapped[str] = mapped_column(default="")
    about_second: Mapped[str] = mapped_column(default="")
    is_listed: Mapped[bool] = mapped_column(default=False)
    asked_rate_minor: Mapped[int | None] = mapped_column(default=None)
    asked_currency: Mapped[str | None] = mapped_column(default=None)
    asked_minutes: Mapped[int | None] = mapped_column(default=None)
    created_at: Mapped[datetime]


class SizeCard(Base):
    """What somebody looks like and brings, at most once a person; lengths in centimetres.

    age_from, age_to: the ages they can play; nothing here says how old they are.
    """

    __tablename__ = "size_card"
    __table_args__ = (
        sa.CheckConstraint("age_from <= age_to", name="ages_in_order"),
        sa.CheckConstraint("(age_from IS NULL) = (age_to IS NULL)", name="ages_together"),
    )

    id: Mapped[int] = key()
    person_id: Mapped[int] = ref("person.id", unique=True)
    age_from: Mapped[int | None] = mapped_column(default=None)
    age_to: Mapped[int | None] = mapped_column(default=None)
    height: Mapped[int | None] = mapped_column(default=None)
    chest: Mapped[int | None] = mapped_column(default=None)
    waist: Mapped[int | None] = mapped_column(default=None)
    hips: Mapped[int | None] = mapped_column(default=None)
    shoe: Mapped[str] = mapped_column(default="")
    clothing: Mapped[str] = mapped_column(default="")
    hair: Mapped[str] = mapped_column(default="")
    eyes: Mapped[str] = mapped_column(default="")
    marks: Mapped[str] = mapped_column(default="")
    wardrobe: Mapped[str] = mapped_column(default="")
    vehicles: Mapped[str] = mapped_column(default="")
    has_driving_licence: Mapped[bool] = mapped_column(default=False)


class Photo(Base):
    """A photo of a person; its bytes are stored as `photo:<digest>` files of the person."""

    __tablename__ = "photo"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "digest"),
        sa.Index(
            "uq_photo_headshot",
            "person_id",
            unique=True,
            sqlite_where=sa.text("is_headshot"),
            postgresql_where=sa.text("is_headshot"),
        ),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    person_id: Mapped[int] = ref("person.id")
    position: Mapped[int]
    digest: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    alt: Mapped[str] = mapped_column(default="")
    is_headshot: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Skill(Base):
    """Something a person can do: a word of the kept list, or their own."""

    __tablename__ = "skill"
    __table_args__ = (sa.UniqueConstraint("person_id", "word"),)

    id: Mapped[int] = key()
    person_id: Mapped[int] = ref("person.id")
    position: Mapped[int]
    word: Mapped[str] = mapped_column(index=True)
    is_own: Mapped[bool] = mapped_column(default=False)


class SpokenLanguage(Base):
    """A language a person works in, by its ISO 639 code, and how well."""

    __tablename__ = "spoken_language"
    __table_args__ = (sa.UniqueConstraint("person_id", "code"), one_of("level", Level))

    id: Mapped[int] = key()
    person_id: Mapped[int] = ref("person.id")
    position: Mapped[int]
    code: Mapped[str] = mapped_column(index=True)
    level: Mapped[str]


class CrewPosition(Base):
    """A position a person works in, by its word in the kept list of departments."""

    __tablename__ = "crew_position"
    __table_args__ = (sa.UniqueConstraint("person_id", "word"),)

    id: Mapped[int] = key()
    person_id: Mapped[int] = ref("person.id")
    position: Mapped[int]
    department: Mapped[str] = mapped_column(index=True)
    word: Mapped[str] = mapped_column(index=True)


class Reel(Base):
    """A link to moving pictures of a person's work."""

    __tablename__ = "reel"

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    person_id: Mapped[int] = ref("person.id", index=True)
    position: Mapped[int]
    title: Mapped[str]
    url: Mapped[str]


class Credit(Base):
    """Something a person worked on before."""

    __tablename__ = "credit"

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    person_id: Mapped[int] = ref("person.id", index=True)
    position: Mapped[int]
    title: Mapped[str]
    role: Mapped[str]
    year: Mapped[int | None] = mapped_column(default=None)
    company: Mapped[str] = mapped_column(default="")


class KitItem(Base):
    """Gear a crew person rents out by the day."""

    __tablename__ = "kit_item"
    __table_args__ = (sa.CheckConstraint("day_rate_minor > 0", name="rate_positive"),)

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    person_id: Mapped[int] = ref("person.id", index=True)
    position: Mapped[int]
    name: Mapped[str]
    day_rate_minor: Mapped[int]
    currency: Mapped[str]
    note: Mapped[str] = mapped_column(default="")


class CrewCertificate(Base):
    """A certificate or licence of a person; last4: what is kept of its number."""

    __tablename__ = "crew_certificate"

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    person_id: Mapped[int] = ref("person.id", index=True)
    position: Mapped[int]
    kind: Mapped[str]
    last4: Mapped[str] = mapped_column(default="")
    expires_on: Mapped[date | None] = mapped_column(default=None)


class BookOut(Base):
    """A date on which a person says they are not free."""

    __tablename__ = "book_out"
    __table_args__ = (sa.UniqueConstraint("person_id", "on_date"),)

    id: Mapped[int] = key()
    person_id: Mapped[int] = ref("person.id")
    on_date: Mapped[date]


class Payee(Base):
    """How one person is paid: legal name and bank, sealed; only payroll opens them.

    certificate: what an employee's Form W-4 and DE 4 say (`rules.Certificate` as JSON).
    is_state_nonresident: whether they live outside California; None = never asked.
    """

    __tablename__ = "payee"
    __table_args__ = (
        sa.CheckConstraint(
            "tax_form IS NULL OR tax_form IN (" + ", ".join(f"'{form}'" for form in TaxForm) + ")",
            name="tax_form_known",
        ),
        one_of("account_kind", ("", *AccountKind)),
    )

    id: Mapped[int] = key()
    person_id: Mapped[int] = ref("person.id", unique=True)
    legal_name_sealed: Mapped[bytes | None] = mapped_column(default=None)
    legal_name_index: Mapped[str | None] = mapped_column(index=True, default=None)
    address_sealed: Mapped[bytes | None] = mapped_column(default=None)
    tax_form: Mapped[str | None] = mapped_column(default=None)
    tax_id_sealed: Mapped[bytes | None] = mapped_column(default=None)
    tax_id_last4: Mapped[str] = mapped_column(default="")
    is_backup_withholding: Mapped[bool] = mapped_column(default=False)
    is_state_nonresident: Mapped[bool | None] = mapped_column(default=None)
    certificate: Mapped[dict[str, Any] | None] = mapped_column(
        sa.JSON(none_as_null=True), default=None
    )
    bank_name: Mapped[str] = mapped_column(default="")
    account_sealed: Mapped[bytes | None] = mapped_column(default=None)
    account_last4: Mapped[str] = mapped_column(default="")
    account_kind: Mapped[str] = mapped_column(default="")
    routing_number: Mapped[str] = mapped_column(default="")
    bic: Mapped[str] = mapped_column(default="")
    cnaps: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime]


class PersonListing(Base):
    """What productions find a listed person by, written anew whenever the profile changes.

    said: every text of the profile, levelled; day_rate_minor, currency: the rate they ask for.
    """

    __tablename__ = "person_listing"
    __table_args__ = (sa.Index("ix_person_listing_order", "listed_at", "person_id"),)

    id: Mapped[int] = key()
    person_id: Mapped[int] = ref("person.id", unique=True)
    is_actor: Mapped[bool]
    is_background: Mapped[bool]
    is_crew: Mapped[bool]
    plays_from: Mapped[int | None] = mapped_column(default=None)
    plays_to: Mapped[int | None] = mapped_column(default=None)
    day_rate_minor: Mapped[int | None] = mapped_column(default=None)
    currency: Mapped[str] = mapped_column(default="")
    languages: Mapped[list[str]] = mapped_column(default_factory=list)
    positions: Mapped[list[str]] = mapped_column(default_factory=list)
    said: Mapped[str] = mapped_column(default="")
    listed_at: Mapped[datetime]


class PersonGram(Base):
    """Search index of listed people: two-letter pieces of texts, and tags ("language:zh")."""

    __tablename__ = "person_gram"
    __table_args__ = (
        sa.UniqueConstraint("gram", "person_id"),
        sa.Index("ix_person_gram_person_id", "person_id"),
    )

    id: Mapped[int] = key()
    gram: Mapped[str]
    person_id: Mapped[int] = ref("person.id")
