# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libutil.a
libutil_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
libutil_a_SOURCES = \
	util/buf.h \
	util/cli-completion.c \
	util/cli-help.c \
	util/cli-table.c \
	util/cli.c \
	util/cli.h \
	util/conf.c \
	util/conf.h \
	util/error.h \
	util/fs.h \
	util/glob.h \
	util/json.h \
	util/log.c \
	util/log.h \
	util/map.h \
	util/mem.h \
	util/num.h \
	util/path.h \
	util/proc-capture.c \
	util/proc-interrupt.c \
	util/proc.c \
	util/proc.h \
	util/progress.h \
	util/scope.h \
	util/stream.h \
	util/strv.h \
	util/term.c \
	util/term.h
