# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libbuilder.a
libbuilder_a_CFLAGS = $(AM_CFLAGS)
libbuilder_a_SOURCES = \
	builder/content.h \
	builder/context.h \
	builder/dockerfile.c \
	builder/dockerfile.h \
	builder/expand.h \
	builder/filehash.h \
	builder/heredoc.c \
	builder/heredoc.h \
	builder/ignore.h \
	builder/instr-args.c \
	builder/instr-flag.c \
	builder/instr.c \
	builder/instr.h \
	builder/lexer-directive.c \
	builder/lexer-error.c \
	builder/lexer.c \
	builder/lexer.h \
	builder/select.h \
	builder/walk.h \
	builder/words.c \
	builder/words.h \
	builder/xattr.h
