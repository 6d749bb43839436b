from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import pytest

from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.reports.rules import (
    CHUNK,
    LONGEST_NAME,
    STATES_OF,
    Entry,
    PayoutStatus,
    Scope,
    archive,
    chunks,
    file_name,
    status_of,
)

AT = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


def entries(count: int, size: int = 1000) -> list[Entry]:
    return [Entry(f"2026-{n:05d} 林.pdf", AT, bytes([n % 256]) * size) for n in range(count)]


def test_every_state_of_a_payout_has_exactly_one_status() -> None:
    listed = [state for states in STATES_OF.values() for state in states]

    assert sorted(listed) == sorted(PayoutState)
    assert all(state in STATES_OF[status_of(state)] for state in PayoutState)


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("2026-01187", "Lin Yuting"), "2026-01187 Lin Yuting.pdf"),
        (("2026-01187", "赵国强"), "2026-01187 赵国强.pdf"),
        (("2026-01187", "अनीता"), "2026-01187 अनीता.pdf"),
        (("1", "Chloé O'Neil"), "1 Chloé O Neil.pdf"),
        (("1", "../../etc/passwd"), "1 . . etc passwd.pdf"),
        (("1", 'a\\b:c*d?e"f<g>h|i\r\nj'), "1 a b c d e f g h i j.pdf"),
        (("1", "\u202egnp.exe"), "1 gnp.exe.pdf"),
        (("1", "\uff0e\uff0e\uff0f\uff21"), "1 . A.pdf"),
        (("", " . "), "file.pdf"),
    ],
)
def test_a_file_name_is_safe_on_every_system(parts: tuple[str, str], name: str) -> None:
    assert file_name(*parts, ending="pdf") == name


def test_a_long_name_is_cut_before_its_ending() -> None:
    name = file_name("x" * 500, ending="pdf")

    assert name == "x" * LONGEST_NAME + ".pdf"


def test_an_archive_opens_and_holds_every_entry() -> None:
    made = b"".join(archive(entries(3)))

    with zipfile.ZipFile(io.BytesIO(made)) as file:
        assert file.testzip() is None
        assert file.namelist() == [one.name for one in entries(3)]
        assert file.read("2026-00002 林.pdf") == b"\x02" * 1000
        assert all(one.flag_bits & 0x08 == 0 for one in file.infolist())


def test_the_same_entries_always_give_the_same_bytes() -> None:
    assert list(archive(entries(4))) == list(archive(entries(4)))


def test_an_archive_gives_one_piece_for_each_entry_and_one_for_its_directory() -> None:
    assert len(list(archive(entries(5)))) == 6


def test_chunks_have_one_size_and_say_how_many_pieces_they_complete() -> None:
    cut = list(chunks([b"a" * CHUNK, b"b" * (CHUNK // 2), b"c" * CHUNK]))

    assert [len(content) for _, content in cut] == [CHUNK, CHUNK, CHUNK // 2]
    assert [count for count, _ in cut] == [1, 3, 3]
    assert b"".join(content for _, content in cut).count(b"c") == CHUNK


def test_nothing_gives_no_chunk() -> None:
    assert list(chunks([])) == []


def test_a_scope_reads_an_address_and_writes_it_again() -> None:
    args = {
        "run": "r1",
        "production": "p1",
        "from": "2026-11-01",
        "to": "2026-11-30",
        "status": "paid",
        "payee": "w1",
        "slip": "s1",
    }

    assert Scope.read(args).args == args
    assert Scope.read({"from": "yesterday", "year": "1999", "status": "lost"}).args == {}


def test_a_year_of_payment_is_the_whole_calendar_year_whatever_the_period() -> None:
    found = Scope.read({"year": "2026", "from": "2026-05-01"}).filters(frozenset({7}))

    assert (found.paid_from, found.paid_to) == (date(2026, 1, 1), date(2026, 12, 31))
    assert found.within == frozenset({7})
    assert Scope.read({"from": "2026-05-01"}).filters(None).paid_from == date(2026, 5, 1)


def test_a_slip_without_a_payment_is_not_counted_as_paid() -> None:
    assert status_of(None) is PayoutStatus.NO_PAYMENT
    assert status_of(PayoutState.CANCELLED) is PayoutStatus.NO_PAYMENT
