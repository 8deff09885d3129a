-- id: user_assertion
-- title: a user program stopped itself by a trap instruction
-- cause: assertion
-- severity: warning
-- confidence: 0.6
-- advice: The number after its name is the thread's, not the process': the program's own log names the process.
-- see: arch/x86/kernel/traps.c
-- see: core(5)
SELECT
	program || ' ran ' || coalesce(instruction, 'int3') || place ||
		': a check of its own that failed, or code that cannot be reached' ||
		more AS because,
	'user program ' || program || ': ' || did || place || often AS headline,
	next_step AS advice, confidence, finding
FROM user_crash
WHERE dump = :dump AND (trap LIKE 'int3%' OR trap LIKE 'invalid opcode%' AND instruction LIKE 'ud%');
