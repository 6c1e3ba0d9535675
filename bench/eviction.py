#!/usr/bin/env python3
"""What stays when space is short: hits of Freshet's order, of LRU, FIFO and W-TinyLFU at several sizes of the cache.

bench/eviction/ replays seeded pulls, in memory. A pull asks for each part of an image: manifest, config, the layers of one
of 60 bases that many images share, and one to eight layers of its own. Half of these have less than 4 MiB, one of ten has
more than 63 MiB. Which image is pulled follows Zipf's law with exponent 0.9; some pulls are the first of a new build,
which has new layers on top. The scanner reads each image of a catalogue once, six for ten pulls while it is at work.

Each cell says, in percent of what was asked for without the scanner's requests: parts found / bytes found / pulls for
which everything was found. The size of the cache is relative to the bytes of all that is pulled without the scanner.

Run it from the project's root after `mvn -DskipTests package`.
"""
import argparse
import subprocess
import sys
import tempfile

from lab import ROOT, java


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in {"seed": 1, "rounds": 3, "pulls": 20_000, "images": 1000, "scanned": 6000}.items():
        parser.add_argument("--" + name, type=int, default=default)
    args = parser.parse_args()
    runtime, jar = java()
    with tempfile.TemporaryDirectory(prefix="freshet-bench-") as classes:
        subprocess.run([runtime / "javac", "-cp", jar, "-d", classes, *sorted((ROOT / "bench/eviction").glob("*.java"))],
                       check=True)
        sys.exit(subprocess.run([runtime / "java", "-Xmx1g", "-cp", f"{jar}:{classes}", "eviction.Eviction",
                                 str(args.seed), str(args.rounds), str(args.pulls), str(args.images),
                                 str(args.scanned)]).returncode)


if __name__ == "__main__":
    main()
