#!/usr/bin/env python3
"""What a cold blob costs when many want it, when it comes slowly, and when little of it is wanted.

The upstream answers with signed URLs, sends at a set rate on each connection, and counts. All bodies are compared byte for
byte with the file they should be. In turns with what they are compared with:

* `crowd`: many clients, one cold blob: transfers, and time against a single client's.
* `parallel`: time with four connections against one, at the same rate for each, also with URLs that die after 2 s.
* `straggler`: one of four connections at 100 KiB/s, against none.
* `part`: 64 KiB in the middle, and the last 64 KiB, of a cold blob: bytes from the storage, and time to the first byte,
  with an upstream that answers at once, and with one that takes 20 ms for each answer, as storages far away do.
* `slow`: one client at 10 KiB/s beside twenty fast ones, against these alone.

Run it from the project's root after `mvn -DskipTests package`.
"""
import ctypes
import mmap
import re
import selectors
import socket
import sys
import threading
import time
import urllib.parse
import urllib.request

from lab import KIB, MIB, Lab, arguments, make_blob, many_files, median
from upstream import Upstream

CASES = ["crowd", "parallel", "straggler", "part", "slow"]
WARM_UP = 5000  # parts
PARTS = 30
PAUSE = 0.05  # seconds, in which a connection of the upstream may send again
LIBC = ctypes.CDLL(None)
LIBC.memcmp.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]


