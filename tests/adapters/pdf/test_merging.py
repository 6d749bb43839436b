"""Many papers become one file that other readers find whole and tagged."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pytest

from marketplace.adapters.pdf.slips import PlateSlipPrinter
from tests.support.pdf import tags_of, text_of
from tests.support.slips import a_slip, slip_number


def pages_below(element: pikepdf.Object) -> set[tuple[int, int]]:
    """Return the pages an element of the structure, and all below it, says it stands on."""
    found = {element.Pg.objgen} if "/Pg" in element else set()
    for child in element.get("/K", []):
        if isinstance(child, pikepdf.Dictionary):
            found |= pages_below(child)
    return found


@pytest.fixture(scope="module")
def papers() -> list[bytes]:
    """Two short slips with one of several pages between them."""
    printer = PlateSlipPrinter()
    long = replace(a_slip(), lines=a_slip().lines * 8)
    return list(printer.print_many([slip_number(1), long, slip_number(2)]))


def test_every_page_is_there_in_order_with_its_text(papers: list[bytes]) -> None:
    whole = PlateSlipPrinter().merge(papers, "Pay slips 薪资单")

    assert text_of(whole) == " ".join(text_of(paper) for paper in papers)
    assert PlateSlipPrinter().merge(papers, "Pay slips 薪资单") == whole
    assert len(whole) < sum(map(len, papers))


def test_the_tags_of_every_paper_are_kept_and_point_to_its_own_pages(papers: list[bytes]) -> None:
    whole = PlateSlipPrinter().merge(papers, "Pay slips")

    with pikepdf.open(io.BytesIO(whole)) as file:
        pages = [page.obj.objgen for page in file.pages]
        parts = list(file.Root.StructTreeRoot.K[0].K)
        assert [pages_below(part) for part in parts] == [
            {pages[0]},
            set(pages[1:-1]),
            {pages[-1]},
        ]
        numbers = list(file.Root.StructTreeRoot.ParentTree.Nums)
        assert [int(number) for number in numbers[::2]] == list(range(len(pages)))
        for page, owners in zip(pages, numbers[1::2], strict=True):
            assert {owner.Pg.objgen for owner in owners} == {page}
        assert [page.obj.StructParents for page in file.pages] == list(range(len(pages)))
    _name, children = tags_of(whole)
    assert isinstance(children, list)
    assert [child[1] for child in children] == [tags_of(paper)[1] for paper in papers]


def test_the_file_says_its_title_and_language(papers: list[bytes]) -> None:
    whole = PlateSlipPrinter().merge(papers[:1], "Pay slips")

    with pikepdf.open(io.BytesIO(whole)) as file:
        assert str(file.Root.Lang) == "en"
        assert file.Root.MarkInfo.Marked
        assert str(file.docinfo["/Title"]) == "Pay slips"
        with file.open_metadata() as metadata:
            assert (metadata["dc:title"], metadata["pdfuaid:part"]) == ("Pay slips", "1")


def test_nothing_is_no_file() -> None:
    with pytest.raises(ValueError, match="no paper"):
        PlateSlipPrinter().merge([], "Pay slips")
