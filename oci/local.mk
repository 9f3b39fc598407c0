# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += liboci.a libocinet.a
liboci_a_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(ZSTD_CFLAGS) $(DEFLATE_CFLAGS) $(ZLIB_CFLAGS) \
	$(ISAL_CFLAGS) $(ARCHIVE_CFLAGS)
liboci_a_SOURCES = \
	oci/age.c \
	oci/age.h \
	oci/apart.c \
	oci/apart.h \
	oci/archive-docker.c \
	oci/archive-index.c \
	oci/archive-index.h \
	oci/archive-part.h \
	oci/archive-read.c \
	oci/archive-write.c \
	oci/archive.h \
	oci/attestation.c \
	oci/attestation.h \
	oci/auth-file.c \
	oci/auth-helper.c \
	oci/auth-save.c \
	oci/auth-save.h \
	oci/auth.c \
	oci/auth.h \
	oci/bag.c \
	oci/bag.h \
	oci/blob.c \
	oci/blob.h \
	oci/blocks.c \
	oci/change.c \
	oci/change.h \
	oci/check-image.c \
	oci/check-image.h \
	oci/check.c \
	oci/check.h \
	oci/cmd-copy.c \
	oci/cmd-history.c \
	oci/cmd-images.c \
	oci/cmd-import.c \
	oci/cmd-inspect.c \
	oci/cmd-load.c \
	oci/cmd-login.c \
	oci/cmd-logout.c \
	oci/cmd-manifest-look.c \
	oci/cmd-manifest-push.c \
	oci/cmd-manifest.c \
	oci/cmd-prune.c \
	oci/cmd-pull.c \
	oci/cmd-push.c \
	oci/cmd-rmi.c \
	oci/cmd-save.c \
	oci/cmd-store-check.c \
	oci/cmd-tag.c \
	oci/codec.h \
	oci/commands.c \
	oci/commands.h \
	oci/compress.c \
	oci/compress.h \
	oci/config-format.c \
	oci/config-runtime.c \
	oci/config.c \
	oci/config.h \
	oci/courier.c \
	oci/courier.h \
	oci/credential.c \
	oci/credential.h \
	oci/deflate.c \
	oci/descriptor.c \
	oci/descriptor.h \
	oci/digest-stream.c \
	oci/digest.c \
	oci/digest.h \
	oci/draft.c \
	oci/draft.h \
	oci/foreign.c \
	oci/foreign.h \
	oci/frames.c \
	oci/gc-mark.c \
	oci/gc-mark.h \
	oci/gc.c \
	oci/gc.h \
	oci/image.c \
	oci/image.h \
	oci/import.c \
	oci/import.h \
	oci/layer-form.c \
	oci/layer-form.h \
	oci/layer-pack.c \
	oci/layer-tar.c \
	oci/layer-tree.c \
	oci/layer.c \
	oci/layer.h \
	oci/manifest-choose.c \
	oci/manifest-format.c \
	oci/manifest.c \
	oci/manifest.h \
	oci/media.c \
	oci/media.h \
	oci/net.c \
	oci/net.h \
	oci/pack-member.c \
	oci/pack-member.h \
	oci/pack-names.c \
	oci/pack-names.h \
	oci/pack.c \
	oci/pack.h \
	oci/packer.c \
	oci/packer.h \
	oci/platform.c \
	oci/platform.h \
	oci/provenance.c \
	oci/provenance.h \
	oci/purl.c \
	oci/purl.h \
	oci/ref-host.c \
	oci/ref-host.h \
	oci/ref.c \
	oci/ref.h \
	oci/roster.c \
	oci/roster.h \
	oci/sighting.c \
	oci/sighting.h \
	oci/store-blob.c \
	oci/store-find.c \
	oci/store-part.c \
	oci/store-ref.c \
	oci/store-version.c \
	oci/store-version.h \
	oci/store.c \
	oci/store.h \
	oci/tar-block.h \
	oci/tar-entry.c \
	oci/tar-header.c \
	oci/tar-pax.c \
	oci/tar-read.c \
	oci/tar-write.c \
	oci/tar.c \
	oci/tar.h \
	oci/transfer-download.c \
	oci/transfer-fetch.c \
	oci/transfer-login.c \
	oci/transfer-options.c \
	oci/transfer-options.h \
	oci/transfer-part.h \
	oci/transfer-pull.c \
	oci/transfer-push.c \
	oci/transfer-receive.c \
	oci/transfer-send.c \
	oci/transfer-send.h \
	oci/transfer-take.c \
	oci/transfer.c \
	oci/transfer.h \
	oci/transport-archive.c \
	oci/transport.c \
	oci/transport.h \
	oci/travel-form.c \
	oci/travel.c \
	oci/travel.h \
	oci/unpack-attributes.c \
	oci/unpack-member.c \
	oci/unpack-state.h \
	oci/unpack-whiteout.c \
	oci/unpack.c \
	oci/unpack.h \
	oci/url.c \
	oci/url.h \
	oci/windows.c \
	oci/windows.h \
	oci/validator.c \
	oci/validator.h \
	oci/xattr.c \
	oci/xattr.h \
	oci/zstd.c
