# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += librunner.a
librunner_a_CFLAGS = $(AM_CFLAGS) $(YAML_CFLAGS)
librunner_a_SOURCES = \
	runner/attend.c \
	runner/attend.h \
	runner/cmd-help.c \
	runner/cmd-run.c \
	runner/cmd-version.c \
	runner/commands.h \
	runner/container.c \
	runner/container.h \
	runner/template.c \
	runner/template.h \
	runner/terminal.c \
	runner/terminal.h \
	runner/volume.c \
	runner/volume.h \
	runner/yaml.c \
	runner/yaml.h

bin_PROGRAMS += slipway
slipway_SOURCES = runner/main.c
