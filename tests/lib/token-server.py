#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""token-server: gives registry tokens as the distribution project specifies.

usage: token-server.py DIR SERVICE

DIR gets token.key and token.crt (the registry's rootcertbundle). Anybody may
pull; "alice" with "s3cret", or the refresh token "r3fresh", may push, too.
Prints "listening on PORT"; DIR/log has a line a request: METHOD USER SCOPES.
"""

import base64
import hashlib
import json
import os
import subprocess
import sys
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DIR, SERVICE = sys.argv[1:3]
KEY = os.path.join(DIR, "token.key")
CERT = os.path.join(DIR, "token.crt")


def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, check=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def make_key():
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=tokens", "-keyout", KEY, "-out", CERT)
    public = openssl("rsa", "-in", KEY, "-pubout", "-outform", "DER")
    name = base64.b32encode(hashlib.sha256(public).digest()[:30]).decode()
    return ":".join(name[i:i + 4] for i in range(0, 48, 4))


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def make_token(user, access):
    now = int(time.time())
    head = {"typ": "JWT", "alg": "RS256", "kid": KID}
    claims = {"iss": "tokens", "sub": user, "aud": SERVICE, "exp": now + 300,
              "nbf": now - 10, "iat": now, "jti": os.urandom(8).hex(),
              "access": access}
    text = b".".join(b64(json.dumps(j).encode()) for j in (head, claims))
    return text + b"." + b64(openssl("dgst", "-sha256", "-sign", KEY,
                                     data=text))


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def user(self, fields):
        """Who asks; "" for anybody, None for a liar."""
        if fields.get("grant_type") == ["refresh_token"]:
            known = fields.get("refresh_token") == ["r3fresh"]
            return "alice" if known else None
        auth = self.headers.get("Authorization")
        if not auth:
            return ""
        pair = base64.b64decode(auth.split(" ")[1]).decode()
        return "alice" if pair == "alice:s3cret" else None

    def grant(self, fields):
        user = self.user(fields)
        scopes = " ".join(fields.get("scope", [])).split()
        with open(os.path.join(DIR, "log"), "a") as log:
            print(self.command, user, *scopes, file=log)
        if user is None:
            self.send_response(401)
            self.end_headers()
            return
        access = []
        for scope in scopes:
            kind, rest = scope.split(":", 1)
            name, actions = rest.rsplit(":", 1)
            may = {"pull", "push"} if user else {"pull"}
            access.append({"type": kind, "name": name, "actions": sorted(
                may.intersection(actions.split(",")))})
        body = json.dumps({"token": make_token(user, access).decode(),
                           "expires_in": 300}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.grant(urllib.parse.parse_qs(
            urllib.parse.urlsplit(self.path).query))

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        self.grant(urllib.parse.parse_qs(self.rfile.read(length).decode()))


KID = make_key()
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("listening on %d" % server.server_address[1], flush=True)
server.serve_forever()
