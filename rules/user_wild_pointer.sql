-- id: user_wild_pointer
-- title: a user program used a pointer that leads nowhere
-- cause: wild_pointer
-- severity: warning
-- confidence: 0.5
-- advice: The number after its name is the thread's, not the process': the program's own log names the process.
-- advice: Memory freed and used again, an overrun and an uninitialised variable look alike here: run it under AddressSanitizer or valgrind.
-- see: arch/x86/mm/fault.c
-- see: core(5)
SELECT
	CASE WHEN class = 'not_present' THEN 'the fault''s error code says that no page was there'
		WHEN class = 'protection' THEN 'the fault''s error code says that a page is there, and that this is not allowed'
		ELSE 'the CPU''s exception was: ' || trap END || coalesce('; the instruction is ' || instruction, '') || more AS because,
	'user program ' || program || ': ' || did || place || often AS headline,
	next_step AS advice, confidence, finding
FROM user_crash
WHERE dump = :dump AND class IN ('not_present', 'protection', 'kernel', 'non_canonical', 'stack_pointer',
	'misaligned');
