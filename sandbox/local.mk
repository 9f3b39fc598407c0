# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libsandbox.a
libsandbox_a_CFLAGS = $(AM_CFLAGS)
libsandbox_a_SOURCES = \
	sandbox/account.c \
	sandbox/account.h \
	sandbox/attach.c \
	sandbox/attach.h \
	sandbox/binfmt.c \
	sandbox/binfmt.h \
	sandbox/capability.c \
	sandbox/capability.h \
	sandbox/caps.c \
	sandbox/caps.h \
	sandbox/carry.c \
	sandbox/carry.h \
	sandbox/census.c \
	sandbox/census.h \
	sandbox/cgroup-place.c \
	sandbox/cgroup-place.h \
	sandbox/cgroup.c \
	sandbox/cgroup.h \
	sandbox/cmd-doctor.c \
	sandbox/cmd-unshare.c \
	sandbox/commands.h \
	sandbox/cwd.c \
	sandbox/cwd.h \
	sandbox/dev.c \
	sandbox/dev.h \
	sandbox/egress.c \
	sandbox/egress.h \
	sandbox/emulate-create.c \
	sandbox/emulate-creds.c \
	sandbox/emulate-exec.c \
	sandbox/emulate-i386.c \
	sandbox/emulate-name.c \
	sandbox/emulate-owner.c \
	sandbox/emulate-place.c \
	sandbox/emulate-record.c \
	sandbox/emulate-socket.c \
	sandbox/emulate-stat.c \
	sandbox/emulate-state.h \
	sandbox/emulate-tracee.c \
	sandbox/emulate-xattr.c \
	sandbox/emulate.c \
	sandbox/emulate.h \
	sandbox/enter.c \
	sandbox/enter.h \
	sandbox/executable.c \
	sandbox/executable.h \
	sandbox/explain.c \
	sandbox/explain.h \
	sandbox/foreign.c \
	sandbox/foreign.h \
	sandbox/hub.c \
	sandbox/hub.h \
	sandbox/idmap.c \
	sandbox/idmap.h \
	sandbox/init.c \
	sandbox/init.h \
	sandbox/launch.c \
	sandbox/launch.h \
	sandbox/limit.c \
	sandbox/limit.h \
	sandbox/machine-try.c \
	sandbox/machine.c \
	sandbox/machine.h \
	sandbox/mask.c \
	sandbox/mask.h \
	sandbox/merge.c \
	sandbox/merge.h \
	sandbox/mounts.c \
	sandbox/mounts.h \
	sandbox/names.c \
	sandbox/names.h \
	sandbox/netlink.c \
	sandbox/netlink.h \
	sandbox/network.c \
	sandbox/network.h \
	sandbox/overlay.c \
	sandbox/overlay.h \
	sandbox/points.c \
	sandbox/points.h \
	sandbox/probe-host.c \
	sandbox/probe-host.h \
	sandbox/probe-inside.c \
	sandbox/probe-inside.h \
	sandbox/probe-outside.c \
	sandbox/probe-outside.h \
	sandbox/probe.c \
	sandbox/probe.h \
	sandbox/program.c \
	sandbox/program.h \
	sandbox/report.c \
	sandbox/report.h \
	sandbox/resource-flags.c \
	sandbox/resource-flags.h \
	sandbox/resources.c \
	sandbox/resources.h \
	sandbox/rewrite-call.c \
	sandbox/rewrite-call.h \
	sandbox/rewrite-regs.c \
	sandbox/rewrite-regs.h \
	sandbox/rewrite.c \
	sandbox/rewrite.h \
	sandbox/rootfs-points.c \
	sandbox/rootfs-points.h \
	sandbox/rootfs.c \
	sandbox/rootfs.h \
	sandbox/seccomp.c \
	sandbox/seccomp.h \
	sandbox/setup.h \
	sandbox/spec.h \
	sandbox/subid.c \
	sandbox/subid.h \
	sandbox/tree.c \
	sandbox/tree.h \
	sandbox/userns.c \
	sandbox/userns.h
