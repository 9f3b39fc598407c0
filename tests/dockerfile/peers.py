# SPDX-License-Identifier: Apache-2.0
"""peers: who can build a case: we, and the two that we compare with.

buildkit   docker with BuildKit, at DOCKER_HOST, or where a command of
           DOCKER_RUN (such as "chroot /var/tmp/sid") runs docker; that
           command's root is DOCKER_ROOT
buildah    the command of BUILDAH, by default "buildah"; a root of its own
           the same way with BUILDAH_ROOT
"""
import contextlib
import functools
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import tarfile
import tempfile

import image_list

BASE = "localhost/busybox:1"
SECONDS_MAX = 120
PASSWD = """root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
alice:x:1000:1000:Alice:/home:/bin/sh
"""
GROUP = """root:x:0:
daemon:x:1:
users:x:100:alice
alice:x:1000:
"""


def add(archive, name, mode, kind=tarfile.DIRTYPE, link="", data=b""):
    member = tarfile.TarInfo(name)
    member.mode, member.type, member.linkname = mode, kind, link
    member.mtime, member.size = 1700000000, len(data)
    archive.addfile(member, io.BytesIO(data))


@functools.lru_cache(None)
def busybox_tar():
    """The root that `localhost/busybox:1` is in every case."""
    program = shutil.which("busybox")
    names = subprocess.run([program, "--list"], capture_output=True,
                           check=True, text=True).stdout.split()
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w",
                      format=tarfile.USTAR_FORMAT) as archive:
        for path in ("bin", "dev", "etc", "home", "proc", "root", "sys", "usr",
                     "usr/bin", "var"):
            add(archive, path, 0o755)
        for path in ("tmp", "var/tmp"):
            add(archive, path, 0o1777)
        with open(program, "rb") as file:
            add(archive, "bin/busybox", 0o755, tarfile.REGTYPE,
                data=file.read())
        for name in sorted(names):
            if name != "busybox":
                add(archive, "bin/" + name, 0o777, tarfile.SYMTYPE, "busybox")
        add(archive, "usr/bin/env", 0o777, tarfile.SYMTYPE,
            "../../bin/busybox")
        for path, text in (("passwd", PASSWD), ("group", GROUP)):
            add(archive, "etc/" + path, 0o644, tarfile.REGTYPE,
                data=text.encode())
    return stream.getvalue()


@functools.lru_cache(None)
def busybox_tree():
    return image_list.flatten([io.BytesIO(busybox_tar())])


class Result:
    """How a build ended; `image` only when it did well."""

    def __init__(self, status, messages, image=None):
        self.status = status
        self.messages = messages
        self.image = image

    def error_parts(self):
        """The line and what is wrong there; not the column."""
        for line in self.messages.split("\n"):
            found = re.match(r"slipway: (?:(.*?:\d+:)\d+: )?(.*)", line)
            if found:
                return [x for x in found.groups() if x]
        return []


def run(command, **more):
    return subprocess.run(command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=SECONDS_MAX, errors="replace", **more)


def must(command, **more):
    done = run(command, **more)
    if done.returncode != 0:
        raise RuntimeError("%s: %s" % (command, done.stderr))
    return done.stdout


class Bare:
    """An image that is nothing but its configuration."""

    def __init__(self, config):
        self.config = config

    def image(self):
        return self.config, []


class Ours:
    name = "slipway"

    def __init__(self, tmp):
        self.program = os.environ["SLIPWAY"]
        self.tmp = tmp
        self.work_dir = os.path.join(tmp, "work")
        os.mkdir(self.work_dir)
        self.env = {k: v for k, v in os.environ.items()
                    if k in ("PATH", "SLIPWAY_LIBEXEC", "TMPDIR")}
        self.env.update(HOME=tmp, LC_ALL="C.UTF-8",
                        SLIPWAY_ROOT=os.path.join(tmp, "store"))
        self.env.setdefault("SLIPWAY_LIBEXEC", os.path.dirname(self.program))
        base = os.path.join(tmp, "busybox.tar")
        with open(base, "wb") as file:
            file.write(busybox_tar())
        self.lacks = {"single": ("ids",), "range": ("devices",)}.get(
            self.identity(), ())
        must([self.program, "import", "--change", 'CMD ["/bin/sh"]', base,
              BASE], env=self.env)

    def identity(self):
        found = run([self.program, "doctor", "--format", "json"],
                    env=self.env).stdout
        return re.search(r'"identity": *"(\w+)"', found).group(1)

    def build(self, case, work):
        env = {**self.env, **case.env}
        image = os.path.join(work, "image")
        done = run([self.program, "build", "--progress", "plain"] +
                   case.options + ["-t", case.name, "context"],
                   cwd=work, env=env, umask=0o022)
        if done.returncode != 0:
            return Result(done.returncode, done.stderr)
        must([self.program, "save", "--format", "oci-dir", "--compression",
              "none", "-o", image] + self.platform(case) + [case.name],
             env=env)
        return Result(0, done.stderr, image_list.Layout(image))

    @staticmethod
    def platform(case):
        return [x for x in case.options if x.startswith("--platform")]

    def close(self):
        must([self.program, "unshare", "rm", "-rf",
              os.path.join(self.tmp, "store")], env=self.env)


