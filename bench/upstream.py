"""An upstream that behaves as registries with signed URLs do, slowly on purpose, and counts what it sends."""
import datetime
import http.server
import json
import os
import pathlib
import socketserver
import threading
import time
import urllib.parse

from lab import KIB

PIECE = 256 * KIB


class Upstream:
    """A registry whose blobs are files in a directory, named by their digest, and their storage, on two ports.

    `rate` is bytes a second for each connection of the storage, `life` the seconds after which its URLs are refused,
    `delay` those that pass before each answer; `slow` gives the rate of one connection by its number, from 0, in the order
    in which they were first used since the last reset. All may be changed at any time. `sent` counts the bytes of bodies
    that the storage has sent, `requests` its answers by status, `used` the connections."""

    def __init__(self, blobs):
        self.blobs = pathlib.Path(blobs)
        self.rate, self.life, self.slow, self.delay = None, 1200, {}, 0
        self.lock = threading.Lock()
        self.sent, self.requests, self.used, self.asked, self.resets = 0, {}, 0, 0, 0
        self.storage = self.serve(Storage)
        self.registry = self.serve(Registry)

    def serve(self, handler):
        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
            request_queue_size = 512
            upstream = self

        server = Server(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_address[1]

    def reset(self, rate=None, life=1200, slow=None, delay=0):
        """Counts anew, and has these limits from now on."""
        self.rate, self.life, self.slow, self.delay = rate, life, slow or {}, delay
        with self.lock:
            self.sent, self.requests, self.used, self.asked = 0, {}, 0, 0
            self.resets += 1

    def manifest(self, digest):
        """The manifest of an image that has one layer."""
        layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest,
                 "size": (self.blobs / digest).stat().st_size}
        return json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                           "config": layer, "layers": [layer]}).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def upstream(self):
        return self.server.upstream

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Registry(Handler):
    """An image under the tag that is its only layer's hash, and blobs by redirect."""

    def do_GET(self):
        time.sleep(self.upstream.delay)
        kind, _, name = self.path.partition("/v2/bench/")[2].partition("/")
        if kind == "manifests":
            self.answer(200, self.upstream.manifest("sha256:" + name), Content_Type="application/vnd.oci.image.manifest.v1+json")
        elif kind == "blobs":
            with self.upstream.lock:
                self.upstream.asked += 1
            date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
            self.answer(307, Location=f"http://127.0.0.1:{self.upstream.storage}/{name}?X-Amz-Date={date}"
                        f"&X-Amz-Expires={self.upstream.life}&X-Amz-Signature={time.time() + self.upstream.life}")
        else:
            self.answer(200, b"{}")


class Storage(Handler):
    def setup(self):
        super().setup()
        self.free_at, self.number, self.numbered = 0.0, 0, -1

    def do_GET(self):
        time.sleep(self.upstream.delay)
        url = urllib.parse.urlparse(self.path)
        expires = float(urllib.parse.parse_qs(url.query)["X-Amz-Signature"][0])
        path = self.upstream.blobs / url.path[1:]
        size = path.stat().st_size
        wanted = self.headers.get("Range")
        status = 403 if time.time() > expires else 206 if wanted else 200
        with self.upstream.lock:
            if self.numbered != self.upstream.resets:
                self.numbered, self.number = self.upstream.resets, self.upstream.used
                self.upstream.used += 1
            self.upstream.requests[status] = self.upstream.requests.get(status, 0) + 1
        if status == 403:
            self.answer(403, b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
            return
        first, last = 0, size - 1
        if wanted:
            begin, _, end = wanted.removeprefix("bytes=").partition("-")
            first, last = int(begin), min(int(end or last), last)
        self.send_response(status)
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Content-Length", str(last + 1 - first))
        self.end_headers()
        self.wfile.flush()
        with open(path, "rb") as file:
            self.send(file, first, last + 1)

    def send(self, file, at, end):
        """Sends at the connection's rate, by the clock: what was late is caught up with while it lasts, and what was sent
        ahead is waited for before the next piece, be it of the next answer."""
        rate = self.upstream.slow.get(self.number, self.upstream.rate)
        piece = min(PIECE, max(4 * KIB, int(rate / 20))) if rate else PIECE
        self.free_at = max(self.free_at, time.perf_counter())
        try:
            while at < end:
                ahead = self.free_at - time.perf_counter()
                if ahead > 0:
                    time.sleep(ahead)
                count = os.sendfile(self.connection.fileno(), file.fileno(), at, min(piece, end - at))
                at += count
                with self.upstream.lock:
                    self.upstream.sent += count
                self.free_at += count / rate if rate else 0
        except OSError:
            self.close_connection = True
