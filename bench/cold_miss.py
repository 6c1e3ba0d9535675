#!/usr/bin/env python3
"""What a cold miss costs: time to first byte and total time, through Freshet and directly, in one interleaved run.

The upstream is nginx: a registry that answers with 307 and a storage that sends with sendfile. Each blob is fetched once
directly and once through Freshet, in turns, by curl, which stops the clock. Every blob is new to Freshet, and its bytes
are in the page cache already; before each round, as much memory as it writes is touched and freed again.
`--client verify` pipes the body into sha256sum, as every registry client hashes what it gets; `--client discard` throws
it away, the hardest comparison there is on a machine whose cores are shared with the client and the upstream. `--rate`
limits each connection of the storage, as a network does.

Run it from the project's root after `mvn -DskipTests package`; it needs nginx and curl.
"""
import subprocess
import sys
import time

from lab import MIB, Lab, arguments, cpu_seconds, make_blob, median, touch_memory

WARM_UP = 500  # rounds until the Java runtime has compiled what matters


def fetch(url, client, size):
    """Fetches with curl; returns seconds to the first byte and in total."""
    sink = "cat > /dev/null" if client == "discard" else "sha256sum > /dev/null"
    command = f"curl -sSfL -w '%{{stderr}}%{{time_starttransfer}} %{{time_total}} %{{size_download}}' '{url}' | {sink}"
    if client == "discard":
        command = command.replace(f" | {sink}", " -o /dev/null")
    began = time.perf_counter()
    done = subprocess.run(["sh", "-c", command], check=True, capture_output=True, text=True)
    whole = time.perf_counter() - began
    first, total, got = done.stderr.split()
    if int(got) != size:
        sys.exit(f"fetch of {url} failed: {got} bytes came instead of {size}")
    return float(first), whole if client == "verify" else float(total)


def main():
    parser = arguments(__doc__, {"rounds": 9, "small-rounds": 100, "size-mib": 300})
    parser.add_argument("--client", choices=["discard", "verify"], default="verify")
    parser.add_argument("--rate", default="", help="bytes a second of each storage connection, as 100m")
    args = parser.parse_args()
    size = args.size_mib * MIB
    with Lab(args.dir) as lab:
        registry, storage = lab.upstream(args.rate)
        freshet = lab.freshet(registry, storage, args.set)
        data, pid = freshet.port, freshet.pid
        names = [make_blob(lab.work / "blobs", size, seed) for seed in range(args.rounds + 1)]
        first_byte(args, lab.work, registry, data)
        direct, through, hits, cold_cpu, hit_cpu = [], [], [], [], []
        for number, name in enumerate(names):
            ways = [("direct", f"http://127.0.0.1:{registry}/v2/bench/blobs/{name}"),
                    ("through", f"http://127.0.0.1:{data}/v2/bench/blobs/{name}")]
            took = {}
            touch_memory(lab.work, 3 * size)
            for way, url in ways if number % 2 else reversed(ways):
                before = cpu_seconds(pid)
                took[way] = fetch(url, args.client, size)
                if way == "through":
                    used = cpu_seconds(pid) - before
            before = cpu_seconds(pid)
            hit = fetch(ways[1][1], args.client, size)
            if number:  # the first round warms everything up
                direct.append(took["direct"])
                through.append(took["through"])
                cold_cpu.append(used)
                hits.append(hit)
                hit_cpu.append(cpu_seconds(pid) - before)
    report(args, direct, through, hits)
    for what, used in (("cold", cold_cpu), ("stored", hit_cpu)):
        print(f"  CPU of Freshet, {what}: {median(used) * 1024 / args.size_mib:.2f} s per GiB")


def first_byte(args, work, registry, data):
    """Compares times to the first byte over many small blobs, each fetched once each way."""
    added, directly = [], []
    for number in range(args.small_rounds + WARM_UP):
        name = make_blob(work / "blobs", MIB, f"small-{number}")
        ways = [("direct", registry), ("through", data)]
        took = {}
        for way, port in ways if number % 2 else reversed(ways):
            took[way] = fetch(f"http://127.0.0.1:{port}/v2/bench/blobs/{name}", "discard", MIB)[0]
        if number >= WARM_UP:
            directly.append(took["direct"] * 1000)
            added.append((took["through"] - took["direct"]) * 1000)
    print(f"first byte of a cold 1 MiB blob, {len(added)} rounds: directly {median(directly):.2f} ms, "
          f"through Freshet {median(added):+.2f} ms (target <= +5)")


def report(args, direct, through, hits):
    print(f"cold miss of {args.size_mib} MiB, client {args.client}, rate {args.rate or 'unlimited'}, "
          f"{len(direct)} rounds, medians")
    ratio = median([t[1] / d[1] for d, t in zip(direct, through)])
    for name, values in (("direct", direct), ("through Freshet, cold", through), ("through Freshet, stored", hits)):
        first, total = median([v[0] for v in values]), median([v[1] for v in values])
        print(f"  {name:24} first byte {first * 1000:7.2f} ms   total {total * 1000:8.1f} ms   "
              f"{args.size_mib / total:7.0f} MiB/s")
    print(f"  total: {ratio:.3f} times (target <= 1.1)")


if __name__ == "__main__":
    main()
