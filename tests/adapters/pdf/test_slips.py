"""Pay slips are read back by other readers, and compared with slips laid out one by one."""

from __future__ import annotations

import gc
import hashlib
import io
import os
import resource
import subprocess
import sys
import unicodedata
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest

from marketplace.adapters.pdf import fonts
from marketplace.adapters.pdf.slips import PlateSlipPrinter
from marketplace.adapters.pdf.workshop import Workshop, workshop
from marketplace.domain.documents.ports import (
    FontsMissingError,
    SlipPrinter,
    UnprintableTextError,
)
from marketplace.domain.documents.rules import PAPERS, Paper, SlipDocument
from tests.support.pdf import fonts_of, tags_of, text_of, words_of
from tests.support.slips import a_slip, slip_number

POINTS = 0.05
"""How far a word of a filled slip may stand from where the layout engine puts it."""

MIXED = (
    *("王 晓明", "王 Wang", "Wang 王 Li 李", "加班 2 倍", "加班 1.5 倍"),
    *("李·伟 – 王", "王“晓”明…", "田中 さくら", "カナ・テスト", "第4天 (2)"),
    *("Łukasz 王 Żółć", "Владимир 王", "Nguyễn Thị Ánh", "a 王，b", "（王） 李"),
    *("《逆袭》 第 3 集", "—— 王 ——", "…王…", "2 王 2 Wang 王, Li", "¥100 王 €5"),
    *("1.5 倍加班", "office ffi fj", "é王", "12王34李", "l·l 王"),
)
"""Words of two scripts, five to a slip: spaces, signs and digits take the face beside them."""

ELSEWHERE = """
import hashlib, sys
from dataclasses import replace
from marketplace.adapters.pdf.slips import PlateSlipPrinter
from tests.support.slips import a_slip
slip = a_slip()
arabic = replace(slip, payee=replace(slip.payee, legal_name="محمد علي"))
print(*(hashlib.sha256(pdf).hexdigest() for pdf in PlateSlipPrinter().print_many([slip, arabic])))
"""


def named(legal_name: str) -> SlipDocument:
    slip = a_slip()
    return replace(slip, payee=replace(slip.payee, legal_name=legal_name))


def assert_same_words(filled: bytes, laid_out: bytes, folder: Path) -> None:
    ours, theirs = words_of(filled, folder), words_of(laid_out, folder)
    assert [word.text for word in ours] == [word.text for word in theirs]
    shifts = [
        abs(one - other)
        for word, like in zip(ours, theirs, strict=True)
        for one, other in zip(word[1:], like[1:], strict=True)
    ]
    assert max(shifts) <= POINTS


@pytest.fixture
def printer() -> SlipPrinter:
    return PlateSlipPrinter()


@pytest.mark.parametrize("paper", PAPERS)
def test_a_slip_says_everything_its_document_says(printer: SlipPrinter, paper: Paper) -> None:
    slip = replace(a_slip(), paper=paper, status="correction of PS-2026-000101 · 更正")
    text = text_of(printer.print_slip(slip))
    expected = [
        *(slip.number, slip.status, slip.pay_date, slip.issued_at, slip.net, slip.gross),
        *(slip.employer.name, slip.employer.second_name, slip.payee.legal_name),
        *(slip.payee.stage_name, slip.payee.payee_id, slip.production, slip.production_second),
        *(slip.registration_number, slip.role, slip.shoot_date, slip.zone, slip.worked_hours),
        *(slip.agreement, slip.scheme, slip.period, slip.withheld, slip.deductions),
        *(slip.ytd_gross, slip.ytd_withheld, slip.ytd_net, slip.payment_method),
        *(slip.payment_reference, slip.contact, slip.dispute_by, slip.data_digest, *slip.notes),
        *(word for line in slip.lines for word in (line.label, line.label_second, line.detail)),
        *(word for line in slip.lines for word in (line.rule, line.amount, line.ytd)),
        f"{slip.call} – {slip.wrap}",
    ]
    assert [words for words in expected if words not in text] == []


