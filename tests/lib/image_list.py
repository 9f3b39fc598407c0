# SPDX-License-Identifier: Apache-2.0
"""image_list: what an image is, as lines that two builders must agree on.

An image is read from an OCI layout directory or from what `docker save` and
`docker-archive:` write. Its layers are laid over each other here, by nobody's
code but this."""
import io
import json
import os
import stat
import tarfile
import zlib

TEXT_MAX = 300      # bytes of a file that are shown as they are
OLD = 315532800     # times before this were set on purpose, and are shown


class Entry:
    """One file of the tree."""

    def __init__(self, member, data):
        self.kind = {tarfile.SYMTYPE: "l", tarfile.DIRTYPE: "d",
                     tarfile.CHRTYPE: "c", tarfile.BLKTYPE: "b",
                     tarfile.FIFOTYPE: "p"}.get(member.type, "f")
        self.mode = stat.S_IMODE(member.mode)
        self.owner = "%d:%d" % (member.uid, member.gid)
        self.mtime = int(member.mtime)
        self.link = member.linkname if self.kind == "l" else ""
        self.device = "%d:%d" % (member.devmajor, member.devminor)
        self.data = data
        self.names = []     # all its hard links
        self.xattrs = {k[len("SCHILY.xattr."):]: v
                       for k, v in member.pax_headers.items()
                       if k.startswith("SCHILY.xattr.")}

    def what(self, path):
        if self.kind == "l":
            return self.link
        if self.kind in "cb":
            return self.device
        if self.kind != "f":
            return ""
        if len(self.names) > 1 and path != min(self.names):
            return "= /" + min(self.names)
        return shown(self.data)

    def line(self, path):
        words = [self.kind, "" if self.kind == "l" else "%04o" % self.mode,
                 self.owner, self.what(path)]
        words += ["%s=%s" % (k, v.encode("utf-8", "surrogateescape").hex())
                  for k, v in sorted(self.xattrs.items())]
        if self.mtime < OLD:
            words.append("@%d" % self.mtime)
        return " ".join(w for w in words if w)


def shown(data):
    """A file's bytes in one line."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is None or len(data) > TEXT_MAX:
        return "%d bytes, crc %08x" % (len(data), zlib.crc32(data))
    return json.dumps(text, ensure_ascii=False)


def clean(name):
    name = os.path.normpath("/" + name).lstrip("/")
    return name


def remove(tree, path):
    """A path and all below it."""
    for name in [n for n in tree if n == path or n.startswith(path + "/")]:
        entry = tree.pop(name)
        if name in entry.names:
            entry.names.remove(name)


def hide_below(tree, path):
    for name in [n for n in tree if n.startswith(path + "/" if path else "")]:
        if name in tree and name:
            remove(tree, name)


def put(tree, name, entry):
    old = tree.get(name)
    if old and not (old.kind == "d" and entry.kind == "d"):
        remove(tree, name)
    tree[name] = entry
    entry.names.append(name)


def apply_layer(tree, archive):
    """The members of one layer over `tree`, whiteouts first."""
    members = list(archive)
    for m in members:
        directory, base = os.path.split(clean(m.name))
        if base == ".wh..wh..opq":
            hide_below(tree, directory)
        elif base.startswith(".wh."):
            remove(tree, os.path.join(directory, base[4:]))
    for m in members:
        name = clean(m.name)
        if os.path.basename(name).startswith(".wh.") or name == "":
            continue
        if m.islnk():
            put(tree, name, tree[clean(m.linkname)])
            continue
        file = archive.extractfile(m) if m.isreg() else None
        put(tree, name, Entry(m, file.read() if file else b""))


class Layout:
    """A directory with index.json and blobs."""

    def __init__(self, path):
        self.path = path

    def blob(self, digest):
        with open(os.path.join(self.path, "blobs",
                               *digest.split(":")), "rb") as file:
            return file.read()

    def image(self):
        with open(os.path.join(self.path, "index.json"),
                  encoding="utf-8") as file:
            index = json.load(file)
        manifest = json.loads(self.blob(index["manifests"][0]["digest"]))
        return (json.loads(self.blob(manifest["config"]["digest"])),
                [io.BytesIO(self.blob(layer["digest"]))
                 for layer in manifest["layers"]])


class Saved:
    """An archive with manifest.json."""

    def __init__(self, path):
        self.archive = tarfile.open(path)

    def image(self):
        files = {m.name: m for m in self.archive}

        def read(name):
            m = files[name]
            while m.issym():
                m = files[clean(os.path.join(os.path.dirname(m.name),
                                             m.linkname))]
            return self.archive.extractfile(m).read()
        manifest = json.loads(read("manifest.json"))[0]
        return (json.loads(read(manifest["Config"])),
                [io.BytesIO(read(layer)) for layer in manifest["Layers"]])


def flatten(layers):
    """The tree of all layers."""
    tree = {}
    for stream in layers:
        with tarfile.open(fileobj=stream, errorlevel=0) as archive:
            apply_layer(tree, archive)
    return tree


def read(source):
    """Configuration and tree."""
    config, layers = source.image()
    return config, flatten(layers)


LISTS = ("Cmd", "Entrypoint", "OnBuild", "Shell")
TEXTS = ("User", "WorkingDir", "StopSignal")
SETS = ("ExposedPorts", "Volumes")
DEFAULTS = {"WorkingDir": "/", "Env": json.dumps([
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"])}


def config_lines(document):
    """What differs from the plainest image. Left out: times, digests, and
    members that only one builder writes (ArgsEscaped, io.buildah.version)."""
    config = document.get("config") or {}
    values = [("Author", document.get("author") or "")]
    for name in LISTS:
        value = config.get(name)
        values.append((name, json.dumps(value) if value else ""))
    values.append(("Env", json.dumps(config.get("Env") or [])))
    values += [(name, config.get(name) or "") for name in TEXTS]
    values += [(name, " ".join(sorted(config.get(name) or {})))
               for name in SETS]
    labels = dict(config.get("Labels") or {})
    labels.pop("io.buildah.version", None)
    values.append(("Labels", json.dumps(labels, sort_keys=True)
                   if labels else ""))
    health = config.get("Healthcheck")
    values.append(("Healthcheck", json.dumps(health, sort_keys=True)
                   if health else ""))
    for name in ("architecture", "os", "variant"):
        if document.get(name) not in (None, "", "amd64", "linux"):
            values.append((name, document[name]))
    return ["%s %s" % (name, value) for name, value in values
            if value != DEFAULTS.get(name, "") and
            not (name == "WorkingDir" and value == "")]


def history_lines(document, skip):
    """One line each, but for the first `skip`: the base's."""
    return ["history %s%s" % (
        "(empty) " if h.get("empty_layer") else "",
        json.dumps(h.get("created_by", ""), ensure_ascii=False))
        for h in (document.get("history") or [])[skip:]]


def tree_lines(tree, base):
    """What is other than in `base`, and what is gone."""
    lines = []
    for path in sorted(set(tree) | set(base)):
        if path not in tree:
            parent = os.path.dirname(path)
            if parent in tree or not parent:
                lines.append("gone /%s" % path)
            continue
        line = tree[path].line(path)
        if path not in base or base[path].line(path) != line:
            lines.append("/%s %s" % (path, line))
    return lines
