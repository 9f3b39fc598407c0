# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += librunner.a
librunner_a_CFLAGS = $(AM_CFLAGS) $(YAML_CFLAGS)
librunner_a_SOURCES = \
	runner/cmd-help.c \
	runner/cmd-version.c \
	runner/commands.h \
	runner/template.c \
	runner/template.h \
	runner/yaml.c \
	runner/yaml.h

bin_PROGRAMS += slipway
slipway_SOURCES = runner/main.c
