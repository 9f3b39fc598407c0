# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += liboci.a
liboci_a_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(ZSTD_CFLAGS) $(DEFLATE_CFLAGS) $(ZLIB_CFLAGS)
liboci_a_SOURCES = \
	oci/blob.c \
	oci/blob.h \
	oci/compress.h \
	oci/config.h \
	oci/descriptor.c \
	oci/descriptor.h \
	oci/digest-stream.c \
	oci/digest.c \
	oci/digest.h \
	oci/draft.h \
	oci/image.h \
	oci/layer.h \
	oci/manifest.h \
	oci/pack.h \
	oci/platform.c \
	oci/platform.h \
	oci/ref.c \
	oci/ref.h \
	oci/store-blob.c \
	oci/store-ref.c \
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
	oci/transfer.h \
	oci/unpack.h
check_PROGRAMS += tests/oci/tar
