#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What drgn is asked for in the benchmarks: the stacks of all tasks. stacks.py VMCORE VMLINUX"""
import sys

import drgn
from drgn.helpers.linux.pid import for_each_task

program = drgn.Program()
program.set_core_dump(sys.argv[1])
program.load_debug_info([sys.argv[2]])
frames = 0
for task in for_each_task(program):
    try:
        frames += len(list(program.stack_trace(task)))
    except (ValueError, drgn.FaultError, LookupError):
        pass
print(frames, "frames")
