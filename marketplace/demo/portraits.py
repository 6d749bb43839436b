"""Draws the people of the demo: flat figures in a tint of their own, nobody's likeness."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

SIZE: Final = (720, 900)
ROOMS: Final = (
    "#cfd8e3",
    "#e6d9c8",
    "#d3e0d2",
    "#e3d0d4",
    "#d9d3e6",
    "#cfe0e0",
    "#e8e0c6",
    "#d6d6d6",
)
SKINS: Final = ("#f0c9a8", "#e2b48c", "#c98f68", "#a26b48", "#7a4d33", "#f3d5bd")
HAIRS: Final = ("#1f1a17", "#3a2a20", "#5b3d26", "#7d7d7d", "#241c2b", "#8a5a2b")
SHIRTS: Final = ("#23395b", "#7a2e3a", "#2f5d50", "#54406b", "#3b3b3f", "#8a5a1f", "#1f5f7a")


def portrait(name: str, pose: int = 0) -> bytes:
    """Return a drawing of somebody, always the same for a name and a pose (0 is the headshot)."""
    seed = zlib.crc32(f"{name}".encode())
    room = ROOMS[(seed + pose * 3) % len(ROOMS)]
    skin, hair = SKINS[seed // 7 % len(SKINS)], HAIRS[seed // 11 % len(HAIRS)]
    shirt = SHIRTS[(seed // 13 + pose) % len(SHIRTS)]
    image = Image.new("RGB", SIZE, room)
    pen = ImageDraw.Draw(image)
    zoom, lean = ((10, 0), (8, -60), (6, 50), (4, 0))[pose % 4]
    _figure(pen, (SIZE[0] // 2 + lean, zoom), (skin, hair, shirt), is_long=bool(seed // 17 % 2))
    written = BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def _figure(
    pen: ImageDraw.ImageDraw,
    place: tuple[int, int],
    colours: tuple[str, str, str],
    *,
    is_long: bool,
) -> None:
    """Draw hair, shoulders, neck and head; zoom: tenths of the headshot's size."""
    middle, zoom = place
    skin, hair, shirt = colours
    head = 34 + zoom * 9
    top = 150 + (10 - zoom) * 12

    def round_at(x: int, y: int, wide: int, high: int, fill: str) -> None:
        pen.ellipse((x - wide, y - high, x + wide, y + high), fill=fill)

    face = top + head * 5 // 4
    if is_long:
        round_at(middle, face + head // 2, head * 6 // 5, head * 9 // 5, hair)
    body = face + head * 2
    pen.rounded_rectangle(
        (middle - head * 2, body - head // 4, middle + head * 2, SIZE[1] + head),
        radius=head,
        fill=shirt,
    )
    pen.rectangle((middle - head // 3, face + head, middle + head // 3, body), fill=skin)
    round_at(middle, body - head // 4, head // 2, head // 3, skin)
    round_at(middle, face - head // 5, head * 11 // 10, head * 6 // 5, hair)
    round_at(middle, face + head // 8, head * 9 // 10, head * 6 // 5, skin)
    pen.pieslice(
        (middle - head, face - head * 5 // 4, middle + head, face + head // 2), 180, 360, fill=hair
    )
    for side in (-1, 1):
        round_at(middle + side * head // 3, face + head // 6, head // 12, head // 10, "#2a211c")
    pen.arc(
        (middle - head // 3, face + head // 3, middle + head // 3, face + head * 4 // 5),
        25,
        155,
        fill="#9a4a42",
        width=max(3, head // 16),
    )
