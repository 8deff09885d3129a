-- id: awaited
-- title: a CPU waits in a loop for a word of memory that does not change
-- cause: lockup
-- severity: critical
-- confidence: 0.88
-- see: Documentation/locking/seqlock.rst
-- see: include/linux/seqlock.h
-- see: kernel/watchdog.c
SELECT
	'Look for who is to change ' || a.name || ': whether it can still run, for a CPU that waits like this lets nothing else on, and whether it came before.'
		AS advice,
	a.headline || coalesce('; the log says that ' || d.who || ' had died before in ' || d.symbol || '()', '') AS because,
	coalesce('after the oops of ' || d.who || ' in ' || d.symbol || '(): ', '') || 'CPU' || coalesce(' ' || c.cpu, '') || ' loops until ' || a.name || ' changes' ||
		iif(d.who IS NULL, ', in ' || a.function || c.task, '') AS headline,
	min(c.confidence, a.confidence) AS confidence, a.finding, c.finding AS finding2
FROM awaited a JOIN crash c ON c.dump = a.dump
	-- who was to change it may be the one that died: of the same module
	LEFT JOIN (SELECT dump, symbol, module, comm || '/' || pid AS who, min(first_line) FROM report
		WHERE dump = :dump AND outcome = 'oops') d ON d.dump = a.dump AND instr(a.name, '[' || d.module || ']')
WHERE a.dump = :dump
	-- who spins for a lock, or for another CPU's answer, is told better by whom that is
	AND NOT EXISTS (SELECT 1 FROM lock l WHERE l.dump = :dump AND l.code = 'lock.spinlock')
	AND NOT EXISTS (SELECT 1 FROM silent_cpu s WHERE s.dump = :dump AND s.cpu <> c.cpu);
