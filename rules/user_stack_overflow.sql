-- id: user_stack_overflow
-- title: a user program's stack overflowed
-- cause: stack_overflow
-- severity: warning
-- confidence: 0.7
-- advice: Look for recursion without end, or large arrays on the stack; ulimit -s and the thread's stack size are the bound.
-- advice: The number after its name is the thread's, not the process': the program's own log names the process.
-- see: arch/x86/mm/fault.c
-- see: getrlimit(2)
SELECT
	program || ' wrote to ' || address || ', at or right below its stack pointer, where no page is' ||
		coalesce(': ' || instruction, '') ||
		more AS because,
	'user program ' || program || ': ' || did || place || often AS headline,
	next_step AS advice, confidence, finding
FROM user_crash
WHERE dump = :dump AND class = 'stack_overflow';