def test_every_label_stands_in_english_and_chinese(printer: SlipPrinter) -> None:
    text = text_of(printer.print_slip(a_slip()))
    labels = {
        "Pay slip 薪资单",
        "Net pay 实发金额",
        "Gross pay 应发合计",
        "Withheld 代扣合计",
        "Production 剧目",
        "Role 岗位",
        "Hours worked 实际工时",
    }
    assert {label for label in labels if label not in text} == set()


@pytest.mark.parametrize("number", range(24))
def test_a_filled_slip_is_the_slip_laid_out_by_itself(number: int, tmp_path: Path) -> None:
    slip = slip_number(number, PAPERS[number % 2])
    filled, laid_out = workshop().from_plate(slip), workshop().exact(slip)
    assert_same_words(filled, laid_out, tmp_path)
    assert tags_of(filled) == tags_of(laid_out)
    assert len(filled) <= 1.15 * len(laid_out)


@pytest.mark.parametrize("start", range(0, len(MIXED), 5))
def test_mixed_scripts_stand_where_the_layout_engine_puts_them(start: int, tmp_path: Path) -> None:
    slip = a_slip()
    lines = tuple(
        replace(slip.lines[0], label=words, label_second=words, cause=words)
        for words in MIXED[start : start + 5]
    )
    mixed = replace(slip, status=MIXED[start], lines=lines)
    filled, laid_out = workshop().from_plate(mixed), workshop().exact(mixed)
    assert_same_words(filled, laid_out, tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "Łukasz Żółć",
        "Nguyễn Thị Ánh",
        "Владимир Ёлкин",
        "Ὀδυσσεύς",
        "田中 さくら",
        "Golden（王） LLC",
    ],
)
def test_a_name_keeps_its_letters_whatever_the_script(printer: SlipPrinter, name: str) -> None:
    assert name in text_of(printer.print_slip(named(name)))


def test_a_long_version_is_broken_behind_its_at_and_still_fits_a_plate(
    printer: PlateSlipPrinter,
    tmp_path: Path,
) -> None:
    slip = replace(a_slip(), agreement="cn_labor_platform_cumulative@2025-10-01")
    pdf = printer.print_slip(slip)

    words = [word.text for word in words_of(pdf, tmp_path)]
    assert {"cn_labor_platform_cumulative@", "2025-10-01"} <= set(words)
    assert printer.share_of_plain == 0


def test_a_decomposed_name_is_composed_and_filled(printer: PlateSlipPrinter) -> None:
    text = text_of(printer.print_slip(named("Chloe\u0301  Dvor\u030ca\u0301k\u202e")))
    assert "Chloé Dvořák" in text
    assert printer.share_of_plain == 0


def test_a_name_that_needs_shaping_is_laid_out_by_itself(printer: PlateSlipPrinter) -> None:
    ordinary, arabic = printer.print_many([a_slip(), named("محمد علي")])
    assert "Wang Xiaoming" in text_of(ordinary)
    assert "PS-2026-000123" in text_of(arabic)
    assert set("محمد") <= set(unicodedata.normalize("NFKC", text_of(arabic)))
    assert printer.share_of_plain == Fraction(1, 2)


def test_a_very_long_name_is_printed_whole(printer: PlateSlipPrinter) -> None:
    name = " ".join(["Maximiliana"] * 14)
    text = text_of(printer.print_slip(named(name)))
    assert text.count("Maximiliana") == 14
    assert printer.share_of_plain == 1


def test_a_slip_of_forty_lines_takes_more_pages(printer: PlateSlipPrinter) -> None:
    slip = a_slip()
    long = replace(slip, lines=slip.lines * 8)
    pdf = printer.print_slip(long)
    with pikepdf.open(io.BytesIO(pdf)) as file:
        assert len(file.pages) > 1
    assert text_of(pdf).count("Agent's commission") == 8
    assert printer.share_of_plain == 1


def test_a_character_no_font_has_is_refused(printer: SlipPrinter) -> None:
    with pytest.raises(UnprintableTextError) as refusal:
        printer.print_slip(named("Mia \N{CHERRY BLOSSOM} ไทย"))
    assert set(refusal.value.characters) == set("\N{CHERRY BLOSSOM}ไทย")


