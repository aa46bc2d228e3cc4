"""How a journal lies in its files: a header, then records of a length, a checksum, a sequence number and a body.

Numbers are little-endian. A record is written by one call, so that a process that is killed leaves whole records and
at most one torn one, at the end.
"""

import json
import struct
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from driftline.journal.errors import no_journal

MAGIC = b"DRFTJ001"
HEADER = struct.Struct("<8s16sQQI")  # magic, run id, writer, first sequence, checksum of what stands before
FRAME = struct.Struct("<II")  # length of what follows the frame, its checksum
HEAD = struct.Struct("<QB")  # sequence, kind
POINT = struct.Struct("<QBqIqd")  # sequence, kind, time, key, step, value
POINT_RECORD = struct.Struct("<IIQBqIqd")  # a frame and a point
KEY = struct.Struct("<I")  # the number of a key; its name follows
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once: `dumps` makes one a call
_decoded = json.JSONDecoder().decode
LONGEST = 64 * 1024 * 1024  # bytes of a record; a larger length is damage


@dataclass(frozen=True, kw_only=True)
class Header:
    """Whose journal a file is.

    Attributes:
        run_id: 32 hexadecimal digits.
        writer: the number of the process that writes it, among those of the run.
        first_sequence: of its first record.
    """

    run_id: str
    writer: int
    first_sequence: int


def header_bytes(header: Header) -> bytes:
    """Return a header as it is written."""
    body = HEADER.pack(MAGIC, bytes.fromhex(header.run_id), header.writer, header.first_sequence, 0)[:-4]
    return body + crc32(body).to_bytes(4, "little")


def read_header(data: bytes, path: object) -> Header:
    """Return the header at the start of `data`.

    Raises:
        JournalError: there is none, or it is damaged.
    """
    if len(data) < HEADER.size:
        raise no_journal(path, f"it has {len(data)} bytes")
    magic, run_id, writer, first, checksum = HEADER.unpack_from(data)
    if magic != MAGIC:
        raise no_journal(path, f"it begins with {magic!r}")
    if checksum != crc32(data[: HEADER.size - 4]):
        raise no_journal(path, "its first bytes are damaged")
    return Header(run_id=run_id.hex(), writer=writer, first_sequence=first)


def json_bytes(body: Any) -> bytes:
    """Return a body as JSON; NaN and the infinities as Python writes them, which `json_body` reads again."""
    return _encoded(body).encode("utf-8", "surrogatepass")


def json_body(data: bytes) -> Any:
    """Return what `json_bytes` wrote."""
    return _decoded(data.decode("utf-8", "surrogatepass"))
