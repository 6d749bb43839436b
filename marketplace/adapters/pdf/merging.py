"""Many papers as one file to print: every page, its fonts, and the tags that say what is what."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pikepdf

LANGUAGE = "en"


def merged(papers: Iterable[bytes], title: str) -> bytes:
    """Return one tagged file of all pages, in order.

    Raises ValueError when there is no paper.
    """
    with pikepdf.new() as whole:
        root = whole.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
        book = whole.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Document, P=root),
        )
        book.K, parents = pikepdf.Array(), pikepdf.Array()
        for paper in papers:
            with pikepdf.open(io.BytesIO(paper)) as one:
                _add(whole, one, book, parents)
        if not whole.pages:
            raise ValueError("no paper to merge")
        root.K = pikepdf.Array([book])
        root.ParentTree = whole.make_indirect(pikepdf.Dictionary(Nums=parents))
        root.ParentTreeNextKey = len(whole.pages)
        whole.Root.StructTreeRoot = root
        whole.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
        whole.Root.Lang = pikepdf.String(LANGUAGE)
        whole.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        _name(whole, title)
        written = io.BytesIO()
        packed = pikepdf.ObjectStreamMode.generate
        whole.save(written, object_stream_mode=packed, deterministic_id=True, min_version="1.7")
        return written.getvalue()


def _add(
    whole: pikepdf.Pdf,
    one: pikepdf.Pdf,
    book: pikepdf.Object,
    parents: pikepdf.Array,
) -> None:
    """Append the pages of a paper, and hang its tags behind those of the papers before it."""
    first = len(whole.pages)
    tree = one.Root.StructTreeRoot
    marks = dict(_pairs(tree.ParentTree.Nums))
    whole.pages.extend(one.pages)
    for place in range(first, len(whole.pages)):
        page = whole.pages[place].obj
        owners = marks[int(page.StructParents)]
        parents.append(place)
        parents.append(whole.copy_foreign(one.make_indirect(owners)))
        page.StructParents = place
    for part in tree.K:
        copied = whole.copy_foreign(part)
        copied.S, copied.P = pikepdf.Name.Part, book
        book.K.append(copied)


def _pairs(numbers: pikepdf.Object) -> Iterable[tuple[int, pikepdf.Object]]:
    found = list(numbers)
    return ((int(key), value) for key, value in zip(found[::2], found[1::2], strict=True))


def _name(whole: pikepdf.Pdf, title: str) -> None:
    with whole.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = title
        metadata["pdfuaid:part"] = "1"
    whole.docinfo["/Title"] = title
