#!/usr/bin/env python3
"""What a full store costs: starts, hits of small blobs and memory with a million blobs, next to a store with few.

LoadStore.java fills two stores through the store's own interface: one with a million small blobs (512 bytes to 4 KiB) and
20,000 large ones (just above 1 MiB), one with a thousand small ones. Starts are timed from the launcher's call to the
answer of /livez, in turns. Then both run at once, and one keep-alive connection to each asks for random small blobs, in
turns of a few hundred requests. Every blob that is asked for has been asked for once before, so the pages of the disk
that hold it are in memory; what changes is how much there is to look through.

Run it from the project's root after `mvn -DskipTests package`, with `--dir` on a disk with room for 25 GB.
"""
import gc
import random
import re
import socket
import subprocess
import sys
import time

from lab import MIB, ROOT, Lab, arguments, disk, free_port, java, median, memory

REQUESTS = 500  # in a row to one server


class Asker:
    """A keep-alive connection that times the fetches of small blobs."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def fetch(self, name):
        """Returns the seconds from the request to the last byte."""
        request = f"GET /v2/bench/blobs/sha256:{name} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()
        began = time.perf_counter()
        self.socket.sendall(request)
        answer = self.socket.recv(65536)
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self.socket.recv(65536)
        left = int(re.search(rb"\r\ncontent-length: *(\d+)", answer[:end], re.I)[1]) - (len(answer) - end - 4)
        while left:
            got = len(self.socket.recv(65536))
            if not got:
                sys.exit(f"fetch of {name} failed: the connection was closed")
            left -= got
        took = time.perf_counter() - began
        if not answer.startswith(b"HTTP/1.1 200 ") or b"\r\nCache-Status: freshet; hit" not in answer:
            sys.exit(f"fetch of {name} failed: {answer[:end].decode()}")
        return took


def load(lab, name, small, large, size):
    """Fills a store; returns the digests of its small blobs."""
    runtime, jar = java()
    digests = lab.work / f"{name}.digests"
    began = time.perf_counter()
    loader = lab.start([runtime / "java", "--enable-native-access=ALL-UNNAMED", "-cp", jar,
                        ROOT / "bench/LoadStore.java", lab.work / name, digests, small, large, size], f"load-{name}.log")
    if loader.wait():
        sys.exit(f"load of {name} failed:\n" + (lab.work / f"load-{name}.log").read_text()[-2000:])
    print(f"loaded {name}: {small} small and {large} large blobs in {time.perf_counter() - began:.0f} s", flush=True)
    content = digests.read_bytes()
    return [content[at:at + 32].hex() for at in range(0, len(content), 32)]


def high(values):
    return sorted(values)[int(len(values) * 0.99)]


def main():
    parser = arguments(__doc__, {"small": 1_000_000, "large": 20_000, "large-bytes": MIB + 4096, "asked": 50_000,
                                 "rounds": 40, "starts": 5})
    args = parser.parse_args()
    with Lab(args.dir) as lab:
        stores = {"few": load(lab, "few", min(1000, args.small), 0, args.large_bytes),
                  "many": load(lab, "many", args.small, args.large, args.large_bytes)}
        nobody = free_port()  # hits ask no upstream
        starts = {name: [] for name in stores}
        for number in range(args.starts):
            for name in stores if number % 2 else reversed(stores):
                freshet = lab.freshet(nobody, nobody, args.set, name)
                starts[name].append(freshet.start_seconds)
                lab.stop(freshet.process)
        running = {name: lab.freshet(nobody, nobody, args.set, name) for name in stores}
        rng = random.Random(1)
        asked = {name: rng.sample(digests, min(args.asked, len(digests))) for name, digests in stores.items()}
        askers = {name: Asker(freshet.port) for name, freshet in running.items()}
        for name in stores:
            for _ in range(max(1, 20_000 // len(asked[name]))):  # also until Java has compiled what matters
                for digest in asked[name]:
                    askers[name].fetch(digest)
        middles = {name: [] for name in stores}
        highs = {name: [] for name in stores}
        gc.disable()
        for number in range(args.rounds):
            took = {name: [] for name in stores}
            for turn in range(4):
                for name in stores if (number + turn) % 2 else reversed(stores):
                    took[name] += [askers[name].fetch(digest) for digest in rng.choices(asked[name], k=REQUESTS)]
            for name in stores:
                middles[name].append(median(took[name]) * 1e6)
                highs[name].append(high(took[name]) * 1e6)
        report(args, starts, running, middles, highs, disk(lab.work))


def report(args, starts, running, middles, highs, where):
    print(f"{args.small} small and {args.large} large blobs next to {min(1000, args.small)} small ones; stored on {where}")
    for name, freshet in running.items():
        print(f"  {name}: {freshet.metric('freshet_cache_objects'):.0f} objects; start until /livez answers, median of "
              f"{args.starts}: {median(starts[name]):.2f} s; resident memory "
              f"{memory(freshet.pid, 'VmRSS') / MIB:.0f} MiB, {memory(freshet.pid, 'VmHWM') / MIB:.0f} at most; "
              f"hits p50 {median(middles[name]):.0f} us, p99 {median(highs[name]):.0f} us")
    print(f"  start with many: {median(starts['many']):.2f} s (target <= 3)")
    print(f"  p99 with many: {median([m / f for m, f in zip(highs['many'], highs['few'])]):.2f} times that with few, "
          f"p50 {median([m / f for m, f in zip(middles['many'], middles['few'])]):.2f} times (target p99 <= 1.2); "
          f"medians of {args.rounds} rounds of {4 * REQUESTS} requests in turns")
    print(f"  resident memory with many: {memory(running['many'].pid, 'VmHWM') / MIB:.0f} MiB at most (target <= 600)")


if __name__ == "__main__":
    main()
