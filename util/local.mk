# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libutil.a
libutil_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
libutil_a_SOURCES = \
	util/buf.h \
	util/cli.h \
	util/conf.h \
	util/error.h \
	util/fs.h \
	util/glob.h \
	util/json.h \
	util/log.h \
	util/map.h \
	util/mem.h \
	util/num.h \
	util/path.h \
	util/proc.h \
	util/progress.h \
	util/scope.h \
	util/stream.h \
	util/strv.h
