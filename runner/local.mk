# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += librunner.a
librunner_a_CFLAGS = $(AM_CFLAGS) $(YAML_CFLAGS) $(SQLITE_CFLAGS)
librunner_a_SOURCES = \
	runner/action-run.c \
	runner/action-words.h \
	runner/action.c \
	runner/action.h \
	runner/alias-text.c \
	runner/alias-text.h \
	runner/alias.c \
	runner/alias.h \
	runner/arena.c \
	runner/arena.h \
	runner/attend.c \
	runner/attend.h \
	runner/cmd-help.c \
	runner/cmd-run.c \
	runner/cmd-runs-logs.c \
	runner/cmd-runs.c \
	runner/cmd-task-file.c \
	runner/cmd-task-look.c \
	runner/cmd-task.c \
	runner/cmd-task.h \
	runner/cmd-version.c \
	runner/commands.h \
	runner/container.c \
	runner/container.h \
	runner/copy.c \
	runner/copy.h \
	runner/crew-report.c \
	runner/crew.c \
	runner/crew.h \
	runner/flags.c \
	runner/flags.h \
	runner/database.c \
	runner/database.h \
	runner/fulfil.c \
	runner/fulfil.h \
	runner/graph.c \
	runner/graph.h \
	runner/job-spawn.c \
	runner/job-spawn.h \
	runner/job.c \
	runner/job.h \
	runner/journal.c \
	runner/journal.h \
	runner/late.c \
	runner/late.h \
	runner/load.c \
	runner/load.h \
	runner/mask.c \
	runner/mask.h \
	runner/near.c \
	runner/near.h \
	runner/networks.c \
	runner/networks.h \
	runner/order.c \
	runner/order.h \
	runner/outputs.c \
	runner/outputs.h \
	runner/property-number.c \
	runner/property.c \
	runner/property.h \
	runner/record.c \
	runner/record.h \
	runner/relay.c \
	runner/relay.h \
	runner/run-dir.c \
	runner/run-dir.h \
	runner/schedule.c \
	runner/schedule.h \
	runner/schema.c \
	runner/schema.h \
	runner/script.c \
	runner/script.h \
	runner/secret.c \
	runner/secret.h \
	runner/shell-builtin.c \
	runner/shell-builtin.h \
	runner/shell-expand.c \
	runner/shell-expand.h \
	runner/shell-run.c \
	runner/shell-run.h \
	runner/shell-test.c \
	runner/shell-test.h \
	runner/shell-word.c \
	runner/shell-word.h \
	runner/shell.c \
	runner/shell.h \
	runner/source.c \
	runner/source.h \
	runner/step-cache.c \
	runner/step-cache.h \
	runner/step.c \
	runner/step.h \
	runner/summary.c \
	runner/summary.h \
	runner/task-check.c \
	runner/task-check.h \
	runner/task-expand.c \
	runner/task-expand.h \
	runner/task-graph.c \
	runner/task-graph.h \
	runner/task-hints.c \
	runner/task-hints.h \
	runner/task-matrix.c \
	runner/task-matrix.h \
	runner/task-mount.c \
	runner/task-network.c \
	runner/task-network.h \
	runner/task-secret.c \
	runner/task-secret.h \
	runner/task-settle.c \
	runner/task-settle.h \
	runner/task-step.c \
	runner/task-step.h \
	runner/task-volume.c \
	runner/task-volume.h \
	runner/task.c \
	runner/task.h \
	runner/template-call.c \
	runner/template-call.h \
	runner/template-encode.c \
	runner/template-hash.c \
	runner/template-lex.c \
	runner/template-lex.h \
	runner/template-list.c \
	runner/template-literal.c \
	runner/template-literal.h \
	runner/template-logic.c \
	runner/template-math.c \
	runner/template-name.c \
	runner/template-parse.c \
	runner/template-parse.h \
	runner/template-pattern.c \
	runner/template-pipeline.c \
	runner/template-pipeline.h \
	runner/template-text.c \
	runner/template-time.c \
	runner/template-version.c \
	runner/template.c \
	runner/template.h \
	runner/terminal.c \
	runner/terminal.h \
	runner/value-read.c \
	runner/value.c \
	runner/value.h \
	runner/variables.c \
	runner/variables.h \
	runner/verb-container.c \
	runner/verb-container.h \
	runner/verb-copy.c \
	runner/verb-exec.c \
	runner/verb-file.c \
	runner/verb-file.h \
	runner/verb-login.c \
	runner/verb-login.h \
	runner/verb.c \
	runner/verb.h \
	runner/volume-mount.c \
	runner/volume-secret.c \
	runner/volume-task.c \
	runner/volume-task.h \
	runner/volume.c \
	runner/volume.h \
	runner/workspace.c \
	runner/workspace.h \
	runner/yaml-node.c \
	runner/yaml-node.h \
	runner/yaml.c \
	runner/yaml.h

bin_PROGRAMS += slipway
slipway_SOURCES = runner/main.c

check_PROGRAMS += tests/runner/alias
check_PROGRAMS += tests/runner/arena
check_PROGRAMS += tests/runner/container
check_PROGRAMS += tests/runner/crew
check_PROGRAMS += tests/runner/flags
check_PROGRAMS += tests/runner/database
check_PROGRAMS += tests/runner/job
check_PROGRAMS += tests/runner/journal
check_PROGRAMS += tests/runner/late
check_PROGRAMS += tests/runner/mask
check_PROGRAMS += tests/runner/order
check_PROGRAMS += tests/runner/outputs
check_PROGRAMS += tests/runner/property
check_PROGRAMS += tests/runner/record
check_PROGRAMS += tests/runner/relay
check_PROGRAMS += tests/runner/run-dir
check_PROGRAMS += tests/runner/schedule
check_PROGRAMS += tests/runner/schedule-model
# It plays the children: its job_*() stand before those of the library.
tests_runner_schedule_model_LDFLAGS = -Wl,-z,muldefs
check_PROGRAMS += tests/runner/schema
check_PROGRAMS += tests/runner/secret
check_PROGRAMS += tests/runner/shell
check_PROGRAMS += tests/runner/shell-run
check_PROGRAMS += tests/runner/step
check_PROGRAMS += tests/runner/summary
check_PROGRAMS += tests/runner/task
check_PROGRAMS += tests/runner/task-expand
check_PROGRAMS += tests/runner/task-graph
check_PROGRAMS += tests/runner/template
check_PROGRAMS += tests/runner/value
check_PROGRAMS += tests/runner/terminal
check_PROGRAMS += tests/runner/variables
check_PROGRAMS += tests/runner/volume
check_PROGRAMS += tests/runner/workspace
check_PROGRAMS += tests/runner/yaml
