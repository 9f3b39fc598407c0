#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# masked.sh COMMAND...: run it where /proc and /sys look as in a container of
# podman or Docker: parts covered, others read-only. For the root of a mount
# namespace of one's own.
set -e

# Wherever one is mounted: one that shows everything would do for the kernel.
procs=$(sed -n 's/^[^ ]* [^ ]* [^ ]* \/ \([^ ]*\) .* - proc .*/\1/p' \
	/proc/self/mountinfo)
for proc in $procs; do
	for part in acpi scsi; do
		[ ! -d "$proc/$part" ] ||
			mount -t tmpfs -o ro none "$proc/$part"
	done
	for part in keys kcore latency_stats timer_list sched_debug; do
		[ ! -e "$proc/$part" ] || mount --bind /dev/null "$proc/$part"
	done
	for part in bus fs irq sys; do
		mount --rbind "$proc/$part" "$proc/$part"
		mount -o remount,bind,ro "$proc/$part"
	done
done
mount -t tmpfs -o ro none /sys/firmware
exec "$@"
