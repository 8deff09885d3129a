-- id: user_segfault
-- title: a user program used a NULL pointer; the kernel itself did not crash
-- cause: null_dereference
-- severity: warning
-- confidence: 0.7
-- advice: Disassemble the named file at the offset: objdump -d --start-address=OFFSET FILE, or addr2line -fie FILE OFFSET.
-- advice: The number after its name is the thread's, not the process': the program's own log names the process.
SELECT
	iif(access = 'execute', program || ' ran on at ' || address || ': it called a function whose address is NULL',
		program || ' accessed ' || address || ', next to NULL,' || place) ||
		coalesce(': ' || instruction, '') ||
		iif(others > 0, '; ' || others || ' more crashes of user programs are in the log', '') AS because,
	'user program ' || program || ': ' || rtrim(did || place, ',') || often AS headline,
	confidence, finding
FROM user_crash
WHERE dump = :dump AND class = 'null_offset';
