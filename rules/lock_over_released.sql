-- id: lock_over_released
-- title: a lock was given back more often than taken, and nobody gets it any more
-- cause: hang
-- severity: critical
-- confidence: 0.9
-- advice: Look for a way through the code that gives the lock back twice, or without having taken it: an error path, most often. Who did it is not recorded.
-- see: Documentation/locking/mutex-design.rst
-- see: kernel/locking/rwsem.c
SELECT
	'by its count fewer than no readers hold it: it waits for them to leave, and nobody is inside' AS because,
	coalesce(l.name, l.kind || ' ' || l.address) || ' was ' || substr(l.state, 1, instr(l.state || ';', ';') - 1) || '; ' || l.waiters ||
		iif(l.waiters = 1, ' task waits', ' tasks wait') || ' for it' AS headline,
	l.confidence, l.finding
FROM lock l
WHERE l.dump = :dump AND l.state LIKE 'released %'
	AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump AND c.kind IN ('hung_task', 'sysrq', 'nmi', 'unknown'))
ORDER BY l.waiters DESC LIMIT 1;