nodist_libsandbox_a_SOURCES = sandbox/filter-data.h

# The system call filter: written by a program that runs while building.
noinst_PROGRAMS += sandbox/mkfilter
sandbox_mkfilter_SOURCES = sandbox/mkfilter.c
sandbox_mkfilter_CFLAGS = $(AM_CFLAGS) $(SECCOMP_CFLAGS)
sandbox_mkfilter_LDADD = $(SECCOMP_LIBS)
sandbox/filter-data.h: sandbox/mkfilter$(EXEEXT)
	$(AM_V_GEN)./sandbox/mkfilter$(EXEEXT) >$@.tmp && mv $@.tmp $@
sandbox/libsandbox_a-seccomp.$(OBJEXT): sandbox/filter-data.h
BUILT_SOURCES += sandbox/filter-data.h
CLEANFILES += sandbox/filter-data.h

check_PROGRAMS += tests/sandbox/account
check_PROGRAMS += tests/sandbox/attach
check_PROGRAMS += tests/sandbox/capability
check_PROGRAMS += tests/sandbox/caps
check_PROGRAMS += tests/sandbox/carry
check_PROGRAMS += tests/sandbox/census
check_PROGRAMS += tests/sandbox/cgroup
check_PROGRAMS += tests/sandbox/cwd
check_PROGRAMS += tests/sandbox/egress
check_PROGRAMS += tests/sandbox/emulate
check_PROGRAMS += tests/sandbox/executable
check_PROGRAMS += tests/sandbox/explain
check_PROGRAMS += tests/sandbox/foreign
check_PROGRAMS += tests/sandbox/hub
check_PROGRAMS += tests/sandbox/idmap
check_PROGRAMS += tests/sandbox/launch
check_PROGRAMS += tests/sandbox/limit
check_PROGRAMS += tests/sandbox/machine
check_PROGRAMS += tests/sandbox/merge
check_PROGRAMS += tests/sandbox/mounts
check_PROGRAMS += tests/sandbox/names
check_PROGRAMS += tests/sandbox/network
check_PROGRAMS += tests/sandbox/overlay
check_PROGRAMS += tests/sandbox/probe
check_PROGRAMS += tests/sandbox/probe-host
check_PROGRAMS += tests/sandbox/report
check_PROGRAMS += tests/sandbox/resource-flags
check_PROGRAMS += tests/sandbox/resources
check_PROGRAMS += tests/sandbox/rootfs
check_PROGRAMS += tests/sandbox/rootfs-points
check_PROGRAMS += tests/sandbox/seccomp
check_PROGRAMS += tests/sandbox/subid
check_PROGRAMS += tests/sandbox/userns
tests_sandbox_egress_SOURCES = tests/sandbox/egress.c tests/sandbox/inside.h
tests_sandbox_attach_SOURCES = tests/sandbox/attach.c tests/sandbox/inside.h
tests_sandbox_emulate_SOURCES = tests/sandbox/emulate.c tests/sandbox/inside.h
tests_sandbox_foreign_SOURCES = tests/sandbox/foreign.c tests/sandbox/inside.h
tests_sandbox_names_SOURCES = tests/sandbox/names.c tests/sandbox/inside.h
tests_sandbox_launch_SOURCES = tests/sandbox/launch.c tests/sandbox/inside.h
tests_sandbox_machine_SOURCES = tests/sandbox/machine.c tests/sandbox/inside.h
tests_sandbox_caps_SOURCES = tests/sandbox/caps.c tests/sandbox/inside.h
tests_sandbox_overlay_SOURCES = tests/sandbox/overlay.c tests/sandbox/inside.h
tests_sandbox_rootfs_SOURCES = tests/sandbox/rootfs.c tests/sandbox/inside.h

EXTRA_DIST += contrib/apparmor/slipway tests/sandbox/prove

# Not a test: `make tests/bench/launch`.
EXTRA_PROGRAMS = tests/bench/launch
