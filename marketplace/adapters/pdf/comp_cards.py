"""Prints comp cards: one page with four photos, for whoever holds it in a hand."""

from __future__ import annotations

from marketplace.adapters.pdf.papers import print_html, style, template
from marketplace.domain.people.rules.cards import CompCard


class CompCardPrinter:
    """Comp cards by WeasyPrint (port `CardPrinter`)."""

    def print_card(self, card: CompCard) -> bytes:
        """Return the tagged PDF of a card."""
        assets = {
            f"photo-{place}": (photo.content, "image/jpeg")
            for place, photo in enumerate(card.photos)
        }
        return print_html(template("comp_card").render(card=card), style("comp_card"), assets)
