#!/usr/bin/env python3
"""What a hit costs: one stored blob to several clients at once, from Freshet, nginx and distribution, in one run.

nginx keeps the blob with `proxy_cache` and sends it with sendfile; distribution is `docker-registry` in proxy mode. Each
has pulled the blob once before, and is warmed up by two rounds more. Then rounds follow in which the three take turns,
each round in another order. All clients are one thread of this process, and have the kernel discard what comes, without
copying it (MSG_TRUNC), so that the servers have nearly both cores; the clients' own CPU is printed too.

Run it from the project's root after `mvn -DskipTests package`; it needs nginx and docker-registry.
"""
import hashlib
import os
import random
import time
import urllib.request

from client import Sink, drain
from lab import GIB, MIB, Lab, arguments, cpu_seconds, disk, free_port, make_blob, median, wait_for

CACHE = """
  proxy_cache_path {dir}/cache levels=1:2 keys_zone=blobs:1m max_size=100g inactive=1d use_temp_path=off;
  server {{
    listen 127.0.0.1:{port};
    location = / {{ return 200; }}
    location ~ ^/v2/bench/blobs/(.*)$ {{
      proxy_cache blobs; proxy_cache_valid 200 1d; proxy_cache_key $uri; proxy_max_temp_file_size 0;
      proxy_pass http://127.0.0.1:{storage}/$1;
    }}
  }}
"""

REGISTRY = """
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {dir}/registry}}, delete: {{enabled: true}}}}
http: {{addr: "127.0.0.1:{port}"}}
proxy: {{remoteurl: "http://127.0.0.1:{registry}"}}
"""

WARM_UP = 2


def hash_once(port, path, name):
    """Pulls the blob, which must be what its digest says."""
    digest = hashlib.sha256()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as body:
        while piece := body.read(MIB):
            digest.update(piece)
    if name != "sha256:" + digest.hexdigest():
        raise SystemExit(f"fetch from port {port} failed: its digest is {digest.hexdigest()}")


def measure(port, pid, path, size, clients):
    """One round of one server: MiB/s, its CPU seconds for each GiB, and those of the clients."""
    sinks = [Sink(port) for _ in range(clients)]
    mine, used = time.process_time(), cpu_seconds(pid)
    began = time.perf_counter()
    for sink in sinks:
        if sink.get(path) != 200:
            raise SystemExit(f"fetch from port {port} failed: it does not answer 200")
    drain(sinks)
    took = time.perf_counter() - began
    gib = clients * size / GIB
    mine, used = time.process_time() - mine, cpu_seconds(pid) - used
    for sink in sinks:
        sink.close()
    return gib * 1024 / took, used / gib, mine / gib


def main():
    parser = arguments(__doc__, {"rounds": 9, "size-mib": 1024, "clients": 8, "nginx-workers": 2})
    args = parser.parse_args()
    size = args.size_mib * MIB
    with Lab(args.dir) as lab:
        registry, storage = lab.upstream()
        name = make_blob(lab.work / "blobs", size, "hit")
        path = f"/v2/bench/blobs/{name}"
        freshet = lab.freshet(registry, storage, args.set)
        cached = free_port()
        nginx = lab.nginx("nginx", CACHE.format(dir=lab.work / "nginx", port=cached, storage=storage),
                          args.nginx_workers)
        proxied = free_port()
        (lab.work / "registry.yml").write_text(REGISTRY.format(dir=lab.work, port=proxied, registry=registry))
        clean = {k: v for k, v in os.environ.items() if not k.startswith("OTEL_")}
        distribution = lab.start(["docker-registry", "serve", lab.work / "registry.yml"], "registry.log", env=clean)
        wait_for(f"http://127.0.0.1:{cached}/", "nginx", lab.work / "nginx.log")
        wait_for(f"http://127.0.0.1:{proxied}/v2/", "distribution", lab.work / "registry.log")
        servers = {"Freshet": (freshet.port, freshet.pid), "nginx": (cached, nginx.pid),
                   "distribution": (proxied, distribution.pid)}
        for port, _ in servers.values():
            hash_once(port, path, name)
        freshet.wait_until_idle()
        # distribution puts the blob in place after its answer has ended
        stored = lab.work / "registry/docker/registry/v2/blobs/sha256" / name[7:9] / name[7:] / "data"
        while not stored.exists():
            time.sleep(0.1)
        for blob in (lab.work / "blobs").iterdir():
            blob.unlink()  # whoever still asks the upstream fails from here on
        results = {server: [] for server in servers}
        for number in range(WARM_UP + args.rounds):
            order = list(servers)
            random.Random(number).shuffle(order)
            for server in order:
                result = measure(*servers[server], path, size, args.clients)
                if number >= WARM_UP:
                    results[server].append(result)
        report(args, results, disk(lab.work))


def report(args, results, where):
    print(f"hits of a blob of {args.size_mib} MiB, {args.clients} clients at once, nginx with {args.nginx_workers} workers,"
          f" {args.rounds} rounds in turns, medians; stored on {where}")
    print(f"{'':14} {'MiB/s':>7} {'server CPU s/GiB':>17} {'clients CPU s/GiB':>18}")
    for server, rounds in results.items():
        rate, used, mine = (median(column) for column in zip(*rounds))
        print(f"{server:14} {rate:7.0f} {used:17.2f} {mine:18.2f}")
    for other, target in (("nginx", 1.0), ("distribution", 1.5)):
        ratio = median([f[0] / o[0] for f, o in zip(results["Freshet"], results[other])])
        print(f"Freshet's rate is {ratio:.2f} times that of {other} (target >= {target})")
    print(f"Freshet's CPU: {median([r[1] for r in results['Freshet']]):.2f} s per GiB (target <= 0.45)")


if __name__ == "__main__":
    main()
