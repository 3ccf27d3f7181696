"""Messages on a Unix socket: MessagePack, each prefixed with its length.

Nothing else is ever read from a socket: no pickle, and no frame larger than `MAX_FRAME` bytes.
"""

from __future__ import annotations

import struct
from typing import Protocol, TypeVar

import msgspec

from seedtui.core.errors import EngineError
from seedtui.engine.wire.protocol import Event, Greeting, Message, Reply, Request

MAX_FRAME = 256 * 2**20
"""Maximum size of a frame in bytes: a 4096 x 4096 RGB image has 48 MiB."""

MAX_KNOCK = 65_536
"""Maximum size of a frame in bytes while a client connects, when the other side is not yet trusted."""

MARK = b"\x00seedtui worker\x00"
"""What a worker on another machine sends first, after whatever its shell printed."""

MAX_CHATTER = 65_536
"""Maximum number of bytes up to the end of `MARK`."""

_LENGTH = struct.Struct(">I")

_encoder = msgspec.msgpack.Encoder()
_requests = msgspec.msgpack.Decoder(Request)
_events = msgspec.msgpack.Decoder(Event)
_greetings = msgspec.msgpack.Decoder(Greeting)
_replies = msgspec.msgpack.Decoder(Reply)
_T = TypeVar("_T")


class Stream(Protocol):
    """A socket, or what reads and writes like one."""

    def recv_into(self, buffer: memoryview, /) -> int: ...

    def sendall(self, data: bytes, /) -> None: ...


def send(sock: Stream, message: Message) -> None:
    """Write one frame. Raises OSError if the other side is gone."""
    body = _encoder.encode(message)
    sock.sendall(_LENGTH.pack(len(body)) + body)


def skip_to_mark(sock: Stream) -> bytes | None:
    """Read up to `MARK`. None if it came, or else, at the end of the stream, what came instead.

    Raises:
        EngineError: there is too much before it.
    """
    said = bytearray()
    while len(said) < MAX_CHATTER:
        byte = _read(sock, 1)
        if byte is None:
            return bytes(said)
        said += byte
        if said.endswith(MARK):
            return None
    raise EngineError("the first 64 KiB are not from seedtui", "Check that its command starts seedtui worker --stdio")


def receive_request(sock: Stream) -> Request | None:
    """The next request, None at the end of the stream. Raises EngineError on anything else."""
    return _receive(sock, _requests)


def receive_event(sock: Stream) -> Event | None:
    """The next event, None at the end of the stream. Raises EngineError on anything else."""
    return _receive(sock, _events)


def receive_greeting(sock: Stream) -> Greeting | None:
    """The first message of a connecting client, None at the end of the stream. Raises EngineError on anything else."""
    return _receive(sock, _greetings, MAX_KNOCK)


def receive_reply(sock: Stream) -> Reply | None:
    """The answer to a connecting client, None at the end of the stream. Raises EngineError on anything else."""
    return _receive(sock, _replies, MAX_KNOCK)


def _receive(sock: Stream, decoder: msgspec.msgpack.Decoder[_T], limit: int = MAX_FRAME) -> _T | None:
    head = _read(sock, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > limit:
        raise EngineError(f"a message of {length:,} bytes is too large")
    body = _read(sock, length)
    if body is None:
        return None
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EngineError(f"a message cannot be decoded: {error}") from error


def _read(sock: Stream, size: int) -> bytearray | None:
    """Exactly `size` bytes, None if the stream ends first."""
    buffer = bytearray(size)
    view, filled = memoryview(buffer), 0
    while filled < size:
        try:
            count = sock.recv_into(view[filled:])
        except ConnectionError:
            return None
        if count == 0:
            return None
        filled += count
    return buffer
