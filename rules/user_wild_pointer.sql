-- id: user_wild_pointer
-- title: a user program used a pointer that leads nowhere
-- cause: wild_pointer
-- severity: warning
-- confidence: 0.5
-- advice: The number after its name is the thread's, not the process': the program's own log names the process.
-- advice: Memory freed and used again, an overrun and an uninitialised variable look alike here: run it under AddressSanitizer or valgrind.
SELECT
	program || ': ' || rtrim(did || place, ',') || coalesce(', by ' || instruction, '') ||
		more AS because,
	'user program ' || program || ': ' || rtrim(did || place, ',') || often AS headline,
	next_step AS advice, confidence, finding
FROM user_crash
WHERE dump = :dump AND class IN ('not_present', 'protection', 'kernel', 'non_canonical', 'stack_pointer',
	'misaligned');
