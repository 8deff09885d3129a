-- id: user_segfault
-- title: a user program crashed; the kernel itself did not
-- cause: null_dereference
-- severity: warning
-- confidence: 0.7
-- advice: Disassemble the named file at the offset: objdump -d --start-address=OFFSET FILE, or addr2line -fie FILE OFFSET.
-- advice: The number after its name is the thread's, not the process': the program's own log names the process.
SELECT
	comm || '/' || pid || ' accessed ' || address || ', next to NULL, at ' ||
		coalesce(object || '+' || printf('0x%x', "offset"), ip) AS because,
	'user program ' || comm || '/' || pid || ': NULL pointer ' || access || ' in ' ||
		coalesce(object || '+' || printf('0x%x', "offset"), ip) AS headline,
	finding
FROM segfault s
WHERE dump = :dump AND class = 'null_offset'
	AND NOT EXISTS (SELECT 1 FROM crash c WHERE c.dump = s.dump AND c.kind <> 'unknown');
