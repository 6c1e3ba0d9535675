"""What the benchmarks share: servers that are started and surely ended, and what they cost."""
import argparse
import contextlib
import hashlib
import os
import pathlib
import re
import resource
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
KIB = 1 << 10
MIB = 1 << 20
GIB = 1 << 30

median = statistics.median

NGINX = """
daemon off; {user} worker_processes {workers}; pid {dir}/nginx.pid; error_log {dir}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000;
  client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3;
  uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
  {servers}
}}
"""

UPSTREAM = """
  server {{
    listen 127.0.0.1:{registry};
    location = /v2/ {{ return 200; }}
    location /v2/bench/manifests/ {{
      alias {manifests}/; default_type application/vnd.oci.image.manifest.v1+json;
    }}
    location ~ ^/v2/bench/blobs/(.*)$ {{ return 307 http://127.0.0.1:{storage}/$1?X-Amz-Signature=bench; }}
  }}
  server {{ listen 127.0.0.1:{storage}; root {blobs}; {limit} }}
"""


class Lab:
    """A temporary directory, and processes that end with it, whatever happens in between."""

    def __init__(self, parent=None):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="freshet-bench-", dir=parent))
        self.children = []

    def __enter__(self):
        if (load := os.getloadavg()[0]) > 0.5:
            print(f"note: the machine is busy already, its load average is {load:.1f}: figures will be off", file=sys.stderr)
        return self

    def __exit__(self, *_):
        for child in self.children:
            self.stop(child)
        shutil.rmtree(self.work, ignore_errors=True)

    def start(self, argv, log=None, **more):
        """Starts a process whose output goes to a file of this name, or else to where this one's goes; returns it."""
        with open(self.work / log, "a") if log else contextlib.nullcontext() as out:
            child = subprocess.Popen([str(a) for a in argv], stdout=out, stderr=out, **more)
        self.children.append(child)
        return child

    @staticmethod
    def stop(child):
        """Ends a process, by force if it takes too long."""
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def nginx(self, name, servers, workers=1):
        """Starts an nginx with these server blocks."""
        directory = self.work / name
        directory.mkdir()
        conf = directory / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""  # or else the workers may not read what is private
        conf.write_text(NGINX.format(dir=directory, servers=servers, workers=workers, user=user))
        return self.start(["nginx", "-c", conf, "-e", directory / "error.log"], f"{name}.log")

    def upstream(self, rate=""):
        """Starts a registry that answers with 307 and a storage that sends with sendfile; returns both ports. Blobs
        are files in the directory `blobs`, manifests in `manifests`; the rate, as `100m`, limits each connection."""
        registry, storage = free_port(), free_port()
        blobs, manifests = self.work / "blobs", self.work / "manifests"
        blobs.mkdir()
        manifests.mkdir()
        limit = f"limit_rate {rate};" if rate else ""
        self.nginx("upstream", UPSTREAM.format(registry=registry, storage=storage, blobs=blobs, manifests=manifests,
                                               limit=limit))
        wait_for(f"http://127.0.0.1:{registry}/v2/", "nginx", self.work / "upstream.log")
        return registry, storage

    def freshet(self, registry, storage, options=(), name="data", launcher=ROOT / "freshet"):
        """Starts Freshet in front of an upstream; returns when it answers."""
        return Freshet(self, registry, storage, options, name, launcher)


