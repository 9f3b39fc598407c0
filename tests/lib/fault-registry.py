#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fault-registry: a registry that misbehaves as it is told.

usage: fault-registry.py LOG

The first component of a repository's name chooses the fault, see FAULTS. Every
repository holds the same image under every tag. Prints "listening on PORT"
and logs one line a request: METHOD PATH STATUS [auth] [range=...].
"""

import hashlib
import io
import json
import re
import sys
import tarfile
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
MIB = 1 << 20


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def make_layer():
    """A tar of one file of 3 MiB that looks random and is always the same."""
    data = b"".join(
        hashlib.sha256(b"%d" % i).digest() for i in range(3 * MIB // 32))
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as t:
        entry = tarfile.TarInfo("data")
        entry.size = len(data)
        t.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def make_image():
    layer = make_layer()
    config = json.dumps({
        "architecture": "amd64", "os": "linux", "config": {},
        "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]},
    }).encode()
    manifest = json.dumps({
        "schemaVersion": 2, "mediaType": MANIFEST,
        "config": {"mediaType": CONFIG, "digest": digest_of(config),
                   "size": len(config)},
        "layers": [{"mediaType": LAYER, "digest": digest_of(layer),
                    "size": len(layer)}],
    }).encode()
    return manifest, {digest_of(config): config, digest_of(layer): layer}


class State:
    """What all requests share."""

    def __init__(self, log):
        self.log = open(log, "w", buffering=1)
        self.lock = threading.Lock()
        self.seen = {}
        self.stored = {}
        self.uploads = {}
        self.manifest, self.blobs = make_image()
        self.other_port = 0

    def times(self, key):
        """How often this was asked for before."""
        with self.lock:
            self.seen[key] = self.seen.get(key, 0) + 1
            return self.seen[key] - 1


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state = None

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=None, announce=None):
        self.note(status)
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length",
                         str(len(body) if announce is None else announce))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code, message="", headers=None):
        self.answer(status, json.dumps(
            {"errors": [{"code": code, "message": message}]}).encode(), headers)

    def note(self, status):
        words = [self.command, self.path, str(status)]
        if self.headers.get("Authorization"):
            words.append("auth")
        if self.headers.get("Range"):
            words.append("range=" + self.headers["Range"])
        if self.headers.get("Content-Range"):
            words.append("content-range=" + self.headers["Content-Range"])
        self.state.log.write(" ".join(words) + "\n")

    def read_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def handle_any(self):
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query))
        self.body = self.read_body()
        if url.path == "/v2/":
            self.answer(200)
            return
        if url.path.startswith("/elsewhere/"):
            self.answer(200, self.state.blobs[url.path.split("/")[2]])
            return
        m = re.match(r"/v2/(.+)/(manifests|blobs)/(.+)$", url.path)
        if not m:
            self.refuse(404, "NAME_UNKNOWN")
            return
        self.name, kind, self.what = m.groups()
        if "/blobs/uploads" in url.path:
            self.name = url.path[4:url.path.index("/blobs/uploads")]
            kind = "uploads"
        self.fault = self.name.split("/")[0]
        getattr(self, kind)()

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = handle_any

    # Manifests.

    def manifests(self):
        if self.command == "PUT":
            self.put_manifest()
            return
        fault = FAULTS_OF_MANIFESTS.get(self.fault)
        if fault and fault(self):
            return
        self.send_manifest(self.state.manifest)

    def send_manifest(self, manifest, digest=None):
        self.answer(200, manifest, {
            "Content-Type": MANIFEST,
            "Docker-Content-Digest": digest or digest_of(manifest)})

    def put_manifest(self):
        digest = digest_of(self.body)
        if self.fault == "immutable":
            self.refuse(409, "TAG_INVALID", "the tag is immutable")
            return
        self.state.stored[self.name, digest] = self.body
        self.answer(201, headers={"Docker-Content-Digest": digest})

    # Blobs.

    def blobs(self):
        blob = self.state.blobs.get(self.what)
        if self.command == "HEAD":
            held = self.fault == "holder" or (self.name, self.what) in self.state.stored
            self.answer(200 if held else 404)
            return
        if blob is None:
            self.refuse(404, "BLOB_UNKNOWN")
            return
        fault = FAULTS_OF_BLOBS.get(self.fault)
        if len(blob) > MIB and fault and fault(self, blob):
            return
        self.send_blob(blob)

    def send_blob(self, blob):
        m = re.match(r"bytes=(\d+)-$", self.headers.get("Range", ""))
        if not m or self.fault == "norange":
            self.answer(200, blob)
            return
        start = int(m.group(1))
        self.answer(206, blob[start:], {"Content-Range": "bytes %d-%d/%d" % (
            start, len(blob) - 1, len(blob))})

    def send_half(self, blob):
        """The announced length, half of the bytes, and the end."""
        self.answer(200, blob[:len(blob) // 2], announce=len(blob))
        self.close_connection = True

    # Uploads.

    def uploads(self):
        if self.command == "POST":
            session = "%s-%d" % (self.fault, self.state.times("session"))
            self.state.uploads[session] = b""
            self.answer(202, headers={"Location": "/v2/%s/blobs/uploads/%s?s=%s"
                                      % (self.name, session, session)})
            return
        if self.fault in UPLOAD_RULES and not UPLOAD_RULES[self.fault](self):
            return
        session = self.query["s"]
        self.state.uploads[session] += self.body
        if self.command == "PATCH":
            status = 201 if self.fault == "patch" else 202
            self.answer(status, headers={"Location": self.path})
            return
        data = self.state.uploads.pop(session)
        if digest_of(data) != self.query["digest"]:
            self.refuse(400, "DIGEST_INVALID")
            return
        self.state.stored[self.name, digest_of(data)] = data
        self.answer(201, headers={"Docker-Content-Digest": digest_of(data)})


def burst(h):
    """Three times 500, then well."""
    if h.state.times(h.path) < 3:
        h.refuse(500, "UNKNOWN", "try again")
        return True
    return False


def busy(h):
    """429 with a Retry-After of a second, then well."""
    if h.state.times(h.path) < 1:
        h.refuse(429, "TOOMANYREQUESTS", "slow down", {"Retry-After": "1"})
        return True
    return False


def quota(h):
    h.refuse(429, "TOOMANYREQUESTS", "You have reached your pull rate limit.")
    return True


def forged(h):
    """Other bytes than the digest says."""
    h.send_manifest(h.state.manifest + b" ", digest_of(h.state.manifest))
    return True


def huge(h):
    h.send_manifest(h.state.manifest + b" " * (5 * MIB))
    return True


def both(h):
    """A document that is a manifest to some and an index to others."""
    document = json.loads(h.state.manifest)
    document["manifests"] = []
    h.send_manifest(json.dumps(document).encode())
    return True


def html(h):
    h.answer(404, b"<html>\x1b[31mno such page\x07</html>\r\nmore")
    return True


def cut(h, blob):
    """The connection breaks in the middle, once."""
    if h.state.times(h.path) < 1:
        h.send_half(blob)
        return True
    return False


def always_cut(h, blob):
    h.send_half(blob)
    return True


def wrong(h, blob):
    h.answer(200, bytes(len(blob)))
    return True


def longer(h, blob):
    h.answer(200, blob + b"more")
    return True


def elsewhere(h, _):
    """To another port, which must not see who we are."""
    h.answer(307, headers={"Location": "http://127.0.0.1:%d/elsewhere/%s" % (
        h.state.other_port, h.what)})
    return True


def loop(h, _):
    h.answer(307, headers={"Location": h.path})
    return True


def wants_login(inner):
    def check(h, *more):
        if h.headers.get("Authorization"):
            return inner(h, *more)
        h.refuse(401, "UNAUTHORIZED", "who are you",
                 {"WWW-Authenticate": 'Basic realm="x, \\"y\\""'})
        return True
    return check


FAULTS_OF_MANIFESTS = {
    "burst": burst, "busy": busy, "quota": quota, "forged": forged,
    "huge": huge, "both": both, "html": html,
    "login": wants_login(lambda h: False),
}

FAULTS_OF_BLOBS = {
    "cut": cut, "norange": cut, "broken": always_cut, "wrong": wrong,
    "longer": longer, "loop": loop, "login": wants_login(elsewhere),
    "burst": lambda h, _: burst(h),
}


def only_patch(h):
    """Old Artifactory: a PUT may not carry the body; ECR: 201 on PATCH."""
    if h.command == "PUT" and h.body:
        h.refuse(405, "UNSUPPORTED")
        return False
    return True


def only_chunks(h):
    """GHCR: nothing larger than 4 MiB, in chunks that say where they go."""
    if h.body and (h.command == "PUT" or len(h.body) > 4 * MIB or
                   not h.headers.get("Content-Range")):
        h.refuse(416 if h.command == "PATCH" else 413, "SIZE_INVALID")
        return False
    return True


def flaky(h):
    """The first body is lost with a 503."""
    if h.body and h.state.times("flaky") < 1:
        h.refuse(503, "UNAVAILABLE")
        return False
    return True


UPLOAD_RULES = {"patch": only_patch, "chunks": only_chunks, "flaky": flaky}


def main():
    state = State(sys.argv[1])
    Handler.state = state
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Handler)
               for _ in range(2)]
    state.other_port = servers[1].server_address[1]
    threading.Thread(target=servers[1].serve_forever, daemon=True).start()
    print("listening on %d" % servers[0].server_address[1], flush=True)
    servers[0].serve_forever()


main()
