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
	# As far as a test does not ask for another: without a helper.
	export SLIPWAY_NETWORK=host
	unset http_proxy https_proxy ftp_proxy no_proxy all_proxy HTTP_PROXY \
		HTTPS_PROXY FTP_PROXY NO_PROXY ALL_PROXY
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

# In an environment of its own, whoever runs the tests.
test_git() {
	env -i PATH="$PATH" HOME="$HOME" GIT_CONFIG_NOSYSTEM=1 \
		GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_DATE='1700000000 +0000' \
		GIT_COMMITTER_DATE='1700000000 +0000' \
		git -c user.name=t -c user.email=t@example.test \
		-c init.defaultBranch=main -c protocol.file.allow=always "$@"
}

# start_git_web DIR: lighttpd and git http-backend serve the bare repositories
# below DIR: GIT_WEB=http://host:port/git without a password, .../private for
# "alice", "s3cret", .../bearer for "Authorization: Bearer t0ken", .../moved
# leads to GIT_WEB; .../files has what is in GIT_WEB_FILES, for alice. Ends with
# the file's tests.
start_git_web() {
	local dir=$BATS_FILE_TMPDIR/git-web port lighttpd
	need git lighttpd python3
	lighttpd=$(command -v lighttpd)
	export GIT_WEB_FILES=$dir/files
	mkdir -p "$GIT_WEB_FILES"
	printf 'alice:s3cret\nx-access-token:s3cret\ndummy:s3cret\n' >"$dir/users"
	for _ in 1 2 3 4 5; do
		port=$(python3 -c 'import socket; s = socket.socket()
s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
		cat >"$dir/conf" <<-END
			server.document-root = "$dir"
			server.bind = "127.0.0.1"
			server.port = $port
			server.upload-dirs = ("$dir")
			server.pid-file = "$dir/pid"
			server.errorlog = "$dir/errors"
			server.modules = ("mod_auth", "mod_authn_file",
				"mod_alias", "mod_setenv", "mod_cgi",
				"mod_redirect", "mod_access")
			auth.backend = "plain"
			auth.backend.plain.userfile = "$dir/users"
			\$HTTP["url"] =~ "^/(private|files)/" {
				auth.require = ("" => ("method" => "basic",
					"realm" => "git", "require" => "valid-user"))
			}
			\$HTTP["url"] =~ "^/bearer/" {
				\$REQUEST_HEADER["Authorization"] != "Bearer t0ken" {
					url.access-deny = ("")
				}
			}
			url.redirect = ("^/moved/(.*)" => "/git/\$1")
			alias.url = ("/private" => "/usr/lib/git-core/git-http-backend",
				"/bearer" => "/usr/lib/git-core/git-http-backend",
				"/git" => "/usr/lib/git-core/git-http-backend")
			setenv.set-environment = ("GIT_PROJECT_ROOT" => "$1",
				"GIT_HTTP_EXPORT_ALL" => "1",
				"GIT_CONFIG_COUNT" => "1",
				"GIT_CONFIG_KEY_0" => "safe.directory",
				"GIT_CONFIG_VALUE_0" => "*")
			\$HTTP["url"] !~ "^/files/" {
				cgi.assign = ("" => "")
			}
		END
		"$lighttpd" -D -f "$dir/conf" >"$dir/out" 2>&1 3>&- 8>&- &
		echo $! >>"$BATS_FILE_TMPDIR/registry.pids"
		python3 - "$port" <<'END' && break
import socket, sys, time
for n in range(500):
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()
        sys.exit(0)
    except OSError:
        time.sleep(0.01)
sys.exit(1)
END
	done
	export GIT_WEB=http://127.0.0.1:$port/git
}

# start_sshd: GIT_SSH=user@host:port, SSH_KEY a key it lets in, the host known
# to the tests' home. Ends with the file's tests.
start_sshd() {
	local dir=$BATS_FILE_TMPDIR/sshd port
	need sshd ssh-keygen python3
	mkdir -p "$dir" "$HOME/.ssh"
	chmod 700 "$HOME/.ssh"
	ssh-keygen -q -t ed25519 -N '' -f "$dir/host"
	ssh-keygen -q -t ed25519 -N '' -f "$dir/key"
	cp "$dir/key.pub" "$dir/authorized"
	port=$(python3 -c 'import socket; s = socket.socket()
s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat >"$dir/conf" <<-END
		Port $port
		ListenAddress 127.0.0.1
		HostKey $dir/host
		AuthorizedKeysFile $dir/authorized
		PidFile $dir/pid
		UsePAM no
		StrictModes no
		PasswordAuthentication no
		KbdInteractiveAuthentication no
	END
	: >"$dir/log"
	mkdir -p /run/sshd 2>/dev/null || true
	"$(command -v sshd)" -D -e -f "$dir/conf" 2>"$dir/log" 3>&- &
	echo $! >>"$BATS_FILE_TMPDIR/registry.pids"
	timeout 20 tail -f -n +1 "$dir/log" 2>/dev/null 3>&- |
		grep -q -m 1 'Server listening' || { cat "$dir/log" >&2; return 1; }
	echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$dir/host.pub")" \
		>"$HOME/.ssh/known_hosts"
	GIT_SSH=$(id -un)@127.0.0.1:$port
	export GIT_SSH SSH_KEY=$dir/key
}
