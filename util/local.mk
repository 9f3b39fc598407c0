# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libutil.a
libutil_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
libutil_a_SOURCES = \
	util/acl.c \
	util/acl.h \
	util/ask.c \
	util/ask.h \
	util/base64.c \
	util/base64.h \
	util/buf.c \
	util/buf.h \
	util/cli-completion.c \
	util/cli-help.c \
	util/cli-table.c \
	util/cli-words.c \
	util/cli.c \
	util/cli.h \
	util/clock.c \
	util/clock.h \
	util/conf.c \
	util/conf.h \
	util/csv.c \
	util/csv.h \
	util/error.c \
	util/error.h \
	util/fs-list.c \
	util/fs-open.c \
	util/fs-remove.c \
	util/fs-temp.c \
	util/fs-walk.c \
	util/fs-walk.h \
	util/fs.c \
	util/fs.h \
	util/glob.c \
	util/glob.h \
	util/json-error.c \
	util/json-error.h \
	util/json.c \
	util/json.h \
	util/listing.c \
	util/listing.h \
	util/log.c \
	util/log.h \
	util/map.c \
	util/map.h \
	util/mem.c \
	util/mem.h \
	util/num.c \
	util/num.h \
	util/outfile.c \
	util/outfile.h \
	util/owner-names.c \
	util/owner.c \
	util/owner.h \
	util/pass.c \
	util/pass.h \
	util/path.c \
	util/path.h \
	util/proc-capture.c \
	util/proc-interrupt.c \
	util/proc.c \
	util/proc.h \
	util/progress-channel.c \
	util/progress-ci.c \
	util/progress-state.c \
	util/progress-terminal.c \
	util/progress-text.c \
	util/progress-view.h \
	util/progress.c \
	util/progress.h \
	util/scope.h \
	util/stream.c \
	util/stream.h \
	util/strv.c \
	util/strv.h \
	util/term.c \
	util/term.h

check_PROGRAMS += tests/util/acl
check_PROGRAMS += tests/util/base64
check_PROGRAMS += tests/util/buf
check_PROGRAMS += tests/util/cli
check_PROGRAMS += tests/util/clock
check_PROGRAMS += tests/util/conf
check_PROGRAMS += tests/util/csv
check_PROGRAMS += tests/util/error
check_PROGRAMS += tests/util/fs
check_PROGRAMS += tests/util/fs-open
check_PROGRAMS += tests/util/fs-race
check_PROGRAMS += tests/util/fs-remove
check_PROGRAMS += tests/util/fs-walk
check_PROGRAMS += tests/util/glob
check_PROGRAMS += tests/util/json
check_PROGRAMS += tests/util/json-error
check_PROGRAMS += tests/util/listing
check_PROGRAMS += tests/util/log
check_PROGRAMS += tests/util/map
check_PROGRAMS += tests/util/mem
check_PROGRAMS += tests/util/num
check_PROGRAMS += tests/util/outfile
check_PROGRAMS += tests/util/owner
check_PROGRAMS += tests/util/path
check_PROGRAMS += tests/util/proc
check_PROGRAMS += tests/util/progress
check_PROGRAMS += tests/util/stream
check_PROGRAMS += tests/util/strv
check_PROGRAMS += tests/util/term
