-- id: lock_over_released
-- title: a lock was given back more often than taken, or not as it was taken, and nobody gets it any more
-- cause: hang
-- severity: critical
-- confidence: 0.9
-- advice: Who did it is not recorded.
-- see: Documentation/locking/mutex-design.rst
-- see: kernel/locking/rwsem.c
SELECT
	iif(l.state LIKE 'released %', 'Look for a way through the code that gives the lock back twice, or without having taken it: an error path, most often.',
		'Look for up_write() or downgrade_write() by who took the lock with down_read(), or did not take it at all.') AS advice,
	iif(l.state LIKE 'released %', 'by its count fewer than no readers hold it: it waits for them to leave, and nobody is inside',
		'its count has bits set that neither a writer nor readers set: who is not inside will not leave') AS because,
	coalesce(l.name, l.kind || ' ' || l.address) || iif(l.state LIKE 'released %', ' was ', ' is ') || substr(l.state, 1, instr(l.state || ';', ';') - 1) || '; ' || l.waiters ||
		iif(l.waiters = 1, ' task waits', ' tasks wait') || ' for it' AS headline,
	l.confidence, l.finding
FROM lock l
WHERE l.dump = :dump AND (l.state LIKE 'released %' OR l.state LIKE 'held by nobody%')
	AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump AND c.kind IN ('hung_task', 'sysrq', 'nmi', 'unknown'))
ORDER BY l.waiters DESC LIMIT 1;
