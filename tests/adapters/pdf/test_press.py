"""Whatever a name holds, a paper opens no file and asks no machine."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import pikepdf
import pytest

from marketplace.adapters.pdf.papers import print_html
from marketplace.adapters.pdf.press import RefusedAddressError
from marketplace.adapters.pdf.slips import PlateSlipPrinter
from marketplace.domain.documents.ports import UnprintableTextError
from tests.support.pdf import text_of
from tests.support.slips import a_slip

PAGE = '<html lang="en"><head><title>Register</title></head><body><h1>Register</h1>{}</body></html>'
MARK = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    b'<rect width="9" height="9"/></svg>'
)
CSS = 'html { font: 10pt "DejaVu Sans", "Droid Sans Fallback" }'


class Listener:
    """Counts who calls on the machine's own address."""

    def __init__(self) -> None:
        self.callers = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        while True:
            caller, _ = self.socket.accept()
            with caller:
                if caller.recv(4) == b"stop":
                    return
                self.callers += 1

    def stop(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as caller:
            caller.sendall(b"stop")
        self.thread.join(5)
        self.socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.stop()


@pytest.mark.parametrize(
    "name",
    [
        "<link rel=attachment href=file:///etc/passwd>",
        "<img src=http://127.0.0.1:{port}/a.png>",
        "<style>@import url(http://127.0.0.1:{port}/)</style>",
        "<a href=http://127.0.0.1:{port}/>",
        "{{{{ config }}}} &lt;b&gt;",
    ],
)
@pytest.mark.parametrize("padding", ["", " " + "long " * 40])
def test_a_hostile_name_stays_text_and_nobody_is_called(
    listener: Listener,
    name: str,
    padding: str,
) -> None:
    hostile = name.format(port=listener.port)
    slip = a_slip()
    named = replace(
        slip,
        number="PS-<1>&)(\\",
        payee=replace(slip.payee, stage_name=hostile + padding),
    )
    pdf = PlateSlipPrinter().print_slip(named)
    assert hostile.replace(" ", "") in text_of(pdf).replace(" ", "")
    with pikepdf.open(io.BytesIO(pdf)) as file:
        assert "/Names" not in file.Root
        assert "/AF" not in file.Root
        assert file.trailer.Info.Title == "Pay slip PS-<1>&)(\\"
    assert listener.callers == 0


@pytest.mark.parametrize(
    "body",
    [
        '<img alt="a" src="http://127.0.0.1:{port}/a.png">',
        '<img alt="a" src="file:///etc/passwd">',
        '<img alt="a" src="asset:unknown">',
        '<p style="background: url(http://127.0.0.1:{port}/b.png)">b</p>',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<link rel="stylesheet" href="http://127.0.0.1:{port}/c.css">',
        '<object data="http://127.0.0.1:{port}/d.svg"></object>',
    ],
)
def test_a_page_that_asks_for_anything_outside_is_not_printed(
    listener: Listener,
    body: str,
) -> None:
    with pytest.raises(RefusedAddressError):
        print_html(PAGE.format(body.format(port=listener.port)), CSS)
    assert listener.callers == 0


def test_a_page_shows_our_own_pictures() -> None:
    page = PAGE.format('<p>王晓明 $1,845.81 <img alt="Dayrate" src="asset:mark"></p>')
    pdf = print_html(page, CSS, {"mark": (MARK, "image/svg+xml")})
    assert "王晓明 $1,845.81" in text_of(pdf)


def test_an_empty_box_is_never_printed() -> None:
    with pytest.raises(UnprintableTextError) as refusal:
        print_html(PAGE.format("<p>ก</p>"), CSS)
    assert refusal.value.characters == "ก"
