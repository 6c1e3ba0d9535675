#!/usr/bin/env python3
"""What each way to lay out large blobs on this disk costs, with the store's own RocksDB and without Freshet around it.

A blob is stored as SST files that are written aside and ingested by a move, with chunks and files of several sizes; with
BlobDB; in an ordinary column family without its log; and in a flat file, without checksums. All take turns, and all end
with the blob safely on the disk. Bytes written are `write_bytes` of /proc/self/io, compactions included. A hot blob is in
the page cache; a buffer smaller than a chunk costs reading the whole chunk for each piece, but from a flat file. Before
cold reads, the files leave the page cache. A second table says how the number of segments that are there already weighs
on ingestion, deletion and start. The tables are Markdown; the sources are in bench/layouts/.

Run it from the project's root after `mvn -DskipTests package`, with `--dir` on a real disk; it needs GNU dd.
"""
import subprocess
import sys

from lab import ROOT, Lab, arguments, disk, java


def main():
    parser = arguments(__doc__, {"rounds": 5, "size-mib": 1024})
    parser.add_argument("--segments", default="100,5000,20000", help="numbers of segments, rising; empty for none")
    args = parser.parse_args()
    runtime, jar = java()
    with Lab(args.dir) as lab:
        subprocess.run([runtime / "javac", "-cp", jar, "-d", lab.work / "classes",
                        *sorted((ROOT / "bench/layouts").glob("*.java"))], check=True)
        store = lab.work / "store"
        store.mkdir()
        print(f"On {disk(store)}.\n", flush=True)
        run = lab.start([runtime / "java", "--enable-native-access=ALL-UNNAMED", "-cp", f"{jar}:{lab.work / 'classes'}",
                         "layouts.Layouts", store, args.size_mib, args.rounds, *filter(None, args.segments.split(","))])
        if run.wait():
            sys.exit("the measurement failed: see above")


if __name__ == "__main__":
    main()