class Freshet:
    """A running Freshet: `pid`, `port`, and what it says about itself."""

    def __init__(self, lab, registry, storage, options, name, launcher):
        self.port, self.admin = free_port(), free_port()
        settings = [f"listen=127.0.0.1:{self.port}", f"admin.listen=127.0.0.1:{self.admin}",
                    f"data={lab.work / name}", "default-upstream=lab",
                    f'upstreams={{"lab": {{"url": "http://127.0.0.1:{registry}", '
                    f'"redirect-hosts": ["127.0.0.1:{storage}"]}}}}', *options]
        log = f"freshet-{name}.log"
        began = time.perf_counter()
        self.process = lab.start([launcher, "serve", *(a for s in settings for a in ("--set", s))], log)
        self.pid = self.process.pid
        wait_for(f"http://127.0.0.1:{self.admin}/livez", "Freshet", lab.work / log, self.process)
        self.start_seconds = time.perf_counter() - began

    def metric(self, name):
        """The sum of a metric over its labels; 0 if it is not there."""
        text = urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=30).read().decode()
        return sum(float(v) for v in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.M))

    def wait_until_idle(self, seconds=600):
        """Waits until no blob is being fetched, and nothing is being written any more."""
        end = time.monotonic() + seconds
        before = -1
        while True:
            written = io_bytes(self.pid, "write_bytes")
            if written == before and not self.metric("freshet_fills_active"):
                return
            if time.monotonic() > end:
                sys.exit(f"wait for the end of fills failed: they took more than {seconds} s")
            before = written
            time.sleep(0.5)


def arguments(doc, sizes):
    """A parser with the options that every benchmark has, and `--NAME` for each of these whole numbers."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="an option of Freshet's")
    parser.add_argument("--dir", help="where to put temporary files; on a real disk")
    for name, default in sizes.items():
        parser.add_argument("--" + name, type=int, default=default)
    return parser


def java():
    """The launcher's own choice of Java, and the jar, which it builds when it must."""
    asked = subprocess.run([ROOT / "freshet", "version"], capture_output=True, text=True,
                           env={**os.environ, "FRESHET_JAVA_OPTS": "-XshowSettings:properties"})
    home = re.search(r"java\.home = (.*)", asked.stderr)
    if asked.returncode or not home:
        sys.exit(asked.stderr)
    return pathlib.Path(home[1]) / "bin", ROOT / "proxy/target/freshet.jar"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(url, what, log, process=None):
    for _ in range(6000):
        try:
            urllib.request.urlopen(url, timeout=5).read()
            return
        except OSError:
            if process and process.poll() is not None:
                break
            time.sleep(0.01)
    sys.exit(f"start of {what} failed: {url} does not answer\n{log.read_text()[-2000:]}")


def make_blob(directory, size, seed):
    """Writes pseudo-random bytes that differ from every other seed's; returns the digest."""
    digest = hashlib.sha256()
    path = directory / f"blob-{seed}"
    block = hashlib.shake_256(str(seed).encode()).digest(MIB)
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


def touch_memory(directory, size):
    """Writes and deletes a file: a virtual machine pays its host for pages that it has not used lately, and whoever
    writes next would be billed for it."""
    path = directory / "ballast"
    with open(path, "wb") as out:
        for _ in range(size >> 20):
            out.write(bytes(MIB))
    path.unlink()


def family(pid):
    """A process and all below it."""
    found = [pid]
    for parent in found:
        for task in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
            found += map(int, task.read_text().split())
    return found


def cpu_seconds(pid):
    """User and system time of a process and all below it."""
    total = 0
    for each in family(pid):
        ticks = pathlib.Path(f"/proc/{each}/stat").read_text().rsplit(") ", 1)[1].split()
        total += int(ticks[11]) + int(ticks[12])
    return total / os.sysconf("SC_CLK_TCK")


def io_bytes(pid, counter):
    return int(re.search(rf"^{counter}: (\d+)", pathlib.Path(f"/proc/{pid}/io").read_text(), re.M)[1])


def memory(pid, field):
    """Bytes of VmRSS or VmHWM, the highest VmRSS so far."""
    return 1024 * int(re.search(rf"^{field}:\s*(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)[1])


def forget_peak(pid):
    """Makes VmHWM begin anew."""
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


def disk(directory):
    """The device and file system of a directory, by the longest mount point above it."""
    mounts = [line.split()[:3] for line in open("/proc/mounts")]
    real = str(pathlib.Path(directory).resolve())
    device, _, kind = max((m for m in mounts if real == m[1] or real.startswith(m[1].rstrip("/") + "/")),
                          key=lambda m: len(m[1]))
    return f"{device} ({kind})"


def many_files():
    """Lets this process and those it starts open as many files as they may."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