class Expected:
    """A file's bytes, to be compared with."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.map = mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE)  # private, as ctypes wants to be able to write
        self.size = len(self.map)
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.map))

    def require(self, at, buffer, count):
        if at + count > self.size or LIBC.memcmp(self.address + at, ctypes.addressof(buffer), count):
            sys.exit(f"fetch failed: wrong bytes between {at} and {at + count}")


class Client:
    """One GET of a blob or a part of it, compared as it comes."""

    def __init__(self, port, name, expected, first=0, last=None, receive_buffer=None):
        self.expected, self.at, self.end = expected, first, expected.size if last is None else last + 1
        self.buffer = (ctypes.c_char * (256 * KIB))()
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(("127.0.0.1", port))
        wanted = "" if last is None else f"Range: bytes={first}-{last}\r\n"
        self.socket.sendall(f"GET /v2/bench/blobs/{name} HTTP/1.1\r\nHost: bench\r\n{wanted}\r\n".encode())
        self.head = b""

    def receive(self):
        """Takes what has come; false when all has."""
        if not self.head.endswith(b"\r\n\r\n"):
            got = self.socket.recv(1)
            while got:
                self.head += got
                if self.head.endswith(b"\r\n\r\n"):
                    break
                got = self.socket.recv(1)
            if self.head.split()[1] not in (b"200", b"206"):
                sys.exit(f"fetch failed: {self.head.decode()}")
            return True
        count = self.socket.recv_into(self.buffer, min(len(self.buffer), self.end - self.at))
        if not count:
            sys.exit(f"fetch failed: the body ended at {self.at} of {self.end}")
        self.expected.require(self.at, self.buffer, count)
        self.at += count
        return self.at < self.end

    def fetch(self):
        while self.receive():
            pass
        self.socket.close()

    def status(self):
        return next(line for line in self.head.decode().splitlines() if line.lower().startswith("cache-status"))


def fetch_all(clients):
    """All at once, in one thread."""
    selector = selectors.DefaultSelector()
    for client in clients:
        selector.register(client.socket, selectors.EVENT_READ, client)
    left = len(clients)
    while left:
        for key, _ in selector.select(60):
            if not key.data.receive():
                selector.unregister(key.data.socket)
                key.data.socket.close()
                left -= 1


class Bench:
    def __init__(self, lab, args):
        self.lab, self.args = lab, args
        self.blobs = lab.work / "blobs"
        self.blobs.mkdir()
        self.upstream = Upstream(self.blobs)
        self.seed = 0
        self.received = 0
        self.freshets = {n: lab.freshet(self.upstream.registry, self.upstream.storage,
                                        [f"fetch.connections-per-blob={n}", *args.set], f"data-{n}") for n in (4, 1)}

    def blob(self, size):
        """A new blob, of which both know the manifest."""
        self.seed += 1
        name = make_blob(self.blobs, size, f"flights-{self.seed}")
        for freshet in self.freshets.values():
            urllib.request.urlopen(f"http://127.0.0.1:{freshet.port}/v2/bench/manifests/{name[7:]}", timeout=60).read()
        return name, Expected(self.blobs / name)

    def drop(self, name):
        (self.blobs / name).unlink()

    def timed(self, connections, name, expected):
        began = time.perf_counter()
        Client(self.freshets[connections].port, name, expected).fetch()
        return time.perf_counter() - began

    def counted(self, connections, what, size):
        """Compares what the storage has sent with what Freshet says that it has received, and with the blob."""
        freshet = self.freshets[connections]
        freshet.wait_until_idle()
        received = freshet.metric("freshet_upstream_bytes_total")
        print(f"  {what}: storage sent {self.upstream.sent / size:.4f} times the blob, {self.upstream.sent} bytes;"
              f" Freshet counted {received - self.received:.0f} more; answers {self.upstream.requests},"
              f" registry asked {self.upstream.asked} times, {self.upstream.used} connections")
        self.received = received
        return self.upstream.sent

    def begin(self, connections, **limits):
        self.upstream.reset(**limits)
        self.received = self.freshets[connections].metric("freshet_upstream_bytes_total")

    def crowd(self):
        size, clients = self.args.crowd_mib * MIB, self.args.clients
        rate = self.args.crowd_rate_mib * MIB / 4
        alone, together = [], []
        for number in range(self.args.rounds):
            for crowd in (1, clients) if number % 2 else (clients, 1):
                name, expected = self.blob(size)
                self.begin(4, rate=rate)
                began = time.perf_counter()
                fetch_all([Client(self.freshets[4].port, name, expected) for _ in range(crowd)])
                (alone if crowd == 1 else together).append(time.perf_counter() - began)
                self.counted(4, f"{crowd} clients", size)
                self.drop(name)
        ratio(f"crowd: {clients} clients, one cold blob of {size // MIB} MiB, against one client", together, alone)

    def parallel(self):
        size = self.args.size_mib * MIB
        times = {(n, life): [] for n in (4, 1) for life in (1200, 2)}
        for number in range(self.args.rounds):
            for connections, life in sorted(times, reverse=number % 2):
                name, expected = self.blob(size)
                self.begin(connections, rate=20 * MIB, life=life)
                times[connections, life].append(self.timed(connections, name, expected))
                self.counted(connections, f"{connections} connections, URLs live {life} s", size)
                self.drop(name)
        ratio("parallel: one connection against four, 20 MiB/s each", times[1, 1200], times[4, 1200])
        ratio("parallel: the same with URLs that live 2 s", times[1, 2], times[4, 2])

    def straggler(self):
        size = self.args.size_mib * MIB
        slow, even = [], []
        for number in range(self.args.rounds):
            for one_slow in (True, False) if number % 2 else (False, True):
                name, expected = self.blob(size)
                self.begin(4, rate=20 * MIB)
                if one_slow:
                    self.upstream.slow = {number % 4: 100 * KIB}
                (slow if one_slow else even).append(self.timed(4, name, expected))
                self.counted(4, "one slow" if one_slow else "none slow", size)
                self.drop(name)
        ratio("straggler: one of four connections at 100 KiB/s, against none", slow, even)

    def part(self):
        asker = Asker()
        name, expected = self.blob(2 * WARM_UP * 64 * KIB)
        self.begin(4)
        for number in range(WARM_UP):  # until Java has compiled what matters
            for port in (self.upstream.registry, self.freshets[4].port):
                asker.first_byte(port, name, expected, number * 64 * KIB, number * 64 * KIB + KIB)
        self.drop(name)
        for delay in (0, 0.02):
            self.places(asker, delay)

    def places(self, asker, delay):
        """Asks for parts in the middle of a large blob, and for the tails of others, of an upstream that thinks so long."""
        size = self.args.crowd_mib * MIB
        name, expected = self.blob(size)
        middles = [(name, expected, size // 2 + 12345 + number * 5 * MIB) for number in range(PARTS)]
        self.parts("middle", delay, middles, asker)
        self.drop(name)
        tails = [self.blob(64 * MIB) for _ in range(PARTS)]
        self.parts("tail", delay, [(name, expected, expected.size - 64 * KIB) for name, expected in tails], asker)
        for name, _ in tails:
            self.drop(name)

    def parts(self, what, delay, places, asker):
        """Asks for 64 KiB at each place, in turns with the upstream."""
        what = f"part, {what}, upstream thinks {delay * 1000:.0f} ms"
        through, direct, sent = [], [], []
        for number, (name, expected, at) in enumerate(places):
            self.begin(4, rate=20 * MIB, delay=delay)
            ways = [(direct, self.upstream.registry), (through, self.freshets[4].port)]
            for times, port in ways if number % 2 else reversed(ways):
                time.sleep(PAUSE)
                before = self.upstream.sent
                times.append(asker.first_byte(port, name, expected, at, at + 64 * KIB - 1))
                if times is through:
                    sent.append(self.upstream.sent - before)
        print(f"{what}: at most {max(sent) / KIB:.0f} KiB from the storage for 64 KiB")
        ratio(f"{what}: time to the first byte against the upstream's own", through, direct, 1000, "ms")

    def slow(self):
        size = self.args.size_mib * MIB
        with_slow, without = [], []
        for number in range(self.args.rounds):
            for slow in (True, False) if number % 2 else (False, True):
                name, expected = self.blob(size)
                self.begin(4, rate=10 * MIB)
                stop = threading.Event()
                reader = threading.Thread(target=trickle, args=(self.freshets[4].port, name, expected, stop))
                if slow:
                    reader.start()
                began = time.perf_counter()
                fetch_all([Client(self.freshets[4].port, name, expected) for _ in range(20)])
                (with_slow if slow else without).append(time.perf_counter() - began)
                stop.set()
                if slow:
                    reader.join()
                self.counted(4, "with a slow one" if slow else "alone", size)
                self.drop(name)
        ratio("slow: 20 clients beside one at 10 KiB/s, against 20 alone", with_slow, without)


class Asker:
    """Asks for parts over connections that stay open, and times their first bytes."""

    def __init__(self):
        self.sockets = {}

    def first_byte(self, port, name, expected, first, last):
        """Seconds until the first byte of a part is there; follows a redirect, as the upstream sends it."""
        began = time.perf_counter()
        asked = f"Range: bytes={first}-{last}"
        head, body, at = self.ask(port, f"/v2/bench/blobs/{name}", asked)
        if head.startswith(b"HTTP/1.1 307 "):
            there = urllib.parse.urlparse(re.search(rb"\r\nlocation: *([^\r]+)", head, re.I)[1].decode())
            head, body, at = self.ask(there.port, f"{there.path}?{there.query}", asked)
        if not head.startswith(b"HTTP/1.1 206 ") or body != expected.map[first:last + 1]:
            sys.exit(f"fetch failed: {head.decode()}")
        return at - began

    def ask(self, port, target, header):
        """Returns the answer's head, its body, and when the body's first byte was there."""
        if port not in self.sockets:
            self.sockets[port] = socket.create_connection(("127.0.0.1", port))
            self.sockets[port].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = self.sockets[port]
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{header}\r\n\r\n".encode())
        answer, body, at, length = b"", b"", None, 0
        while at is None or len(body) < length:
            got = connection.recv(256 * KIB)
            if not got:
                sys.exit(f"fetch failed: the connection ended behind {answer.decode(errors='replace')}")
            answer += got
            head, end, body = answer.partition(b"\r\n\r\n")
            if end and at is None:
                length = int(re.search(rb"\r\ncontent-length: *(\d+)", head + b"\r\n", re.I)[1])
                at = time.perf_counter() if body or not length else None
        return head + end, body, at


def trickle(port, name, expected, stop):
    client = Client(port, name, expected, receive_buffer=4 * KIB)
    client.buffer = (ctypes.c_char * KIB)()
    while not stop.wait(0.1) and client.receive():
        pass
    client.socket.close()


def ratio(what, ours, theirs, scale=1, unit="s"):
    ratios = sorted(a / b for a, b in zip(ours, theirs))
    print(f"{what}: {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f});"
          f" {median(ours) * scale:.2f} {unit} against {median(theirs) * scale:.2f} {unit}", flush=True)


def main():
    parser = arguments(__doc__, {"rounds": 3, "size-mib": 512, "crowd-mib": 1024, "clients": 200, "crowd-rate-mib": 10})
    parser.add_argument("--only", choices=CASES, action="append")
    args = parser.parse_args()
    many_files()
    with Lab(args.dir) as lab:
        bench = Bench(lab, args)
        for case in args.only or CASES:
            getattr(bench, case)()


if __name__ == "__main__":
    main()