class Peer:
    """Another builder, which has a root and a place in it to work."""

    def __init__(self, root):
        self.root = root
        os.makedirs(root + "/var/tmp", exist_ok=True)
        self.work_dir = tempfile.mkdtemp(dir=root + "/var/tmp")
        os.chmod(self.work_dir, 0o755)
        base = os.path.join(self.work_dir, "busybox.tar")
        self.inside = self.work_dir[len(root):]
        with open(base, "wb") as file:
            file.write(busybox_tar())
        self.add_base(os.path.join(self.inside, "busybox.tar"))

    def at(self, path):
        return path[len(self.root):]

    def in_dir(self, work, command, env):
        """`command` as argv, run in directory `work` with `env`."""
        return ["env", "-C", self.at(work)] + \
            ["%s=%s" % x for x in env.items()] + command

    def close(self):
        shutil.rmtree(self.work_dir, ignore_errors=True)


class Buildkit(Peer):
    name = "buildkit"

    def __init__(self, _):
        self.prefix = shlex.split(os.environ.get("DOCKER_RUN", ""))
        super().__init__(os.environ.get("DOCKER_ROOT", ""))

    def add_base(self, path):
        must(self.prefix + ["docker", "import", "--change",
                            'CMD ["/bin/sh"]', path, BASE])

    def version(self):
        return must(self.prefix + ["docker", "version", "--format",
                                   "{{.Server.Version}}"]).strip()

    def build(self, case, work):
        # Its context sync trusts size and time: nothing is kept.
        must(self.prefix + ["docker", "builder", "prune", "-af"])
        done = run(self.prefix + self.in_dir(
            work, ["docker", "build", "--progress", "plain",
                   "--provenance=false", "--network", "host",
                   "-t", "case"] + case.options +
            ["context"], case.env))
        if done.returncode != 0:
            return Result(done.returncode, done.stderr)
        saved = os.path.join(work, "saved.tar")
        kept = run(self.prefix + ["docker", "save", "-o", self.at(saved),
                                  "case"])
        if "empty export" in kept.stderr:   # no layers, no archive
            return Result(0, done.stderr, self.inspected())
        return Result(0, done.stderr, image_list.Saved(saved))

    def inspected(self):
        """The image as `docker inspect` has it, and without layers."""
        image = json.loads(must(self.prefix + ["docker", "inspect", "case"]))
        history = must(self.prefix + [
            "docker", "history", "--no-trunc", "--format",
            "{{json .CreatedBy}}", "case"])
        return Bare({"config": image[0]["Config"],
                     "author": image[0].get("Author"),
                     "history": [{"created_by": json.loads(x),
                                  "empty_layer": True}
                                 for x in reversed(history.splitlines())]})


class Buildah(Peer):
    name = "buildah"

    def __init__(self, _):
        self.prefix = shlex.split(os.environ.get("BUILDAH", "buildah"))
        super().__init__(os.environ.get("BUILDAH_ROOT", ""))

    def add_base(self, path):
        name = must(self.prefix + ["from", "scratch"]).strip()
        must(self.prefix + ["add", name, path, "/"])
        must(self.prefix + ["config", "--cmd", "/bin/sh", name])
        must(self.prefix + ["commit", "-q", "--format", "docker", name, BASE])
        must(self.prefix + ["rm", name])

    def version(self):
        return must(self.prefix + ["--version"]).split()[2]

    def build(self, case, work):
        done = run(self.prefix[:-1] + self.in_dir(
            work, self.prefix[-1:] +
            ["build", "--isolation", "chroot", "--format", "docker",
             "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096",
             "-t", "localhost/" + case.name] + case.options + ["context"],
            case.env))
        if done.returncode != 0:
            return Result(done.returncode, done.stderr)
        saved = os.path.join(work, "saved.tar")
        must(self.prefix + ["push", "-q", "localhost/" + case.name,
                            "docker-archive:" + self.at(saved)])
        must(self.prefix + ["rmi", "-f", "localhost/" + case.name])
        return Result(0, done.stderr, image_list.Saved(saved))


@contextlib.contextmanager
def builder(name):
    kind = {"buildkit": Buildkit, "buildah": Buildah, None: Ours}[name]
    with tempfile.TemporaryDirectory(prefix="dockerfile-") as tmp:
        made = kind(tmp)
        try:
            yield made
        finally:
            made.close()
