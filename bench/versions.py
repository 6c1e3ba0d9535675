#!/usr/bin/env python3
"""Whether a version of Freshet is slower than another: the same work for both jars, in turns, in one run.

Both run beside each other, each with its own store, in front of one upstream: nginx, as a registry that answers with 307
and a storage that sends with sendfile. The rounds are: a stored blob for several clients at once, a cold blob for one
client that hashes it, a cold blob for many clients at once, a range of 4 KiB of a cold blob, and a stored manifest for
`wrk`. The version that begins alternates. A ratio is the median over the rounds, the spread its first and third quartile.

Run it from the project's root: `python3 bench/versions.py OLD.jar NEW.jar`; it needs nginx, curl and wrk.
"""
import hashlib
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import time

from client import Sink, drain
from cold_miss import fetch
from lab import GIB, MIB, ROOT, Lab, arguments, cpu_seconds, make_blob, median, touch_memory

CLIENTS = 20


class Version:
    """A running jar; `figures` are the rates or times of each round, by the name of the work, with CPU seconds."""

    def __init__(self, lab, name, jar, ports, options):
        home = lab.work / f"{name}-launcher"
        home.mkdir()
        shutil.copy(ROOT / "freshet", home / "freshet")
        (home / "freshet.jar").symlink_to(pathlib.Path(jar).resolve())
        self.name = name
        self.freshet = lab.freshet(*ports, options, name, home / "freshet")
        self.figures = {}

    def url(self, path):
        return f"http://127.0.0.1:{self.freshet.port}/v2/bench/{path}"

    def measure(self, what, work):
        """Notes what the work returns, and the CPU seconds that it has cost."""
        before = cpu_seconds(self.freshet.pid)
        figure = work(self)
        self.freshet.wait_until_idle()
        self.figures.setdefault(what, []).append((figure, cpu_seconds(self.freshet.pid) - before))


def crowd(path, clients):
    """Seconds until all clients have the whole blob."""
    def work(version):
        sinks = [Sink(version.freshet.port) for _ in range(clients)]
        began = time.perf_counter()
        for sink in sinks:
            if sink.get(path) != 200:
                raise SystemExit(f"fetch of {path} from the {version.name} version failed")
        drain(sinks)
        took = time.perf_counter() - began
        for sink in sinks:
            sink.close()
        return took
    return work


def alone(path, size):
    return lambda version: fetch(version.url(path), "verify", size)[1]


def tail(path, size):
    """Seconds until the last 4 KiB of a blob that is not stored are there."""
    def work(version):
        done = subprocess.run(["curl", "-sSf", "-r", f"{size - 4096}-", "-o", "/dev/null", "-w", "%{time_total}",
                               version.url(path)], check=True, capture_output=True, text=True)
        return float(done.stdout)
    return work


def manifest(path, seconds):
    """Seconds that wrk's 16 connections need for 10,000 answers."""
    def work(version):
        done = subprocess.run(["wrk", "-t1", "-c16", f"-d{seconds}s", version.url(path)], check=True,
                              capture_output=True, text=True).stdout
        if "Non-2xx" in done or "Socket errors" in done:
            raise SystemExit(f"wrk on {version.name} failed:\n{done}")
        return 10_000 / float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1])
    return work


def put_manifest(lab):
    """A manifest under the tag `latest`, which the registry keeps as a file."""
    layer = make_blob(lab.work / "blobs", MIB, "layer")
    entry = {"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": layer, "size": MIB}
    text = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                       "config": entry, "layers": [entry]}).encode()
    name = "sha256:" + hashlib.sha256(text).hexdigest()
    for reference in (name, "latest"):
        (lab.work / "manifests" / reference).write_bytes(text)
    return name


def main():
    parser = arguments(__doc__, {"rounds": 7, "hit-mib": 1024, "cold-mib": 300, "crowd-mib": 128, "wrk-seconds": 3})
    parser.add_argument("old", help="a freshet.jar")
    parser.add_argument("new", help="the freshet.jar that is compared with it")
    args = parser.parse_args()
    with Lab(args.dir) as lab:
        ports = lab.upstream()
        tag = put_manifest(lab)
        versions = [Version(lab, name, jar, ports, args.set) for name, jar in (("old", args.old), ("new", args.new))]
        hit = "blobs/" + make_blob(lab.work / "blobs", args.hit_mib * MIB, "hit")
        for number in range(args.rounds + 2):  # the first two warm everything up
            turns = versions if number % 2 else versions[::-1]
            cold, many, part = (
                make_blob(lab.work / "blobs", mib * MIB, f"{kind}-{number}")
                for kind, mib in (("cold", args.cold_mib), ("crowd", args.crowd_mib), ("tail", 64)))
            for what, work in (("stored blob, 8 clients", crowd("/v2/bench/" + hit, 8)),
                               ("cold blob, 1 client", alone("blobs/" + cold, args.cold_mib * MIB)),
                               (f"cold blob, {CLIENTS} clients", crowd("/v2/bench/blobs/" + many, CLIENTS)),
                               ("4 KiB at the end of a cold blob", tail("blobs/" + part, 64 * MIB)),
                               ("stored manifest by digest", manifest("manifests/" + tag, args.wrk_seconds)),
                               ("stored manifest by tag", manifest("manifests/latest", args.wrk_seconds))):
                touch_memory(lab.work, GIB)
                for version in turns:
                    version.measure(what, work)
            for name in (cold, many, part):
                (lab.work / "blobs" / name).unlink()
        report(*versions)


def report(old, new):
    print(f"{'':34} {'old s':>8} {'new s':>8} {'new/old':>8} {'quartiles':>13} {'CPU old s':>10} {'CPU new s':>10}")
    for what in old.figures:
        before, after = old.figures[what][2:], new.figures[what][2:]
        ratios = [n[0] / o[0] for o, n in zip(before, after)]
        low, _, high = statistics.quantiles(ratios, n=4)
        columns = [median(column) for column in (*zip(*before), *zip(*after))]
        print(f"{what:34} {columns[0]:8.4f} {columns[2]:8.4f} {median(ratios):8.3f} {low:6.2f}-{high:<6.2f} "
              f"{columns[1]:10.2f} {columns[3]:10.2f}")


if __name__ == "__main__":
    main()