if HAVE_ISAL
liboci_a_SOURCES += oci/inflate-isal.c
else
liboci_a_SOURCES += oci/inflate-zlib.c
endif

# Everything that talks to the network, in a program of its own.
libocinet_a_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
libocinet_a_SOURCES = \
	oci/alarms.c \
	oci/alarms.h \
	oci/bearer.c \
	oci/bearer.h \
	oci/certs.c \
	oci/certs.h \
	oci/challenge.c \
	oci/challenge.h \
	oci/confine.c \
	oci/confine.h \
	oci/download.c \
	oci/download.h \
	oci/host.c \
	oci/host.h \
	oci/http-call.c \
	oci/http-call.h \
	oci/http-message.c \
	oci/http-sink.c \
	oci/http-sink.h \
	oci/http.c \
	oci/http.h \
	oci/registry-upload.c \
	oci/registry-upload.h \
	oci/registry.c \
	oci/registry.h \
	oci/retry.c \
	oci/retry.h \
	oci/session.c \
	oci/session.h \
	oci/token.c \
	oci/token.h
pkglibexec_PROGRAMS += slipway-net
slipway_net_SOURCES = oci/net-main.c
slipway_net_LDADD = libocinet.a liboci.a libutil.a \
	$(JANSSON_LIBS) $(CRYPTO_LIBS) $(CURL_LIBS)

check_PROGRAMS += tests/oci/tar
check_PROGRAMS += tests/oci/pack
check_PROGRAMS += tests/oci/unpack
check_PROGRAMS += tests/oci/compress
check_PROGRAMS += tests/oci/digest
check_PROGRAMS += tests/oci/ref
check_PROGRAMS += tests/oci/platform
check_PROGRAMS += tests/oci/descriptor
check_PROGRAMS += tests/oci/config
check_PROGRAMS += tests/oci/manifest
check_PROGRAMS += tests/oci/store
check_PROGRAMS += tests/oci/blob
check_PROGRAMS += tests/oci/age
check_PROGRAMS += tests/oci/change
check_PROGRAMS += tests/oci/layer
check_PROGRAMS += tests/oci/draft
check_PROGRAMS += tests/oci/image
check_PROGRAMS += tests/oci/attestation
check_PROGRAMS += tests/oci/media
check_PROGRAMS += tests/oci/windows
check_PROGRAMS += tests/oci/travel
check_PROGRAMS += tests/oci/transport
check_PROGRAMS += tests/oci/roster
check_PROGRAMS += tests/oci/archive
check_PROGRAMS += tests/oci/bag
check_PROGRAMS += tests/oci/foreign
check_PROGRAMS += tests/oci/gc
check_PROGRAMS += tests/oci/check
check_PROGRAMS += tests/oci/import
check_PROGRAMS += tests/oci/auth
check_PROGRAMS += tests/oci/auth-save
check_PROGRAMS += tests/oci/courier
check_PROGRAMS += tests/oci/credential
check_PROGRAMS += tests/oci/net
check_PROGRAMS += tests/oci/pack-names
check_PROGRAMS += tests/oci/packer
check_PROGRAMS += tests/oci/ref-host
check_PROGRAMS += tests/oci/sighting
check_PROGRAMS += tests/oci/store-version
check_PROGRAMS += tests/oci/transfer
check_PROGRAMS += tests/oci/transfer-options
check_PROGRAMS += tests/oci/validator
check_PROGRAMS += tests/oci/xattr

# Those of slipway-net's own parts.
NET_LDADD = libocinet.a $(LDADD) $(CURL_LIBS)
check_PROGRAMS += tests/oci/alarms
tests_oci_alarms_LDADD = $(NET_LDADD)
check_PROGRAMS += tests/oci/certs
tests_oci_certs_LDADD = $(NET_LDADD)
check_PROGRAMS += tests/oci/challenge
tests_oci_challenge_LDADD = $(NET_LDADD)
check_PROGRAMS += tests/oci/apart
check_PROGRAMS += tests/oci/confine
tests_oci_confine_LDADD = $(NET_LDADD)
check_PROGRAMS += tests/oci/download
tests_oci_download_LDADD = $(NET_LDADD)
check_PROGRAMS += tests/oci/http
tests_oci_http_LDADD = $(NET_LDADD)
check_PROGRAMS += tests/oci/host
tests_oci_host_LDADD = $(NET_LDADD)
check_PROGRAMS += tests/oci/http-sink
tests_oci_http_sink_LDADD = $(NET_LDADD)
check_PROGRAMS += tests/oci/registry
tests_oci_registry_LDADD = $(NET_LDADD)
check_PROGRAMS += tests/oci/retry
tests_oci_retry_LDADD = $(NET_LDADD)
check_PROGRAMS += tests/oci/session
tests_oci_session_LDADD = $(NET_LDADD)
check_PROGRAMS += tests/oci/token
tests_oci_token_LDADD = $(NET_LDADD)
check_PROGRAMS += tests/oci/url
tests_oci_url_LDADD = $(NET_LDADD)
