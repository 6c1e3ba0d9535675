#!/usr/bin/env python3
"""What Freshet's memory does under a crowd: many cold fetches at once, and many slow readers of one stored blob.

Cold: 200 clients fetch 200 blobs of 64 MiB at once, with `cache.memory=256MiB`, first with the default number of fills
at once, then with all of them; each body is hashed. The blobs share all but their last bytes, and a small server of this
program's own sends them with sendfile, so that they take neither disk nor page cache. Slow: 1,000 readers take 100 KiB/s
each of one blob of 1 GiB, that was pulled once before; the kernel discards what comes (MSG_TRUNC). Receive buffers are
64 KiB, or else the kernel would take megabytes for each reader. Peaks are VmHWM, the highest resident memory.

Run it from the project's root after `mvn -DskipTests package`; it needs nginx.
"""
import collections
import contextlib
import hashlib
import http.server
import multiprocessing
import os
import re
import selectors
import socket
import sys
import time

from client import Sink, drain
from lab import KIB, MIB, Lab, arguments, cpu_seconds, forget_peak, make_blob, many_files, memory

TAIL = 4096  # bytes at the end of a blob that differ
PERIOD = 0.25  # seconds between two reads of a slow reader
RECEIVE = 64 * KIB


class Crowd:
    """Blobs that share one file, each with an end of its own, and the server that sends them."""

    def __init__(self, directory, count, size):
        self.file = directory / "shared"
        self.size = size
        shared = hashlib.sha256()
        block = os.urandom(MIB)
        with open(self.file, "wb") as out:
            for at in range(0, size - TAIL, MIB):
                piece = block[:min(MIB, size - TAIL - at)]
                out.write(piece)
                shared.update(piece)
        self.tails = {}
        for number in range(count):
            tail = number.to_bytes(TAIL, "big")
            digest = shared.copy()
            digest.update(tail)
            self.tails["sha256:" + digest.hexdigest()] = tail

    @contextlib.contextmanager
    def serve(self):
        """Serves in a process of its own, on the port that this gives."""
        crowd = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                name = self.path.partition("?")[0].rpartition("/")[2]
                if self.path.startswith("/v2/bench/"):
                    self.answer(307, 0, ("Location", f"http://127.0.0.1:{self.server.server_port}/{name}?Signature=b"))
                elif name in crowd.tails:
                    self.send_blob(crowd.tails[name])
                else:
                    self.answer(200 if self.path == "/v2/" else 404, 0)

            do_HEAD = do_GET

            def answer(self, status, length, *headers):
                self.send_response(status)
                for header in ("Content-Length", length), *headers:
                    self.send_header(header[0], str(header[1]))
                self.end_headers()

            def send_blob(self, tail):
                asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
                begin = int(asked[1]) if asked else 0
                end = min(int(asked[2]) + 1 if asked and asked[2] else crowd.size, crowd.size)
                where = [("Content-Range", f"bytes {begin}-{end - 1}/{crowd.size}")] if asked else []
                self.answer(206 if asked else 200, end - begin, *where)
                if self.command == "HEAD":
                    return
                shared = crowd.size - TAIL
                with open(crowd.file, "rb") as file:
                    while begin < min(end, shared):
                        begin += os.sendfile(self.wfile.fileno(), file.fileno(), begin, min(end, shared) - begin)
                if end > shared:
                    self.wfile.write(tail[begin - shared:end - shared])

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 1024
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a client that goes away is its own affair

        with Server(("127.0.0.1", 0), Handler) as server:
            process = multiprocessing.get_context("fork").Process(target=server.serve_forever, daemon=True)
            process.start()
            try:
                yield server.server_port
            finally:
                process.terminate()
                process.join()


def fetch_all(port, names):
    """Fetches all blobs at once in one thread and hashes them; returns how often each ending came."""
    buffer = memoryview(bytearray(MIB))
    endings = collections.Counter()
    with selectors.EpollSelector() as ready:
        for name in names:
            client = socket.create_connection(("127.0.0.1", port))
            client.sendall(f"GET /v2/bench/blobs/{name} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".encode())
            ready.register(client, selectors.EVENT_READ, Fetch(name))
        while ready.get_map():
            for key, _ in ready.select(300) or sys.exit("fetch failed: nothing came for 300 s"):
                try:
                    got = key.fileobj.recv_into(buffer)
                except ConnectionError:
                    got = 0
                if got:
                    key.data.take(buffer[:got])
                else:
                    endings[key.data.ending()] += 1
                    ready.unregister(key.fileobj)
                    key.fileobj.close()
    return endings


