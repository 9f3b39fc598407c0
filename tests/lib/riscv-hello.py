#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""riscv-hello FILE: write a riscv64 program that prints "riscv64" and ends;
Debian 12 has none."""
import os
import struct
import sys

TEXT = b"riscv64\n"
CODE = [
    0x00100513,  # li a0, 1
    0x00000597,  # auipc a1, 0
    0x02058593,  # addi a1, a1, 32: the text
    0x00800613,  # li a2, 8
    0x04000893,  # li a7, 64: write
    0x00000073,  # ecall
    0x00000513,  # li a0, 0
    0x05D00893,  # li a7, 93: exit
    0x00000073,  # ecall
]
BASE, HEAD = 0x10000, 64 + 56

code = b"".join(struct.pack("<I", c) for c in CODE) + TEXT
head = b"\177ELF\2\1\1" + bytes(9) + struct.pack(
    "<HHIQQQIHHHHHH", 2, 243, 1, BASE + HEAD, 64, 0, 0, 64, 56, 1, 0, 0, 0)
segment = struct.pack("<IIQQQQQQ", 1, 5, 0, BASE, BASE, HEAD + len(code),
                      HEAD + len(code), 4096)
with open(sys.argv[1], "wb") as f:
    f.write(head + segment + code)
os.chmod(sys.argv[1], 0o755)
