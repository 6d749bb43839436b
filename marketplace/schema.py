"""All tables in one place, and the guards that the tables themselves cannot say.

Guards are triggers, kept here and applied again after every migration: append-only tables,
frozen slips, exact reversals, and the rest rule between two confirmed bookings of one person.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.engine import Connection

from marketplace.db import Base
from marketplace.domain.accounts import models as _accounts
from marketplace.domain.audit import models as _audit
from marketplace.domain.booking import models as _booking
from marketplace.domain.booking.rules import REST_MESSAGE
from marketplace.domain.casting import models as _casting
from marketplace.domain.documents import models as _documents
from marketplace.domain.ledger import models as _ledger
from marketplace.domain.notices import models as _notices
from marketplace.domain.payments import models as _payments
from marketplace.domain.payroll import models as _payroll
from marketplace.domain.people import models as _people
from marketplace.domain.productions import models as _productions
from marketplace.domain.tasks import models as _tasks
from marketplace.domain.timecards import models as _timecards

MODULES: Final = (
    _accounts,
    _audit,
    _booking,
    _casting,
    _documents,
    _ledger,
    _notices,
    _payments,
    _payroll,
    _people,
    _productions,
    _tasks,
    _timecards,
)

metadata = Base.metadata

APPEND_ONLY: Final = (
    "audit_entry",
    "booking_amendment",
    "ledger_account",
    "deal_memo",
    "ledger_transfer",
    "overpayment_recovery",
    "pay_line",
    "pay_slip",
    "time_entry",
    "voucher_entry",
)

REFUSED: Final[dict[str, tuple[str, str, str]]] = {
    "ledger_transfer_reverses": (
        "ledger_transfer",
        """NEW.reverses_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM ledger_transfer AS made
            WHERE made.id = NEW.reverses_id AND made.reverses_id IS NULL
              AND made.debit_id = NEW.credit_id AND made.credit_id = NEW.debit_id
              AND made.amount_minor = NEW.amount_minor AND made.currency = NEW.currency
              AND COALESCE(made.company_id, 0) = COALESCE(NEW.company_id, 0))""",
        "a reversal is the exact opposite of one transfer that is no reversal",
    ),
    "pay_slip_corrects": (
        "pay_slip",
        """NEW.kind <> 'original' AND NOT EXISTS (
            SELECT 1 FROM pay_slip AS made
            WHERE made.id = NEW.corrects_id AND made.kind <> 'reversal'
              AND made.time_card_id = NEW.time_card_id AND made.person_id = NEW.person_id
              AND made.company_id = NEW.company_id AND made.currency = NEW.currency
              AND (NEW.kind <> 'reversal' OR (
                made.gross_minor = -NEW.gross_minor AND made.withheld_minor = -NEW.withheld_minor
                AND made.deducted_minor = -NEW.deducted_minor
                AND made.net_minor = -NEW.net_minor
                AND made.withholding_agent = NEW.withholding_agent
                AND made.scheme = NEW.scheme)))""",
        "a reversal takes back exactly one slip, and a correction replaces one of the same card",
    ),
    "pay_slip_replaces": (
        "pay_slip",
        """NEW.kind = 'correction' AND NOT EXISTS (
            SELECT 1 FROM pay_slip AS taken
            WHERE taken.kind = 'reversal' AND taken.corrects_id = NEW.corrects_id)""",
        "a slip is reversed before it is replaced",
    ),
    "pay_line_negates": (
        "pay_line",
        """EXISTS (SELECT 1 FROM pay_slip AS slip
            WHERE slip.id = NEW.pay_slip_id AND slip.kind = 'reversal'
              AND NOT EXISTS (SELECT 1 FROM pay_line AS made
                WHERE made.pay_slip_id = slip.corrects_id AND made.position = NEW.position
                  AND made.kind = NEW.kind AND made.code = NEW.code
                  AND made.currency = NEW.currency AND made.amount_minor = -NEW.amount_minor))""",
        "a line of a reversal is the line it takes back",
    ),
    "payout_pays": (
        "payout",
        """EXISTS (SELECT 1 FROM pay_slip AS slip
            WHERE slip.id = NEW.pay_slip_id AND slip.kind = 'reversal')""",
        "a reversal is never paid out",
    ),
}
"""What no new row may be, by the name of its guard: table, the case refused, why."""

_SQLITE_REST: Final = """
CREATE TRIGGER booking_rest_{event} BEFORE {when} ON booking WHEN NEW.state = 'confirmed'
BEGIN
  SELECT RAISE(ABORT, '{message}') WHERE EXISTS (
    SELECT 1 FROM booking AS other
    WHERE other.person_id = NEW.person_id AND other.state = 'confirmed' AND other.id IS NOT NEW.id
      AND CAST(strftime('%s', NEW.call_at) AS INTEGER)
        < CAST(strftime('%s', other.wrap_at) AS INTEGER)
          + 60 * MAX(other.rest_minutes, NEW.rest_minutes)
      AND CAST(strftime('%s', other.call_at) AS INTEGER)
        < CAST(strftime('%s', NEW.wrap_at) AS INTEGER)
          + 60 * MAX(other.rest_minutes, NEW.rest_minutes));
