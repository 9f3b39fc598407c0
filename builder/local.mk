# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libbuilder.a
libbuilder_a_CFLAGS = $(AM_CFLAGS)
libbuilder_a_SOURCES = \
	builder/annotation.c \
	builder/annotation.h \
	builder/agent.c \
	builder/agent.h \
	builder/archive.c \
	builder/archive.h \
	builder/args.c \
	builder/args.h \
	builder/attest.c \
	builder/attest.h \
	builder/blame.c \
	builder/blame.h \
	builder/build-answer.c \
	builder/build-commit.c \
	builder/build-context.c \
	builder/build-context.h \
	builder/build-epoch.c \
	builder/build-images.c \
	builder/build-part.h \
	builder/build-provenance.c \
	builder/build-read.c \
	builder/build-site.c \
	builder/build.c \
	builder/build.h \
	builder/cache-mount.c \
	builder/cache-mount.h \
	builder/cache-image.c \
	builder/cache-image.h \
	builder/cache-spec.c \
	builder/cache-spec.h \
	builder/cache.c \
	builder/cache.h \
	builder/call.c \
	builder/call.h \
	builder/cdi.c \
	builder/cdi.h \
	builder/chmod.c \
	builder/chmod.h \
	builder/cmd-build.c \
	builder/cmd-lock.c \
	builder/cmd-scan.c \
	builder/commands.h \
	builder/cloned.c \
	builder/cloned.h \
	builder/content.c \
	builder/content.h \
	builder/context-artifact.c \
	builder/context-artifact.h \
	builder/context-git.c \
	builder/context-open.c \
	builder/context-open.h \
	builder/context.c \
	builder/context.h \
	builder/copy-job.h \
	builder/copy-key.c \
	builder/copy-perform.c \
	builder/copy-place.c \
	builder/copy-select.c \
	builder/copy.c \
	builder/copy.h \
	builder/dockerfile-read.c \
	builder/dockerfile-read.h \
	builder/dockerfile-syntax.c \
	builder/dockerfile.c \
	builder/dockerfile.h \
	builder/editions.c \
	builder/editions.h \
	builder/entitlement.c \
	builder/entitlement.h \
	builder/entry.c \
	builder/entry.h \
	builder/explain.c \
	builder/explain.h \
	builder/expand-substitute.c \
	builder/expand-substitute.h \
	builder/expand.c \
	builder/expand.h \
	builder/export.c \
	builder/export.h \
	builder/failure-shell.c \
	builder/failure-shell.h \
	builder/fetched.c \
	builder/fetched.h \
	builder/filehash-record.c \
	builder/filehash-record.h \
	builder/filehash.c \
	builder/filehash.h \
	builder/git-child.c \
	builder/git-child.h \
	builder/git-config.c \
	builder/git-config.h \
	builder/git-dir.c \
	builder/git-env.c \
	builder/git-env.h \
	builder/git-export.c \
	builder/git-lock.c \
	builder/git-lock.h \
	builder/git-query.c \
	builder/git-query.h \
	builder/git-ref.c \
	builder/git-remote.c \
	builder/git-remote.h \
	builder/git-repo.c \
	builder/git-repo.h \
	builder/git-resolve.c \
	builder/git-tree.c \
	builder/git-tree.h \
	builder/git-url.c \
	builder/git-url.h \
	builder/git.c \
	builder/git.h \
	builder/healthcheck.c \
	builder/healthcheck.h \
	builder/heredoc.c \
	builder/heredoc.h \
	builder/history.c \
	builder/history.h \
	builder/host-mount.c \
	builder/host-mount.h \
	builder/http-auth.c \
	builder/http-auth.h \
	builder/ignore-pattern.c \
	builder/ignore-pattern.h \
	builder/ignore.c \
	builder/ignore.h \
	builder/ignored-flags.h \
	builder/image-flags.c \
	builder/image-flags.h \
	builder/images.c \
	builder/images.h \
	builder/instr-args.c \
	builder/instr-flag.c \
	builder/instr-read.h \
	builder/instr.c \
	builder/instr.h \
	builder/key.c \
	builder/key.h \
	builder/lexer-directive.c \
	builder/lexer-error.c \
	builder/lexer.c \
	builder/lexer.h \
	builder/layout.c \
	builder/layout.h \
	builder/lint-command.c \
	builder/lint-copy.c \
	builder/lint-form.c \
	builder/lint-rule.h \
	builder/lint-settings.c \
	builder/lint-settings.h \
	builder/lint-show.c \
	builder/lint-show.h \
	builder/lint-stage.c \
	builder/lint-variable.c \
	builder/lint.c \
	builder/lint.h \
	builder/lock.c \
	builder/lock.h \
	builder/meta.c \
	builder/meta.h \
	builder/named-context.c \
	builder/named-context.h \
	builder/named-open.c \
	builder/names.c \
	builder/names.h \
	builder/origin.c \
	builder/origin.h \
	builder/outline.c \
	builder/outline.h \
	builder/output-file.c \
	builder/output-flags.c \
	builder/output-flags.h \
	builder/output-attest.c \
	builder/output-index.c \
	builder/output-part.h \
	builder/output-report.c \
	builder/output-spec.c \
	builder/output-spec.h \
	builder/output.c \
	builder/output.h \
	builder/owner.h \
	builder/pattern.c \
	builder/pattern.h \
	builder/pinning-recall.c \
	builder/pinning-recall.h \
	builder/pinning.c \
	builder/pinning.h \
	builder/place.c \
	builder/place.h \
	builder/plan-query.c \
	builder/plan-source.c \
	builder/plan-words.h \
	builder/plan.c \
	builder/plan.h \
	builder/port.c \
	builder/port.h \
	builder/recipe.c \
	builder/recipe.h \
	builder/resolve.c \
	builder/resolve.h \
	builder/registry-flags.c \
	builder/registry-flags.h \
	builder/run-flags.c \
	builder/run-flags.h \
	builder/run-log.c \
	builder/run-log.h \
	builder/run-mount-field.c \
	builder/run-mount-field.h \
	builder/run-mount.c \
	builder/run-mount.h \
	builder/run-mounts-open.c \
	builder/run-mounts.c \
	builder/run-mounts.h \
	builder/scan.c \
	builder/scan.h \
	builder/secret.c \
	builder/secret.h \
	builder/select-parents.c \
	builder/select.c \
	builder/select.h \
	builder/signal-name.c \
	builder/signal-name.h \
	builder/site.h \
	builder/source-flags.c \
	builder/source-flags.h \
	builder/squash.c \
	builder/squash.h \
	builder/stack.c \
	builder/stack.h \
	builder/stage.c \
	builder/stage.h \
	builder/stages.c \
	builder/stages.h \
	builder/state.c \
	builder/state.h \
	builder/step-copy.c \
	builder/step-run.c \
	builder/step-workdir.c \
	builder/step.c \
	builder/step.h \
	builder/target-tar.c \
	builder/target-tree.c \
	builder/target.c \
	builder/target.h \
	builder/utf8.c \
	builder/utf8.h \
	builder/view.c \
	builder/view.h \
	builder/walk-verdict.c \
	builder/walk-verdict.h \
	builder/walk.c \
	builder/walk.h \
	builder/windows.c \
	builder/windows.h \
	builder/words.c \
	builder/words.h \
	builder/work-flags.c \
	builder/work-flags.h \
	builder/worker.c \
	builder/worker.h \
	builder/xattr.c \
	builder/xattr.h
