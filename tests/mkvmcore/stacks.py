# SPDX-License-Identifier: GPL-2.0-or-later
"""
Stacks out of backtraces as crash(8) prints them: "#N [slot] function at address". The slot of a
frame is where the address lies that its callee returns to; below it, the callee saved RBP.
"""
import struct
from dataclasses import replace

from spec import Frame, Function

PT_REGS = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs rflags rsp "
           "ss").split()
INACTIVE_FRAME = 48     # r15 r14 r13 r12 bx bp, below the return address
CALL_SIZE = 5
PROLOGUE = bytes.fromhex("0f1f440000 55 4889e5")    # room for ftrace; push %rbp; mov %rsp,%rbp
MARGIN = 0x20           # how far a function whose bounds are not given reaches around its calls


def moved(frame, base):
    return replace(frame, slot=frame.slot + base)


def switched_out(spec, frames):
    """The frames of an idle task that another one took the CPU from."""
    place = next(((t.frames[0].function, t.frames[0].address) for t in spec.tasks.values()
                  if t.frames and not t.running), None)
    for name in ("__schedule", "schedule"):
        if not place and name in spec.functions:
            place = name, spec.functions[name].address + MARGIN
    if not place or len(frames) < 3:
        return []
    # Its loop calls the scheduler instead of the two functions that wait.
    return [Frame(frames[2].slot - 0x80, *place)] + frames[2:]


def asleep(spec, text, top, user):
    """The frames of a task that waits for nothing of interest; text: where there is room for its functions."""
    schedule = next((f for t in spec.tasks.values() for f in t.frames[:1] if not t.running), None)
    name, address = (schedule.function, schedule.address) if schedule else ("schedule", text + 0x40)
    frames = [Frame(top - 0x180, name, address), Frame(top - 0x100, "household_waits", text + 0x140)]
    if user:
        frames.append(Frame(top - 0xb0, "household_call", text + 0x240, regs={
            "cs": 0x33, "ss": 0x2b, "rip": 0x7f0000001000, "rsp": 0x7ffd00001000, "rflags": 0x246, "orig_rax": 0x22}))
    else:
        frames.append(Frame(top - 0xb0, "household_thread", text + 0x340))
    return frames


def switch(offset, own_function):
    """mov %rsp,offset(%rdi); mov offset(%rsi),%rsp, behind what a function of its own saves."""
    place = struct.pack("<I", offset)
    saves = bytes.fromhex("55 53 4154 4155 4156 4157") if own_function else b""
    return saves + b"\x48\x89\xa7" + place + b"\x48\x8b\xa6" + place


def is_interrupted(frames, i):
    """The frame that a pt_regs tells of: its address lies in that, not on the stack."""
    regs = frames[i - 1].regs if i else None
    return regs is not None and frames[i].address == regs["rip"]


def saved_sp(task, has_inactive_frame):
    return task.frames[0].slot - (INACTIVE_FRAME if has_inactive_frame else 0)


def frame_pointer(frames, i):
    """RBP in the function of frame i: it points at what that function itself saved."""
    if frames[i].regs:
        return frames[i].regs.get("rbp", 0)
    return frames[i + 1].slot - 8 if i + 1 < len(frames) else 0


def regs_place(task, frame, stack_size):
    """Those of user mode end with the stack, others follow the frame."""
    if frame.regs["cs"] & 3:
        return task.stack + stack_size - 8 * len(PT_REGS)
    return frame.slot + 8


def words(task, orc, stack_size):
    """[(address, bytes)] of a task's stack."""
    frames, result = task.frames, []

    def put(address, *values):
        result.append((address, struct.pack(f"<{len(values)}Q", *values)))
    # First, since a system call of 2.6.32 saves but a part: the rest of its pt_regs is in use.
    for frame in frames:
        if frame.regs:
            put(regs_place(task, frame, stack_size),
                *(frame.regs.get(name, 0) for name in PT_REGS))
    for i, frame in enumerate(frames):
        if i == 0 and not task.running and not orc:
            put(frame.slot, frame_pointer(frames, 0), 0x246)
        elif not is_interrupted(frames, i):
            put(frame.slot - 8, frame_pointer(frames, i), frame.address)
        if i == 0 and not task.running and orc:
            put(frame.slot - INACTIVE_FRAME, 0, 0, 0, 0, 0, frame_pointer(frames, 0))
    return result


def calls(task, functions):
    """A call before each return address, so that code and stack tell the same."""
    result = []
    for i, frame in enumerate(task.frames):
        if i == 0 and task.running or is_interrupted(task.frames, i):
            continue
        # A task that sleeps went away in the scheduler's call of __switch_to().
        callee = task.frames[i - 1].function if i else "__switch_to"
        target = functions[callee].address
        place = frame.address - CALL_SIZE
        result.append((place, b"\xe8" + struct.pack("<i", target - frame.address)))
    return result


def prologues(spec):
    """How C functions begin where frame pointers are used; entry code is known by its pt_regs."""
    entries = {frame.function for task in spec.tasks.values() for frame in task.frames
               if frame.regs}
    return [(f.address, PROLOGUE) for name, f in spec.functions.items() if name not in entries]


def registers(task):
    """What a running task's CPU holds; the first frame is the one it is in."""
    frames = task.frames
    if not task.running or not frames:
        return {}
    return {"rip": frames[0].address, "rsp": frames[0].slot + 8, "rbp": frame_pointer(frames, 0),
            "cs": 0x10, "ss": 0x18, "rflags": 0x46}


def exception(regs, return_address):
    """What a fault in the kernel left below its stack pointer, which the CPU aligns to 16 bytes."""
    values = [return_address] + [regs.get(name, 0) for name in PT_REGS]
    return (regs["rsp"] & -16) - 8 * len(values), struct.pack(f"<{len(values)}Q", *values)


def spans(spec):
    """{where a table entry begins: size of the frame from its stack pointer, "regs" or "end"}."""
    result = {}
    for task in spec.tasks.values():
        frames = task.frames
        for i, frame in enumerate(frames):
            interrupted = is_interrupted(frames, i)
            place = frame.address - (0 if interrupted else CALL_SIZE)
            if frame.regs:
                result[place] = "regs"
            elif i + 1 == len(frames):
                result[place] = "end"
            else:
                result[place] = frames[i + 1].slot - frame.slot + (8 if interrupted else 0)
    return result


def derive_functions(spec):
    """Bounds for the functions that backtraces name and the spec does not place."""
    met = {}
    spec.functions.setdefault("__switch_to", Function(spec.settings["image"][0] + 0x8000, 0x400))
    for task in spec.tasks.values():
        for frame in task.frames:
            met.setdefault((frame.function, frame.module), []).append(frame.address)
            name, offset, module = (frame.regs or {}).get("at", ("", 0, ""))
            if name and name not in spec.functions:
                start = frame.regs["rip"] - offset
                spec.functions[name] = Function(start, offset + MARGIN, module)
    for (name, module), addresses in met.items():
        if name not in spec.functions:
            start = min(addresses) - MARGIN & -16
            spec.functions[name] = Function(start, max(addresses) + MARGIN - start, module)
