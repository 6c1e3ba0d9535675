#!/usr/bin/env python3
"""How fast Freshet can store: large blobs come cold over one connection, while the client takes next to nothing of each.

The upstream is nginx, whose storage sends with sendfile; `--rate 800m` limits the connection. The client asks for the
whole blob and reads only the answer's head; the fetch goes on without it, and has ended when Freshet's metrics say so.
Before each round, as much memory as it writes is touched and freed again. CPU and bytes written are read when nothing is
written any more. Of the bytes in /proc/PID/io, `write_bytes` are bound for the disk; `wchar` went through write calls of
any kind.

Run it from the project's root after `mvn -DskipTests package`, with `--dir` on a real disk; it needs nginx.
"""
import time

from client import Sink
from lab import GIB, KIB, MIB, Lab, arguments, cpu_seconds, disk, io_bytes, make_blob, median, touch_memory


def store(freshet, path, size, stored):
    """Begins a fetch and waits for its end; returns the seconds that took. Freshet is not asked for its metrics, which
    costs it CPU, before as many bytes as the blob has are bound for the disk, but for twice a second."""
    written = io_bytes(freshet.pid, "write_bytes")
    ended = freshet.metric("freshet_fills_ended_total")
    began = time.perf_counter()
    client = Sink(freshet.port, receive_buffer=4 * KIB)
    status = client.get(path)
    if status != 200:
        raise SystemExit(f"fetch of {path} failed: the answer is {status}")
    while freshet.metric("freshet_fills_ended_total") == ended:
        again = time.monotonic() + 0.5
        while time.monotonic() < again and io_bytes(freshet.pid, "write_bytes") - written < size:
            time.sleep(0.002)
        time.sleep(0.002)
    took = time.perf_counter() - began
    client.close()
    if freshet.metric("freshet_cache_bytes") < stored:
        raise SystemExit(f"fetch of {path} failed: it was not stored")
    return took


def main():
    parser = arguments(__doc__, {"rounds": 7, "size-mib": 1024})
    parser.add_argument("--rate", default="", help="bytes a second of each storage connection, as 800m")
    args = parser.parse_args()
    size = args.size_mib * MIB
    with Lab(args.dir) as lab:
        registry, storage = lab.upstream(args.rate)
        freshet = lab.freshet(registry, storage, ["fetch.connections-per-blob=1", *args.set])
        rates, written, passed, used = [], [], [], []
        stored = 0
        for number in range(args.rounds + 1):
            name = make_blob(lab.work / "blobs", size, number)
            touch_memory(lab.work, 3 * size)
            before = [io_bytes(freshet.pid, c) for c in ("write_bytes", "wchar")], cpu_seconds(freshet.pid)
            stored += size
            took = store(freshet, f"/v2/bench/blobs/{name}", size, stored)
            freshet.wait_until_idle()
            cpu = cpu_seconds(freshet.pid)
            (lab.work / "blobs" / name).unlink()
            if number:  # the first round warms everything up
                rates.append(size / MIB / took)
                used.append((cpu - before[1]) * GIB / size)
                written.append((io_bytes(freshet.pid, "write_bytes") - before[0][0]) / size)
                passed.append((io_bytes(freshet.pid, "wchar") - before[0][1]) / size)
        print(f"blobs of {args.size_mib} MiB stored from one connection, rate {args.rate or 'unlimited'}, "
              f"{args.rounds} rounds, medians; on {disk(lab.work)}")
        print(f"  stored:           {median(rates):7.0f} MiB/s (target >= 800)")
        print(f"  slowest, fastest: {min(rates):7.0f}, {max(rates):.0f} MiB/s")
        print(f"  CPU of Freshet:   {median(used):7.2f} s per GiB")
        print(f"  bytes for the disk for each byte stored: {median(written):.3f} (target <= 1.05); wchar {median(passed):.3f}")


if __name__ == "__main__":
    main()
