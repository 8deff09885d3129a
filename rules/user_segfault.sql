-- id: user_segfault
-- title: a user program used a NULL pointer; the kernel itself did not crash
-- cause: null_dereference
-- severity: warning
-- confidence: 0.7
-- advice: The number after its name is the thread's, not the process': the program's own log names the process.
-- see: arch/x86/mm/fault.c
-- see: core(5)
SELECT
	iif(access = 'execute', program || ' ran on at ' || address || ': it called a function whose address is NULL',
		program || ' accessed ' || address || ', next to NULL,' || place) ||
		coalesce(': ' || instruction, '') ||
		more AS because,
	'user program ' || program || ': ' || did || place || often AS headline,
	next_step AS advice, confidence, finding
FROM user_crash
WHERE dump = :dump AND class = 'null_offset';
