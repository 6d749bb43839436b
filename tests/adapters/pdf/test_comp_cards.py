"""Comp cards: one tagged page, in both scripts, with nothing left out of a full one."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from marketplace.adapters.pdf.comp_cards import CompCardPrinter
from marketplace.adapters.pictures import PillowPictures
from marketplace.domain.documents.ports import UnprintableTextError
from marketplace.domain.people.rules.cards import CardPhoto, CompCard
from tests.support.pdf import tags_of, text_of
from tests.support.pictures import a_picture

PHOTO = CardPhoto(PillowPictures().prepare(a_picture()).large, "Headshot")
CARD = CompCard(
    lang="en",
    title="Comp card of Lin Wan",
    name="Lin Wan",
    second_name="林晚",
    headline="Actor · Zhengzhou",
    photos=(PHOTO,) * 4,
    facts=(("Height", "168 cm · 5 ft 6 in"),),
    lines=(("Skills", "Sword, 古筝"),),
    foot="Dayrate · 22 Nov 2026",
)


def test_a_card_is_one_page_that_says_everything() -> None:
    pdf = CompCardPrinter().print_card(CARD)

    pages = PdfReader(BytesIO(pdf)).pages
    said = text_of(pdf)
    assert len(pages) == 1
    assert len(pages[0].images) == 4
    assert pages[0].mediabox.width > pages[0].mediabox.height
    for text in ("Lin Wan", "林晚", "168 cm", "Sword", "古筝", "22 Nov 2026"):
        assert text in said
    assert "/Figure" in str(tags_of(pdf))


def test_a_card_without_photos_is_printed_too() -> None:
    pdf = CompCardPrinter().print_card(replace(CARD, photos=(), facts=(), second_name=""))

    assert len(PdfReader(BytesIO(pdf)).pages) == 1
    assert "Lin Wan" in text_of(pdf)


def test_a_very_full_card_stays_one_page() -> None:
    facts = tuple((f"Fact {number}", "value " * 12) for number in range(40))
    full = replace(CARD, name="A" * 80, facts=facts, lines=(("Skills", "word, " * 300),))

    assert len(PdfReader(BytesIO(CompCardPrinter().print_card(full))).pages) == 1


def test_markup_in_a_name_is_text() -> None:
    pdf = CompCardPrinter().print_card(replace(CARD, name="<b>Lin</b>"))

    assert "<b>Lin</b>" in text_of(pdf)


def test_a_sign_no_font_has_is_refused() -> None:
    with pytest.raises(UnprintableTextError):
        CompCardPrinter().print_card(replace(CARD, name="Lin \U0001f984"))
