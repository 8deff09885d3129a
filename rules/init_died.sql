-- id: init_died
-- title: init exited or was killed
-- cause: unknown
-- severity: critical
-- confidence: 0.6
-- advice: See its own logs, and the root file system: a library or a disk that is gone ends init as well.
-- see: kernel/exit.c
-- see: Documentation/admin-guide/init.rst
SELECT
	'init, without which no system runs, has ended' || coalesce(': ' || reason, '') ||
		coalesce('; the log says: ' || s.headline, '') AS because,
	CASE WHEN code IS NULL OR ended = 0 AND reason NOT LIKE '%exitcode=0x0000__00%' THEN coalesce(reason, 'init died')
		WHEN ended = 0 THEN 'init ended by itself, exit status ' || ((instr('0123456789abcdef', substr(code, 5, 1)) - 1) * 16 +
			instr('0123456789abcdef', substr(code, 6, 1)) - 1)
		ELSE 'init was killed by ' || CASE ended WHEN 4 THEN 'SIGILL' WHEN 5 THEN 'SIGTRAP' WHEN 6 THEN 'SIGABRT'
			WHEN 7 THEN 'SIGBUS' WHEN 8 THEN 'SIGFPE' WHEN 9 THEN 'SIGKILL' WHEN 11 THEN 'SIGSEGV'
			WHEN 15 THEN 'SIGTERM' WHEN 31 THEN 'SIGSYS' ELSE 'signal ' || ended END ||
			coalesce(': ' || coalesce(s.access, 'access') || ' of 0x' || coalesce(nullif(ltrim(substr(s.address, 3), '0'), ''), '0') ||
				coalesce(' at ' || s.object || '+' || printf('0x%x', s."offset"), ''), '') END ||
		coalesce(', ' || c.comm || '/' || c.pid, '') AS headline,
	c.confidence, c.finding, s.finding AS finding2
FROM (SELECT *, (instr('0123456789abcdef', substr(code, 7, 1)) - 1) % 8 * 16 +
		instr('0123456789abcdef', substr(code, 8, 1)) - 1 AS ended
	-- wait()'s status: a signal in the lowest seven bits, what exit() was given above
	FROM (SELECT *, iif(reason LIKE '%exitcode=0x________%', substr(reason, instr(reason, 'exitcode=0x') + 11, 8), NULL)
		AS code FROM crash WHERE dump = :dump)) c
	LEFT JOIN (SELECT f.headline, g.* FROM segfault g JOIN finding f ON f.dump = g.dump AND f.number = g.finding
		WHERE g.dump = :dump AND g.pid = 1 ORDER BY g.finding DESC LIMIT 1) s ON ended > 0
WHERE kind = 'init_died';
