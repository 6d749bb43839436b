"""Pay slips laid out one by one against pay slips filled from plates: `python -m benchmarks.slips`.

Both ways take turns in one run, and only the CPU time of this process counts (user and system),
so that a noisy machine slows both alike: read the ratios, not the milliseconds.
"""

from __future__ import annotations

import statistics
import sys
import time
import zlib
from collections.abc import Callable
from typing import Final

import weasyprint

from marketplace.adapters.pdf import page
from marketplace.adapters.pdf.composition import compose, fields
from marketplace.adapters.pdf.fonts import faces
from marketplace.adapters.pdf.press import press
from marketplace.adapters.pdf.slips import PlateSlipPrinter
from marketplace.domain.documents.rules import SlipDocument
from tests.support.slips import slip_number

ROUNDS: Final = 5
SLIPS: Final = 1000
PLAIN_A_ROUND: Final = 5


def main() -> None:
    """Print the table; the first argument says how many slips to fill."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SLIPS
    slips = [slip_number(number) for number in range(count)]
    printer = PlateSlipPrinter()
    press()  # pins the fonts for both ways
    naive_slip(slips[0])
    cold = _seconds(printer.print_slip, slips) / count
    one_by_one, filled, floor = _rounds(slips, printer)
    print(f"{'way':<34}{'ms a slip':>10}{'ratio':>8}")
    for name, seconds in (
        ("laid out one by one", one_by_one),
        ("filled, plates made on the way", cold),
        ("filled, plates ready", filled),
        ("floor: same bytes, one stream", floor),
    ):
        print(f"{name:<34}{seconds * 1000:>10.3f}{one_by_one / seconds:>7.0f}×")
    print(f"filled / floor {filled / floor:.1f}×, laid out by itself {printer.share_of_plain}")


def _rounds(
    slips: list[SlipDocument],
    printer: PlateSlipPrinter,
) -> tuple[float, float, float]:
    """Return the median seconds a slip takes: laid out, filled, and as bare bytes."""
    laid_out, filled, floor = [], [], []
    share = max(1, len(slips) // ROUNDS)
    constant = printer.print_slip(slips[0])[:-7000]
    changing = b"".join(b"%d 0 0 %d Tm <0001> Tj\n" % (n, n * 7) for n in range(550))

    def bare(_: SlipDocument) -> bytes:
        return constant + zlib.compress(changing, 4)

    for turn in range(ROUNDS):
        part = slips[turn * share : (turn + 1) * share] or slips
        few = part[:PLAIN_A_ROUND]
        laid_out.append(_seconds(naive_slip, few) / len(few))
        filled.append(_seconds(printer.print_slip, part) / len(part))
        floor.append(_seconds(bare, part) / len(part))
    return statistics.median(laid_out), statistics.median(filled), statistics.median(floor)


def naive_slip(slip: SlipDocument) -> bytes:
    """Lay a slip out as the library's first page shows it."""
    words = compose(slip, fields(slip), faces())
    sheet = weasyprint.CSS(string=page.style())
    pdf: bytes = weasyprint.HTML(string=page.html(words)).write_pdf(
        stylesheets=[sheet],
        pdf_variant="pdf/ua-1",
    )
    return pdf


def _seconds(make: Callable[[SlipDocument], bytes], slips: list[SlipDocument]) -> float:
    before = time.process_time()
    for slip in slips:
        make(slip)
    return time.process_time() - before


if __name__ == "__main__":
    main()
