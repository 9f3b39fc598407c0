# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libbuilder.a
libbuilder_a_CFLAGS = $(AM_CFLAGS)
libbuilder_a_SOURCES = \
	builder/content.c \
	builder/content.h \
	builder/context.c \
	builder/context.h \
	builder/dockerfile.c \
	builder/dockerfile.h \
	builder/expand.c \
	builder/expand.h \
	builder/filehash-record.c \
	builder/filehash-record.h \
	builder/filehash.c \
	builder/filehash.h \
	builder/heredoc.c \
	builder/heredoc.h \
	builder/ignore-pattern.c \
	builder/ignore-pattern.h \
	builder/ignore.c \
	builder/ignore.h \
	builder/instr-args.c \
	builder/instr-flag.c \
	builder/instr.c \
	builder/instr.h \
	builder/lexer-directive.c \
	builder/lexer-error.c \
	builder/lexer.c \
	builder/lexer.h \
	builder/names.c \
	builder/names.h \
	builder/pattern.c \
	builder/pattern.h \
	builder/resolve.c \
	builder/resolve.h \
	builder/select.c \
	builder/select.h \
	builder/substitute.c \
	builder/substitute.h \
	builder/utf8.c \
	builder/utf8.h \
	builder/walk.c \
	builder/walk.h \
	builder/words.c \
	builder/words.h \
	builder/xattr.c \
	builder/xattr.h
