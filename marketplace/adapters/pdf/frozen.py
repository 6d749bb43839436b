"""A PDF file whose constant objects are bytes already; those that change are written after them."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import pikepdf

HEADER: Final = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
ROW: Final = struct.Struct(">BIH")
IN_FILE: Final = 1
IN_STREAM: Final = 2


@dataclass(frozen=True, slots=True)
class FrozenFile:
    """The constant part of many files: `prefix`, then the objects of one file, then the table.

    rows: one per object number, as the cross-reference stream holds them.
    """

    prefix: bytes
    rows: tuple[bytes, ...]
    table: int
    root: int
    info: int

    def with_objects(self, objects: Mapping[int, bytes]) -> bytes:
        """Return the file with these objects (number → body) in it."""
        rows = list(self.rows)
        parts = [self.prefix]
        place = len(self.prefix)
        for number, body in objects.items():
            whole = b"%d 0 obj\n%b\nendobj\n" % (number, body)
            rows[number] = ROW.pack(IN_FILE, place, 0)
            parts.append(whole)
            place += len(whole)
        rows[self.table] = ROW.pack(IN_FILE, place, 0)
        head = b"/Type/XRef/W[1 4 2]/Size %d/Root %d 0 R/Info %d 0 R"
        table = stream(b"".join(rows), head % (len(rows), self.root, self.info), level=1)
        parts.append(b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (self.table, table, place))
        return b"".join(parts)


def stream(data: bytes, head: bytes = b"", *, level: int = 6) -> bytes:
    """Return the body of a compressed stream object."""
    packed = zlib.compress(data, level)
    return b"<<%b/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (
        head,
        len(packed),
        packed,
    )


def freeze(
    pdf: pikepdf.Pdf,
    *,
    changing: frozenset[int],
    written: Mapping[int, bytes],
    rewrite: Callable[[int, bytes], bytes],
) -> FrozenFile:
    """Write every object of a file once, but those that change from file to file.

    changing: numbers left out.
    written: further constant objects, number → body; their numbers are not in the file yet.
    rewrite: (number, body) → body, for objects that must name a further object.
    """
    loose, streams = _sorted(pdf, changing)
    bodies = {number: rewrite(number, body) for number, body in loose.items()}
    last = max(*changing, *written, *loose, *streams)
    packed, table = last + 1, last + 2
    rows: dict[int, bytes] = {}
    prefix = bytearray(HEADER)
    constant = {**streams, **written, packed: _object_stream(bodies)}
    for number, body in constant.items():
        rows[number] = ROW.pack(IN_FILE, len(prefix), 0)
        prefix += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    for index, number in enumerate(bodies):
        rows[number] = ROW.pack(IN_STREAM, packed, index)
    return FrozenFile(
        prefix=bytes(prefix),
        rows=tuple(rows.get(number, ROW.pack(0, 0, 0)) for number in range(table + 1)),
        table=table,
        root=pdf.Root.objgen[0],
        info=pdf.trailer.Info.objgen[0],
    )


def _sorted(
    pdf: pikepdf.Pdf,
    changing: frozenset[int],
) -> tuple[dict[int, bytes], dict[int, bytes]]:
    loose: dict[int, bytes] = {}
    streams: dict[int, bytes] = {}
    for thing in pdf.objects:
        number = thing.objgen[0]
        if number in changing:
            continue
        if isinstance(thing, pikepdf.Stream):
            streams[number] = _stream_body(thing)
        else:
            loose[number] = thing.unparse(resolved=True)
    return loose, streams


def _stream_body(thing: pikepdf.Stream) -> bytes:
    dropped = {"/Length", "/Filter", "/DecodeParms"}
    kept = {key: value for key, value in thing.stream_dict.items() if key not in dropped}
    head = pikepdf.Dictionary(kept)
    return stream(thing.read_bytes(), re.sub(rb"^<<|>>$", b"", head.unparse().strip()), level=9)


def _object_stream(bodies: Mapping[int, bytes]) -> bytes:
    index = []
    place = 0
    for number, body in bodies.items():
        index.append(b"%d %d" % (number, place))
        place += len(body) + 1
    first = b" ".join(index) + b"\n"
    head = b"/Type/ObjStm/N %d/First %d" % (len(bodies), len(first))
    return stream(first + b"\n".join(bodies.values()), head, level=9)
