"""Pictures for tests: made here, with whatever a camera would have put into them."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

ORIENTATION = 0x0112
GPS = 0x8825
MAKE = 0x010F


def a_picture(
    width: int = 640, height: int = 800, *, colour: str = "#7a4d33", kind: str = "PNG"
) -> bytes:
    """Return a picture of one colour."""
    written = BytesIO()
    Image.new("RGB", (width, height), colour).save(written, kind)
    return written.getvalue()


def a_phone_photo(width: int = 800, height: int = 600) -> bytes:
    """Return a JPEG as a phone held upright writes it: lying, with place and camera inside.

    Its left half is red; upright, the red half is on top.
    """
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[MAKE] = "Secret Camera"
    exif.get_ifd(GPS)[2] = (IFDRational(34), IFDRational(3), IFDRational(8))
    written = BytesIO()
    image.save(written, "JPEG", exif=exif, quality=95, comment=b"hidden words")
    return written.getvalue()