def test_a_machine_without_the_chinese_font_prints_nothing(tmp_path: Path) -> None:
    latin = Path("/usr/share/fonts/truetype/dejavu")
    (tmp_path / "dejavu").symlink_to(latin)
    for font in latin.glob("*.ttf"):
        (tmp_path / font.name).symlink_to(font)
    with pytest.raises(FontsMissingError, match="DroidSansFallbackFull"):
        fonts.find((tmp_path,))


def test_all_fonts_are_embedded_and_say_which_letters_they_draw(printer: SlipPrinter) -> None:
    found = fonts_of(printer.print_slip(named("Łukasz 王晓明")))
    assert len(found) > 4
    for font in found:
        assert "+" in font.name
        assert font.file.startswith(b"\x00\x01\x00\x00")
        assert b"beginbfchar" in font.characters


def test_a_slip_is_tagged_titled_and_says_its_language(printer: SlipPrinter) -> None:
    with pikepdf.open(io.BytesIO(printer.print_slip(a_slip()))) as file:
        assert file.Root.MarkInfo.Marked
        assert file.Root.Lang == "en"
        assert file.trailer.Info.Title == "Pay slip PS-2026-000123"
        metadata = file.Root.Metadata.read_bytes().decode()
    assert 'pdfuaid:part="1"' in metadata
    assert '<rdf:li xml:lang="x-default">Pay slip PS-2026-000123</rdf:li>' in metadata


def test_amounts_of_a_column_end_at_one_edge(printer: SlipPrinter, tmp_path: Path) -> None:
    slip = a_slip()
    words = words_of(printer.print_slip(slip), tmp_path)
    amounts = {line.amount for line in slip.lines} - {line.ytd for line in slip.lines}
    edges = [word.right for word in words if word.text in amounts and word.left > 300]
    assert len(edges) >= len(amounts)
    table = [edge for edge in edges if edge < 540]
    assert max(table) - min(table) < 0.1


def test_the_widest_words_of_a_column_stay_in_it(tmp_path: Path) -> None:
    slip = a_slip()
    wide = replace(
        slip.lines[0],
        label="W" * 17 + " " + "W" * 17,
        detail="W" * 19,
        amount="$99,999,999.99",
        ytd="$9,999,999.99",
    )
    pdf = workshop().from_plate(replace(slip, lines=(wide,)))
    row = sorted(
        (word for word in words_of(pdf, tmp_path) if word.text.startswith(("WWW", "$99", "$9,9"))),
        key=lambda word: (round(word.top), word.left),
    )
    for one, other in pairwise(row):
        assert one.right < other.left or one.top + 5 < other.top


def test_the_same_slip_is_the_same_bytes_in_every_process() -> None:
    slip = a_slip()
    here = [
        hashlib.sha256(pdf).hexdigest()
        for pdf in PlateSlipPrinter().print_many([slip, named("محمد علي")])
    ]
    found = subprocess.run(  # our own interpreter
        [sys.executable, "-c", ELSEWHERE],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONHASHSEED": "4711", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert found.stdout.split() == here


def test_a_plate_serves_its_layout_alone_and_is_thrown_out_when_others_come() -> None:
    small = Workshop(workshop()._press, workshop()._faces, most_plates=1)  # noqa: SLF001  # the same press
    slip = a_slip()
    first = small.from_plate(slip)
    other = small.from_plate(replace(slip, payment_reference=""))
    assert small.from_plate(slip) == first != other
    assert len(small._plates) == 1  # noqa: SLF001  # what the limit is about


def test_five_hundred_slips_leave_memory_as_it_was(printer: SlipPrinter) -> None:
    for number in range(40):
        printer.print_slip(slip_number(number % 8))
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(500):
        slip = slip_number(number % 8)
        printer.print_slip(replace(slip, payee=replace(slip.payee, payee_id=f"P{number}")))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 10 * 1024


def test_importing_the_printer_loads_no_layout_engine() -> None:
    program = (
        "import sys; import marketplace.adapters.pdf.slips, marketplace.adapters.pdf.papers;"
        "print({'weasyprint', 'pikepdf', 'fontTools'} & sys.modules.keys())"
    )
    found = subprocess.run(  # our own interpreter
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert found.stdout.strip() == "set()"
