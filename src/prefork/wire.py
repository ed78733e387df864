"""Messages between a user process and its fork server: JSON in frames, file descriptors beside.

One frame is four bytes of length and that many bytes of JSON. Text that came from the operating
system (paths, environment) may hold lone surrogates; JSON's ASCII escapes carry them unharmed.
"""

import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

_LENGTH = struct.Struct("!I")

#: Standard input, output and error.
MAX_FDS = 3

Message = dict[str, Any]


def send(link: socket.socket, message: Message, fds: Sequence[int] = ()) -> None:
    """Send one message, and open file descriptors with it.

    Raises
    ------
    OSError
        If the other side is gone.
    """
    body = json.dumps(message).encode("ascii")
    frame = _LENGTH.pack(len(body)) + body
    sent = socket.send_fds(link, [frame], fds) if fds else 0
    link.sendall(frame[sent:])


def receive(link: socket.socket) -> tuple[Message, list[int]]:
    """Wait for one message; the caller owns, and closes, the descriptors that came with it.

    Raises
    ------
    EOFError
        If the other side closed the link, between messages or within one.
    OSError
        If the link broke or its time-out passed.
    """
    head, fds, _, _ = socket.recv_fds(link, _LENGTH.size, MAX_FDS)
    head += _exactly(link, _LENGTH.size - len(head)) if head else b""
    if not head:
        raise EOFError("the other side closed the link")
    (length,) = _LENGTH.unpack(head)
    message: Message = json.loads(_exactly(link, length))
    return message, list(fds)


def _exactly(link: socket.socket, count: int) -> bytes:
    """Read `count` bytes."""
    parts = bytearray()
    while len(parts) < count:
        part = link.recv(count - len(parts))
        if not part:
            raise EOFError("the other side closed the link")
        parts += part
    return bytes(parts)
