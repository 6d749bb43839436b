"""Photos: whatever is uploaded, a bare upright JPEG comes out, or a sentence."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms, ImageFile

from marketplace.adapters.pictures import PillowPictures
from marketplace.domain.people.ports import PictureError
from tests.support.pictures import a_phone_photo, a_picture

PICTURES = PillowPictures()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def a_bomb(side: int) -> bytes:
    """Return a PNG that says it is huge, in a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    end = chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + end


def test_a_phone_photo_is_turned_upright_and_stripped() -> None:
    made = PICTURES.prepare(a_phone_photo())

    assert (made.width, made.height) == (600, 800)
    red, green, blue = opened(made.large).getpixel((300, 50))  # type: ignore[misc]  # RGB
    assert red > 200
    assert green + blue < 60
    for content in (made.large, made.thumb):
        assert not opened(content).getexif()
        assert set(opened(content).info) <= {
            *("jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression")
        }
        for secret in (b"Secret Camera", b"hidden words", b"Exif", b"GPS"):
            assert secret not in content


def test_a_large_photo_is_made_smaller() -> None:
    made = PICTURES.prepare(a_picture(4200, 2100, kind="JPEG"))

    assert (made.width, made.height) == (2000, 1000)
    assert opened(made.large).size == (2000, 1000)
    assert opened(made.thumb).size == (400, 200)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_usual_kinds_of_pictures_are_read(kind: str) -> None:
    made = PICTURES.prepare(a_picture(kind=kind))

    assert opened(made.large).format == "JPEG"
    assert (made.width, made.height) == (640, 800)


def test_the_same_upload_is_the_same_photo() -> None:
    first, again = (PICTURES.prepare(a_picture()) for _ in range(2))

    assert first == again
    assert first.digest != PICTURES.prepare(a_picture(colour="#000000")).digest


def test_what_is_transparent_becomes_white() -> None:
    written = BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(written, "PNG")

    made = PICTURES.prepare(written.getvalue())

    assert opened(made.large).getpixel((150, 150)) == (255, 255, 255)


def test_no_colour_profile_stays_in_a_photo_and_a_broken_one_stops_nothing() -> None:
    broken, fitting = BytesIO(), BytesIO()
    Image.new("RGB", (300, 300), "red").save(broken, "JPEG", icc_profile=b"no profile")
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (300, 300), "red").save(fitting, "JPEG", icc_profile=srgb)

    for upload in (broken, fitting):
        made = PICTURES.prepare(upload.getvalue())
        assert "icc_profile" not in opened(made.large).info
        assert opened(made.large).getpixel((9, 9))[0] > 250  # type: ignore[index]  # RGB


@pytest.mark.parametrize(
    ("upload", "reason"),
    [
        (b"", "no picture"),
        (b"%PDF-1.7 not a picture", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
        (a_picture(kind="GIF"), "no picture"),
        (a_picture(kind="TIFF"), "no picture"),
        (a_picture(120, 800), "too small"),
        (a_bomb(9000), "too many pixels"),
        (a_picture()[:400], "damaged"),
        (a_picture(kind="JPEG")[:300], "no picture|damaged"),
        (a_picture(kind="WEBP")[:60], "no picture|damaged"),
    ],
    ids=["empty", "pdf", "svg", "gif", "tiff", "small", "bomb", "png", "jpeg", "webp"],
)
def test_what_is_no_photo_is_refused_with_a_sentence(
    upload: bytes, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it

    with pytest.raises(PictureError, match=reason):
        PICTURES.prepare(upload)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_that_would_fill_the_memory_is_never_opened() -> None:
    with pytest.raises(PictureError, match=r"too many pixels|no picture"):
        PICTURES.prepare(a_bomb(60_000))
