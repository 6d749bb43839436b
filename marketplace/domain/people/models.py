"""Tables of profiles, book-outs and payees."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, key, one_of, ref
from marketplace.domain.banking.rules.orders import AccountKind
from marketplace.domain.people.rules import TaxForm
from marketplace.kernel.ids import public_id


class Person(Base):
    """Talent: an actor, background or crew person."""

    __tablename__ = "person"

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
    created_at: Mapped[datetime]


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
