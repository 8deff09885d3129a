-- id: user_trap
-- title: a user program crashed; the kernel itself did not
-- cause: unknown
-- severity: warning
-- confidence: 0.4
-- advice: The number after its name is the thread's, not the process': the program's own log names the process.
-- see: arch/x86/kernel/traps.c
-- see: core(5)
SELECT
	'the CPU''s exception was: ' || trap || coalesce(' at ' || instruction, '') || more AS because,
	'user program ' || program || ': ' || did || place || often AS headline,
	next_step AS advice, confidence, finding
FROM user_crash
WHERE dump = :dump AND NOT (trap LIKE 'divide error%' OR trap LIKE 'int3%'
	OR coalesce(trap LIKE 'invalid opcode%' AND instruction LIKE 'ud%', 0)
	OR coalesce(class IN ('null_offset', 'stack_overflow', 'not_present', 'protection', 'kernel',
		'non_canonical', 'stack_pointer', 'misaligned'), 0));
