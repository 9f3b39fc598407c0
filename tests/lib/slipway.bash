# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What every command test loads: the program, a private store, images made of
# this machine's packages, registries on free ports.

bats_require_minimum_version 1.5.0
: "${SLIPWAY:?set SLIPWAY to the program under test}"
: "${SLIPWAY_TEST_CACHE:=${TMPDIR:-/tmp}/slipway-test-cache-$(id -u)}"
mkdir -p "$SLIPWAY_TEST_CACHE"

# Nothing of the caller's own settings or stores is in reach of a test.
lib_private_home() {
	local base=$1
	export HOME=$base/home
	export XDG_CONFIG_HOME=$HOME/.config XDG_DATA_HOME=$HOME/.local/share
	export XDG_STATE_HOME=$HOME/.local/state XDG_CACHE_HOME=$HOME/.cache
	export SLIPWAY_ROOT=$base/store
	unset XDG_RUNTIME_DIR REGISTRY_AUTH_FILE DOCKER_CONFIG \
		DOCKER_AUTH_CONFIG SLIPWAY_CONFIG SOURCE_DATE_EPOCH
	mkdir -p "$HOME"
	if [ -x "$(dirname "$SLIPWAY")/slipway-net" ]; then
		SLIPWAY_LIBEXEC=$(dirname "$SLIPWAY")
		export SLIPWAY_LIBEXEC
	fi
}

setup_file() {
	lib_private_home "$BATS_FILE_TMPDIR"
	if declare -F file_setup >/dev/null; then file_setup; fi
}

setup() {
	lib_private_home "$BATS_FILE_TMPDIR"
	if declare -F test_setup >/dev/null; then test_setup; fi
}

teardown_file() {
	if declare -F file_teardown >/dev/null; then file_teardown; fi
	stop_registries
	# Trees of a range identity hold files of other ids.
	"$SLIPWAY" unshare rm -rf "$BATS_FILE_TMPDIR/store" 2>/dev/null ||
		rm -rf "$BATS_FILE_TMPDIR/store" 2>/dev/null || true
}

slipway() { "$SLIPWAY" "$@"; }

# The identity a build gets here: "range", "single" or "root".
identity() {
	"$SLIPWAY" doctor --format json 2>/dev/null |
		sed -n 's/.*"identity": *"\([a-z]*\)".*/\1/p' | head -n 1
}

need_range() {
	case $(identity) in
	range | root) ;;
	*) skip "this user has no subuid range and is not root" ;;
	esac
}

need() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null || skip "the host lacks $tool"
	done
}

# A root of busybox with all its names, passwd and group.
make_busybox_root() {
	local dir=$1 name
	mkdir -p "$dir"/{bin,etc,root,tmp,usr/bin,var/tmp,home}
	chmod 755 "$dir"
	chmod 1777 "$dir/tmp" "$dir/var/tmp"
	cp "$(command -v busybox)" "$dir/bin/busybox"
	for name in $("$dir/bin/busybox" --list); do
		[ "$name" = busybox ] || ln -s busybox "$dir/bin/$name"
	done
	ln -s ../../bin/busybox "$dir/usr/bin/env"
	printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' \
		'daemon:x:1:1:daemon:/usr/sbin:/bin/false' \
		'alice:x:1000:1000:Alice:/home:/bin/sh' >"$dir/etc/passwd"
	printf '%s\n' 'root:x:0:' 'daemon:x:1:' 'users:x:100:alice' \
		'alice:x:1000:' >"$dir/etc/group"
}

# busybox_tar: path of a tar of that root, made once.
busybox_tar() {
	local tar=$SLIPWAY_TEST_CACHE/busybox.tar dir
	(
		flock 9
		[ -s "$tar" ] && exit
		dir=$(mktemp -d)
		make_busybox_root "$dir/root"
		tar --sort=name --mtime=@1700000000 --owner=0 --group=0 \
			--numeric-owner -C "$dir/root" -cf "$tar.new" .
		mv "$tar.new" "$tar"
		rm -rf "$dir"
	) 9>"$SLIPWAY_TEST_CACHE/busybox.lock"
	echo "$tar"
}

# debian_tar: path of a tar of a minimal Debian root, made once.
debian_tar() {
	local tar=$SLIPWAY_TEST_CACHE/debian.tar mode=unshare
	[ "$(id -u)" != 0 ] || mode=root
	(
		flock 9
		[ -s "$tar" ] && exit
		# Its children need few open descriptors and a home anyone
		# may look for.
		HOME=/nonexistent TMPDIR=/var/tmp mmdebstrap --quiet \
			--mode=$mode --variant=minbase bookworm \
			"$tar.new.tar" >&2 9>&- 3>&- &&
			mv "$tar.new.tar" "$tar"
	) 9>"$SLIPWAY_TEST_CACHE/debian.lock"
	echo "$tar"
}

# import_busybox [REF]: the store has it afterwards.
import_busybox() {
	slipway import --change 'CMD ["/bin/sh"]' "$(busybox_tar)" \
		"${1:-localhost/busybox:1}" >/dev/null
}

