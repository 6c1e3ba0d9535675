#!/usr/bin/env python3
"""What a cold miss costs: time to first byte and total time, through Freshet and directly, in one interleaved run.

The upstream is nginx: a registry that answers with 307 and a storage that sends with sendfile. Each blob is fetched once
directly and once through Freshet, in turns, by curl, which stops the clock. Every blob is new to Freshet, and its bytes
are in the page cache already; before each round, as much memory as it writes is touched and freed again. `--client verify` pipes the body into sha256sum, as every registry client hashes what it
gets; `--client discard` throws it away, the hardest comparison there is on a machine whose cores are shared with the
client and the upstream. `--rate` limits each connection of the storage, as a network does.

Run it from the project's root after `mvn -DskipTests package`; it needs nginx and curl.
"""
import argparse
import hashlib
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent

WARM_UP = 500  # rounds until the Java runtime has compiled what matters

NGINX = """
daemon off; worker_processes 1; pid {dir}/nginx.pid; error_log {dir}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000;
  client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3;
  uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
  server {{
    listen 127.0.0.1:{registry};
    location ~ ^/v2/bench/blobs/(.*)$ {{ return 307 http://127.0.0.1:{storage}/$1?X-Amz-Signature=bench; }}
  }}
  server {{ listen 127.0.0.1:{storage}; root {dir}/blobs; {limit} }}
}}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def make_blob(directory, size, seed):
    """Writes pseudo-random bytes that differ from every other seed's; returns the digest."""
    digest = hashlib.sha256()
    path = directory / f"blob-{seed}"
    block = hashlib.shake_256(str(seed).encode()).digest(1 << 20)
    with open(path, "wb") as out:
        left, count = size, 0
        while left:
            piece = (count.to_bytes(8, "big") + block[8:])[:min(left, len(block))]
            out.write(piece)
            digest.update(piece)
            left -= len(piece)
            count += 1
    name = "sha256:" + digest.hexdigest()
    path.rename(directory / name)
    return name


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


def touch_memory(directory, size):
    """Writes and deletes a file: a virtual machine pays its host for pages that it has not used lately, and whoever
    writes next would be billed for it."""
    path = directory / "ballast"
    with open(path, "wb") as out:
        for _ in range(size >> 20):
            out.write(bytes(1 << 20))
    path.unlink()


def wait_for(url, what):
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=1).read()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"start of {what} failed: {url} does not answer")


def cpu_seconds(pid):
    ticks = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def median(values):
    return statistics.median(values)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--small-rounds", type=int, default=100)
    parser.add_argument("--size-mib", type=int, default=300)
    parser.add_argument("--client", choices=["discard", "verify"], default="verify")
    parser.add_argument("--rate", default="", help="bytes a second of each storage connection, as 100m")
    args = parser.parse_args()
    size = args.size_mib << 20
    java = subprocess.run([ROOT / "freshet", "version"], capture_output=True, text=True)
    if java.returncode:
        sys.exit(java.stderr)
    work = pathlib.Path(tempfile.mkdtemp(prefix="freshet-bench-"))
    children = []
    try:
        (work / "blobs").mkdir()
        os.chmod(work, 0o755)
        registry, storage, data, admin = (free_port() for _ in range(4))
        limit = f"limit_rate {args.rate};" if args.rate else ""
        (work / "nginx.conf").write_text(NGINX.format(dir=work, registry=registry, storage=storage, limit=limit))
        names = [make_blob(work / "blobs", size, seed) for seed in range(args.rounds + 1)]
        children.append(subprocess.Popen(["nginx", "-c", work / "nginx.conf", "-e", work / "error.log"]))
        log = open(work / "freshet.log", "w")
        children.append(subprocess.Popen(
            [ROOT / "freshet", "serve", "--set", f"listen=127.0.0.1:{data}", "--set", f"admin.listen=127.0.0.1:{admin}",
             "--set", f"data={work}/data", "--set", "default-upstream=lab", "--set",
             f'upstreams={{"lab": {{"url": "http://127.0.0.1:{registry}", "redirect-hosts": ["127.0.0.1:{storage}"]}}}}'],
            stdout=log, stderr=log))
        wait_for(f"http://127.0.0.1:{admin}/livez", "Freshet")
        pid = children[1].pid
        first_byte(args, work, registry, data)
        direct, through, hits, cold_cpu, hit_cpu = [], [], [], [], []
        for number, name in enumerate(names):
            ways = [("direct", f"http://127.0.0.1:{registry}/v2/bench/blobs/{name}"),
                    ("through", f"http://127.0.0.1:{data}/v2/bench/blobs/{name}")]
            took = {}
            touch_memory(work, 3 * size)
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
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            child.wait(30)
        shutil.rmtree(work, ignore_errors=True)


def first_byte(args, work, registry, data):
    """Compares times to the first byte over many small blobs, each fetched once each way."""
    added, directly = [], []
    for number in range(args.small_rounds + WARM_UP):
        name = make_blob(work / "blobs", 1 << 20, f"small-{number}")
        ways = [("direct", registry), ("through", data)]
        took = {}
        for way, port in ways if number % 2 else reversed(ways):
            took[way] = fetch(f"http://127.0.0.1:{port}/v2/bench/blobs/{name}", "discard", 1 << 20)[0]
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
