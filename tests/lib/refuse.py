#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""refuse ERRNO[:CALL] PROGRAM [ARG...]: run it under a seccomp filter that
answers unshare(2), or CALL ("overlay": a mount of one), with that error, as
the profiles of container runtimes and security modules do."""
import ctypes
import os
import platform
import struct
import sys

CALLS = {
    "overlay": {"x86_64": 165, "aarch64": 40},
    "unshare": {"x86_64": 272, "aarch64": 97},
    "mount_setattr": {"x86_64": 442, "aarch64": 442},
    "process_vm_readv": {"x86_64": 310, "aarch64": 270},
    "ptrace": {"x86_64": 101, "aarch64": 117},
}
# Of mount(2) for an overlay only: flags are MS_NODEV, or MS_RDONLY as well.
FLAGS, WANTED = 16 + 3 * 8, (4, 5)
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ERRNO, ALLOW = 0x00050000, 0x7FFF0000
NO_NEW_PRIVS, SET_SECCOMP, FILTER = 38, 22, 2


def statement(code, value, yes=0, no=0):
    return struct.pack("HBBI", code, yes, no, value)


class Program(ctypes.Structure):
    _fields_ = [("count", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def main():
    code, _, name = sys.argv[1].partition(":")
    answer = ERRNO | int(code)
    number = CALLS[name or "unshare"][platform.machine()]
    program = [statement(LOAD, 0), statement(EQUAL, number, 1, 0),
               statement(RETURN, ALLOW)]
    if name == "overlay":
        program += [statement(LOAD, FLAGS), statement(EQUAL, WANTED[0], 2, 0),
                    statement(EQUAL, WANTED[1], 1, 0),
                    statement(RETURN, ALLOW)]
    program.append(statement(RETURN, answer))
    kept = ctypes.create_string_buffer(b"".join(program))
    program = Program(len(program), ctypes.cast(kept, ctypes.c_void_p))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(
            SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0):
        sys.exit(os.strerror(ctypes.get_errno()))
    os.execvp(sys.argv[2], sys.argv[2:])


main()
