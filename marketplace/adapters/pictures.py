"""Makes photos of what people upload: upright, small enough, with nothing hidden in them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO
from typing import Final

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from marketplace.domain.people.ports import Picture, PictureError
from marketplace.kernel.sentences import Sentence, say

FORMATS: Final = ("JPEG", "PNG", "WEBP", "AVIF")
"""What is opened at all; every other decoder of the library stays shut."""

MOST_PIXELS: Final = 64_000_000
LONGEST: Final = 2000
SHORTEST: Final = 200
THUMB: Final = 400
PAPER: Final = (255, 255, 255)
"""What shows through where a picture is transparent."""

_NO_PICTURE: Final = say("This is no picture we can read. Choose a JPEG, PNG, WebP or AVIF file.")


class PillowPictures:
    """Photos by Pillow (port `Pictures`)."""

    def prepare(self, data: bytes) -> Picture:
        """Return a photo; raises PictureError for what is none, or too large to open."""
        image = _upright(_opened(data))
        image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        large = _jpeg(image)
        width, height = image.size
        image.thumbnail((THUMB, THUMB), Image.Resampling.LANCZOS)
        return Picture(large, _jpeg(image), width, height, hashlib.sha256(large).hexdigest())


def _opened(data: bytes) -> Image.Image:
    """Read the head of a file, which says how large the picture is, and refuse what is not fit."""
    image = _or_refuse(lambda: Image.open(BytesIO(data), formats=FORMATS), _NO_PICTURE)
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise PictureError(
            say("This picture has too many pixels. Make it smaller, then try again.")
        )
    if min(width, height) < SHORTEST:
        raise PictureError(
            say("This picture is too small: each side needs %(least)s pixels.", least=SHORTEST)
        )
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Return the decoded picture as it was held, in sRGB, on white."""
    damaged = say("This picture is damaged. Choose another one.")

    def decode() -> Image.Image:
        ImageFile.LOAD_TRUNCATED_IMAGES = False  # the printer of PDFs takes half a picture as one
        image.draft("RGB", (LONGEST, LONGEST))  # a large JPEG is read at a fraction of its size
        return _in_srgb(ImageOps.exif_transpose(image))

    decoded = _or_refuse(decode, damaged)
    if not decoded.has_transparency_data:
        return decoded.convert("RGB")
    layer = decoded.convert("RGBA")
    paper = Image.new("RGB", layer.size, PAPER)
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return a picture in the colours of screens; a profile that cannot be used is left out."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "CMYK", "L"}:
        return image
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        made = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return made or image


def _or_refuse(read: Callable[[], Image.Image], refusal: Sentence) -> Image.Image:
    """Return what `read` returns; whatever a damaged file makes the library raise is a refusal."""
    try:
        return read()
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        MemoryError,
        TypeError,
        IndexError,
        KeyError,
    ) as error:
        raise PictureError(refusal) from error


def _jpeg(image: Image.Image) -> bytes:
    """Write a picture with nothing beside it: no place, no camera, no time, no profile."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    written = BytesIO()
    bare.save(written, "JPEG", quality=85, optimize=True, progressive=True)
    return written.getvalue()
