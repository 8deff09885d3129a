-- id: int3
-- title: a breakpoint instruction that nobody answers for
-- cause: unknown
-- severity: critical
-- confidence: 0.6
-- advice: kprobes, ftrace and static keys put int3 into the kernel's code while they patch it: look for a probe that was removed, or patching that was cut off.
-- advice: Compare the byte before the address with the kernel's file: where it is int3 (cc) in the file too, code ran into padding or was never meant to be reached.
-- see: arch/x86/kernel/traps.c
-- see: arch/x86/kernel/alternative.c
-- see: Documentation/trace/kprobes.rst
SELECT
	'the CPU ran an int3, one byte before ' || coalesce(symbol || '+' || printf('0x%x', "offset"), 'the address') ||
		', and no debugger, probe or static key knew of it' AS because,
	'breakpoint (int3) in the kernel''s code' || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'int3';
