# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libsandbox.a
libsandbox_a_CFLAGS = $(AM_CFLAGS) $(CAP_CFLAGS)
libsandbox_a_SOURCES = \
	sandbox/account.h \
	sandbox/launch.h \
	sandbox/rootfs.h \
	sandbox/spec.h \
	sandbox/userns.h
