-- id: user_divide_error
-- title: a user program divided by zero, or the quotient was too large
-- cause: divide_error
-- severity: warning
-- confidence: 0.8
-- advice: The number after its name is the thread's, not the process': the program's own log names the process.
-- see: arch/x86/kernel/traps.c
-- see: core(5)
SELECT
	program || ' took a divide exception' || place || coalesce(': ' || instruction, '') ||
		more AS because,
	'user program ' || program || ': ' || did || place || often AS headline,
	next_step AS advice, confidence, finding
FROM user_crash
WHERE dump = :dump AND trap LIKE 'divide error%';
