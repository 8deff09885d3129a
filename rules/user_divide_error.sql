-- id: user_divide_error
-- title: a user program divided by zero, or the quotient was too large
-- cause: divide_error
-- severity: warning
-- confidence: 0.8
-- advice: Disassemble the named file at the offset: objdump -d --start-address=OFFSET FILE, or addr2line -fie FILE OFFSET.
-- advice: The number after its name is the thread's, not the process': the program's own log names the process.
SELECT
	program || ' took a divide exception' || place || coalesce(': ' || instruction, '') ||
		iif(others > 0, '; ' || others || ' more crashes of user programs are in the log', '') AS because,
	'user program ' || program || ': ' || rtrim(did || place, ',') || often AS headline,
	confidence, finding
FROM user_crash
WHERE dump = :dump AND trap LIKE 'divide error%';