check_PROGRAMS += tests/builder/annotation
check_PROGRAMS += tests/builder/args
check_PROGRAMS += tests/builder/attest
check_PROGRAMS += tests/builder/blame
check_PROGRAMS += tests/builder/build
check_PROGRAMS += tests/builder/cache
check_PROGRAMS += tests/builder/cache-image
check_PROGRAMS += tests/builder/cache-spec
check_PROGRAMS += tests/builder/cdi
check_PROGRAMS += tests/builder/chmod
check_PROGRAMS += tests/builder/context
check_PROGRAMS += tests/builder/context-open
check_PROGRAMS += tests/builder/copy
check_PROGRAMS += tests/builder/dockerfile
check_PROGRAMS += tests/builder/dockerfile-read
check_PROGRAMS += tests/builder/editions
check_PROGRAMS += tests/builder/entry
check_PROGRAMS += tests/builder/expand
check_PROGRAMS += tests/builder/explain
check_PROGRAMS += tests/builder/export
check_PROGRAMS += tests/builder/fetched
check_PROGRAMS += tests/builder/filehash
check_PROGRAMS += tests/builder/git-tree
check_PROGRAMS += tests/builder/git-url
check_PROGRAMS += tests/builder/healthcheck
check_PROGRAMS += tests/builder/history
check_PROGRAMS += tests/builder/host-mount
check_PROGRAMS += tests/builder/http-auth
check_PROGRAMS += tests/builder/ignore
check_PROGRAMS += tests/builder/images
check_PROGRAMS += tests/builder/key
check_PROGRAMS += tests/builder/lexer
check_PROGRAMS += tests/builder/lint
check_PROGRAMS += tests/builder/lint-settings
check_PROGRAMS += tests/builder/lock
check_PROGRAMS += tests/builder/meta
check_PROGRAMS += tests/builder/names
check_PROGRAMS += tests/builder/origin
check_PROGRAMS += tests/builder/output
check_PROGRAMS += tests/builder/output-spec
check_PROGRAMS += tests/builder/pattern
check_PROGRAMS += tests/builder/place
check_PROGRAMS += tests/builder/plan
check_PROGRAMS += tests/builder/port
check_PROGRAMS += tests/builder/recipe
check_PROGRAMS += tests/builder/registry-flags
check_PROGRAMS += tests/builder/run-log
check_PROGRAMS += tests/builder/run-mount
check_PROGRAMS += tests/builder/secret
check_PROGRAMS += tests/builder/signal-name
check_PROGRAMS += tests/builder/stack
check_PROGRAMS += tests/builder/stage
check_PROGRAMS += tests/builder/stages
check_PROGRAMS += tests/builder/state
check_PROGRAMS += tests/builder/step
check_PROGRAMS += tests/builder/target
check_PROGRAMS += tests/builder/utf8
check_PROGRAMS += tests/builder/view
check_PROGRAMS += tests/builder/windows
check_PROGRAMS += tests/builder/words
check_PROGRAMS += tests/builder/worker
check_PROGRAMS += tests/builder/xattr
tests_builder_cache_image_SOURCES = tests/builder/cache-image.c \
	tests/builder/layers.h
tests_builder_export_SOURCES = tests/builder/export.c tests/builder/layers.h
tests_builder_stack_SOURCES = tests/builder/stack.c tests/builder/layers.h
tests_builder_stage_SOURCES = tests/builder/stage.c tests/builder/layers.h \
	tests/builder/site.h
tests_builder_windows_SOURCES = tests/builder/windows.c tests/builder/layers.h