class Fetch:
    """An answer on its way, hashed as it comes."""

    def __init__(self, name):
        self.name = name
        self.hash = hashlib.sha256()
        self.head = b""
        self.complete = False

    def take(self, piece):
        if self.complete:
            self.hash.update(piece)
            return
        self.head += piece
        head, end, rest = self.head.partition(b"\r\n\r\n")
        if end:
            self.head, self.complete = head, True
            self.hash.update(rest)

    def ending(self):
        """`right` for a whole body, or else what came instead."""
        if self.name == "sha256:" + self.hash.hexdigest():
            return "right"
        status = self.head.partition(b"\r\n")[0].decode() or "no answer"
        return f"{status}, but the body was cut or wrong" if " 200 " in status else status


def cold(args, fills):
    """Peak memory while all blobs are fetched at once."""
    with Lab(args.dir) as lab:
        crowd = Crowd(lab.work, args.fills, args.fill_mib * MIB)
        with crowd.serve() as upstream:
            freshet = lab.freshet(upstream, upstream, [f"cache.memory={args.cache_memory}", *fills, *args.set])
            before = memory(freshet.pid, "VmRSS")
            began = time.perf_counter()
            endings = fetch_all(freshet.port, crowd.tails)
            took = time.perf_counter() - began
            peak = memory(freshet.pid, "VmHWM")
            freshet.wait_until_idle()
            print(f"{args.fills} cold fetches of {args.fill_mib} MiB at once, cache.memory={args.cache_memory}, "
                  f"{fills[0] if fills else 'fetch.max-fills by default'}: {endings['right']} of {args.fills} bodies right, "
                  f"{args.fills * args.fill_mib / took:.0f} MiB/s")
            print(f"  resident memory: {before / MIB:.0f} MiB after the start, {peak / MIB:.0f} MiB at most "
                  f"(target <= 900), {memory(freshet.pid, 'VmRSS') / MIB:.0f} MiB after it", flush=True)
            for ending, count in endings.items():
                if ending != "right":
                    print(f"  {count} answers: {ending}", flush=True)


def read_slowly(sinks, rate, seconds):
    """Reads a little from each in turns, so that each gets its rate; returns the bytes read."""
    piece = int(rate * PERIOD)
    due = [0] * len(sinks)
    began = time.monotonic()
    total = 0
    for turn in range(int(seconds / PERIOD) * len(sinks)):
        ahead = began + turn * PERIOD / len(sinks) - time.monotonic()
        if ahead > 0.005:
            time.sleep(ahead)
        reader = turn % len(sinks)
        due[reader] += piece
        with contextlib.suppress(BlockingIOError):
            got = sinks[reader].discard(due[reader])
            if not got:
                raise SystemExit("read failed: the connection was closed early")
            due[reader] -= got
            total += got
    return total


def slow(args):
    """Growth of memory while many slow readers read one stored blob."""
    with Lab(args.dir) as lab:
        registry, storage = lab.upstream()
        name = make_blob(lab.work / "blobs", args.blob_mib * MIB, "slow")
        path = f"/v2/bench/blobs/{name}"
        freshet = lab.freshet(registry, storage, [f"cache.memory={args.cache_memory}", *args.set])
        for _ in range(3):
            first = Sink(freshet.port)
            first.get(path)
            drain([first])
            first.close()
            freshet.wait_until_idle()
        before = memory(freshet.pid, "VmRSS")
        forget_peak(freshet.pid)
        sinks = []
        for _ in range(args.readers):
            sink = Sink(freshet.port, RECEIVE)
            if sink.get(path) != 200:
                raise SystemExit("read failed: the answer is not 200")
            sink.socket.setblocking(False)
            sinks.append(sink)
        used, mine = cpu_seconds(freshet.pid), time.process_time()
        got = read_slowly(sinks, args.rate_kib * KIB, args.seconds)
        used, mine = cpu_seconds(freshet.pid) - used, time.process_time() - mine
        peak = memory(freshet.pid, "VmHWM")
        for sink in sinks:
            sink.close()
        share = got / (args.readers * args.rate_kib * KIB * args.seconds)
        print(f"{args.readers} readers of one stored blob of {args.blob_mib} MiB for {args.seconds} s, "
              f"{share * args.rate_kib:.0f} of {args.rate_kib} KiB/s each")
        print(f"  resident memory: {before / MIB:.0f} MiB before, {peak / MIB:.0f} MiB at most: grew by "
              f"{(peak - before) / MIB:.0f} MiB (target < 150), {(peak - before) / args.readers / KIB:.0f} KiB for each")
        print(f"  CPU of Freshet: {used / args.seconds:.2f} cores; of the readers: {mine / args.seconds:.2f}")


def main():
    parser = arguments(__doc__, {"fills": 200, "fill-mib": 64, "readers": 1000, "rate-kib": 100, "seconds": 30,
                                 "blob-mib": 1024})
    parser.add_argument("--cache-memory", default="256MiB")
    parser.add_argument("--only", choices=["cold", "slow"])
    args = parser.parse_args()
    many_files()
    if args.only != "slow":
        cold(args, [])
        cold(args, [f"fetch.max-fills={args.fills}"])
    if args.only != "cold":
        slow(args)


if __name__ == "__main__":
    main()
