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
	a.headline AS because,
	'CPU' || coalesce(' ' || c.cpu, '') || ' loops until ' || a.name || ' changes, in ' || a.function || c.task AS headline,
	min(c.confidence, a.confidence) AS confidence, a.finding, c.finding AS finding2
FROM awaited a JOIN crash c ON c.dump = a.dump
WHERE a.dump = :dump
	-- who spins for a lock, or for another CPU's answer, is told better by whom that is
	AND NOT EXISTS (SELECT 1 FROM lock l WHERE l.dump = :dump AND l.code = 'lock.spinlock')
	AND NOT EXISTS (SELECT 1 FROM silent_cpu s WHERE s.dump = :dump AND s.cpu <> c.cpu);
