"""A client that costs little: the benchmarks' clients share the machine with what they measure."""
import re
import selectors
import socket
import sys

from lab import KIB, MIB

WORTH_WAKING = 256 * KIB  # bytes that must have come before a reader is woken, but at the end


class Sink:
    """A client's end of GET requests, whose bodies the kernel discards (MSG_TRUNC) without copying them."""

    PIECE = MIB

    def __init__(self, port, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(("127.0.0.1", port))
        self.buffer = bytearray(self.PIECE)
        self.left = 0

    def get(self, path, headers=""):
        """Sends a request and reads the head of its answer; returns the status."""
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            got = self.socket.recv(4096)
            if not got:
                sys.exit(f"fetch of {path} failed: the connection was closed")
            head += got
        head, _, rest = head.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.I)
        self.left = int(length[1]) - len(rest) if length else 0
        return int(head.split()[1])

    def discard(self, most=PIECE):
        """Throws away what has come of the body; returns how much that was, 0 at the end of the connection."""
        got = self.socket.recv_into(self.buffer, min(most, self.left, self.PIECE), socket.MSG_TRUNC)
        self.left -= got
        return got

    def close(self):
        self.socket.close()


def drain(sinks):
    """Discards all that is left of some bodies, in one thread; fails if one ends early."""
    with selectors.EpollSelector() as ready:
        for sink in sinks:
            sink.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, min(WORTH_WAKING, max(1, sink.left)))
            ready.register(sink.socket, selectors.EVENT_READ, sink)
        while ready.get_map():
            for key, _ in ready.select(60) or sys.exit("fetch failed: nothing came for 60 s"):
                sink = key.data
                if not sink.discard():
                    sys.exit(f"fetch failed: the connection was closed {sink.left} bytes early")
                if not sink.left:
                    ready.unregister(sink.socket)
                elif sink.left < WORTH_WAKING:
                    sink.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, sink.left)