END
"""

_POSTGRESQL_REST: Final = """
CREATE OR REPLACE FUNCTION booking_rest() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
  PERFORM pg_advisory_xact_lock(7301, NEW.person_id::int);
  IF EXISTS (
    SELECT 1 FROM booking AS other
    WHERE other.person_id = NEW.person_id AND other.state = 'confirmed' AND other.id <> NEW.id
      AND NEW.call_at < other.wrap_at
        + make_interval(mins => greatest(other.rest_minutes, NEW.rest_minutes)::int)
      AND other.call_at < NEW.wrap_at
        + make_interval(mins => greatest(other.rest_minutes, NEW.rest_minutes)::int)
  ) THEN
    RAISE EXCEPTION '{message}' USING ERRCODE = 'exclusion_violation';
  END IF;
  RETURN NEW;
END $guard$
"""

_POSTGRESQL_FORBID: Final = """
CREATE OR REPLACE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
  RAISE EXCEPTION USING
    MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = 'restrict_violation';
END $guard$
"""

_POSTGRESQL_REFUSE: Final = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
  IF {case} THEN
    RAISE EXCEPTION '{why}' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $guard$
"""


def apply_guards(connection: Connection) -> None:
    """Create every guard anew on a database whose tables are there."""
    statements = _sqlite() if connection.dialect.name == "sqlite" else _postgresql()
    for statement in statements:
        connection.exec_driver_sql(statement)


def _sqlite() -> list[str]:
    statements = []
    for table in APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            name = f"{table}_no_{event.lower()}"
            statements.append(f"DROP TRIGGER IF EXISTS {name}")
            statements.append(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
            )
    for name, (table, case, why) in REFUSED.items():
        statements.append(f"DROP TRIGGER IF EXISTS {name}")
        statements.append(
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {case} "
            f"BEGIN SELECT RAISE(ABORT, '{why}'); END",
        )
    for event, when in (("insert", "INSERT"), ("update", "UPDATE")):
        statements.append(f"DROP TRIGGER IF EXISTS booking_rest_{event}")
        statements.append(_SQLITE_REST.format(event=event, when=when, message=REST_MESSAGE))
    return statements


def _postgresql() -> list[str]:
    statements = [_POSTGRESQL_FORBID, _POSTGRESQL_REST.format(message=REST_MESSAGE)]
    for table in APPEND_ONLY:
        for name, event, level in (
            ("change", "UPDATE OR DELETE", "ROW"),
            ("truncate", "TRUNCATE", "STATEMENT"),
        ):
            statements.append(
                f"CREATE OR REPLACE TRIGGER {table}_no_{name} BEFORE {event} ON {table} "
                f"FOR EACH {level} EXECUTE FUNCTION forbid_change()",
            )
    for name, (table, case, why) in REFUSED.items():
        statements.append(_POSTGRESQL_REFUSE.format(name=name, case=case, why=why))
        statements.append(
            f"CREATE OR REPLACE TRIGGER {name} BEFORE INSERT ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()",
        )
    statements.append(
        "CREATE OR REPLACE TRIGGER booking_rest BEFORE INSERT OR UPDATE ON booking "
        "FOR EACH ROW WHEN (NEW.state = 'confirmed') EXECUTE FUNCTION booking_rest()",
    )
    return statements