# busybox_layout DIR: an OCI layout DIR:latest made by umoci, for skopeo.
busybox_layout() {
	local dir=$1 work
	work=$(mktemp -d)
	umoci init --layout "$dir"
	umoci new --image "$dir:latest"
	umoci raw add-layer --image "$dir:latest" "$(busybox_tar)"
	umoci config --image "$dir:latest" --config.cmd /bin/sh
	rm -rf "$work"
}

# start_registry [plain|htpasswd|tls|token]: REGISTRY=host:port, REGISTRY_DIR. User
# "alice", password "s3cret" where one is asked. Ends with the file's tests.
start_registry() {
	local kind=${1:-plain} dir line fifo
	need docker-registry
	dir=$(mktemp -d "$BATS_FILE_TMPDIR/registry.XXXXXX")
	fifo=$dir/fifo
	mkfifo "$fifo"
	[ "$kind" != token ] || start_token_server "$dir"
	{
		echo 'version: 0.1'
		echo 'log: {level: info, accesslog: {disabled: true}}'
		echo "storage: {filesystem: {rootdirectory: $dir/data}, delete: {enabled: true}}"
		if [ "$kind" = tls ]; then
			make_certificate "$dir" >&2
			echo "http: {addr: 127.0.0.1:0, secret: x, tls: {certificate: $dir/server.crt, key: $dir/server.key}}"
		else
			echo 'http: {addr: 127.0.0.1:0, secret: x}'
		fi
		if [ "$kind" = htpasswd ]; then
			htpasswd -Bbn alice s3cret >"$dir/htpasswd" 2>/dev/null
			echo "auth: {htpasswd: {realm: test, path: $dir/htpasswd}}"
		fi
		if [ "$kind" = token ]; then
			echo "auth: {token: {realm: 'http://127.0.0.1:$TOKEN_PORT/token', service: test, issuer: tokens, rootcertbundle: $dir/token.crt}}"
		fi
	} >"$dir/config.yml"
	OTEL_TRACES_EXPORTER=none docker-registry serve "$dir/config.yml" \
		>"$fifo" 2>&1 3>&- &
	echo $! >>"$BATS_FILE_TMPDIR/registry.pids"
	exec 8<"$fifo"
	REGISTRY=
	while IFS= read -r -t 30 line <&8; do
		printf '%s\n' "$line" >>"$dir/log"
		if [[ $line =~ listening\ on\ ([0-9.:]+) ]]; then
			REGISTRY=127.0.0.1:${BASH_REMATCH[1]##*:}
			break
		fi
	done
	cat <&8 >>"$dir/log" 3>&- &
	echo $! >>"$BATS_FILE_TMPDIR/registry.pids"
	exec 8<&-
	[ -n "$REGISTRY" ] || { cat "$dir/log" >&2; return 1; }
	export REGISTRY REGISTRY_DIR=$dir
}

# start_token_server DIR: TOKEN_PORT; key, certificate and log in DIR.
start_token_server() {
	need python3 openssl
	mkfifo "$1/token.fifo"
	python3 "${BASH_SOURCE[0]%/*}/token-server.py" "$1" test \
		>"$1/token.fifo" 3>&- &
	echo $! >>"$BATS_FILE_TMPDIR/registry.pids"
	read -r -t 30 _ _ TOKEN_PORT <"$1/token.fifo"
}

stop_registries() {
	local pid
	[ -f "$BATS_FILE_TMPDIR/registry.pids" ] || return 0
	while read -r pid; do
		kill "$pid" 2>/dev/null || true
	done <"$BATS_FILE_TMPDIR/registry.pids"
	rm -f "$BATS_FILE_TMPDIR/registry.pids"
}

# A certificate authority ca.crt and a server certificate for 127.0.0.1.
make_certificate() {
	local dir=$1
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-ca \
		-keyout "$dir/ca.key" -out "$dir/ca.crt" 2>/dev/null
	openssl req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 \
		-keyout "$dir/server.key" -out "$dir/server.csr" 2>/dev/null
	openssl x509 -req -in "$dir/server.csr" -CA "$dir/ca.crt" \
		-CAkey "$dir/ca.key" -CAcreateserial -days 2 \
		-extfile <(echo 'subjectAltName=IP:127.0.0.1,DNS:localhost') \
		-out "$dir/server.crt" 2>/dev/null
}

# start_web DIR: Python's web server; WEB=http://host:port, WEB_LOG. Ends with
# the file's tests.
start_web() {
	local line
	need python3
	export WEB_LOG=$BATS_FILE_TMPDIR/web.log
	mkfifo "$BATS_FILE_TMPDIR/web.fifo"
	PYTHONUNBUFFERED=1 python3 -m http.server --bind 127.0.0.1 \
		--directory "$1" 0 >"$BATS_FILE_TMPDIR/web.fifo" \
		2>"$WEB_LOG" 3>&- &
	echo $! >>"$BATS_FILE_TMPDIR/registry.pids"
	read -r -t 30 line <"$BATS_FILE_TMPDIR/web.fifo"
	[[ $line =~ port\ ([0-9]+) ]]
	export WEB=http://127.0.0.1:${BASH_REMATCH[1]}
}

# dockerfile DIR: standard input becomes DIR/Dockerfile.
dockerfile() {
	mkdir -p "$1"
	cat >"$1/Dockerfile"
}
