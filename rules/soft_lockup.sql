-- id: soft_lockup
-- title: a CPU that did not schedule
-- cause: lockup
-- severity: critical
-- confidence: 0.8
-- see: Documentation/admin-guide/lockup-watchdogs.rst
-- see: kernel/watchdog.c
SELECT
	'Look at ' || coalesce(function, 'the function at the top of the stack') ||
		': a loop without cond_resched(), or a lock that is never released.' AS advice,
	'the soft-lockup watchdog found that ' || coalesce('CPU ' || cpu, 'a CPU') ||
		' had not scheduled for ' || coalesce(CAST(lockup_s AS INTEGER) || ' s', 'too long') AS because,
	'soft lockup' || coalesce(' on CPU ' || cpu, '') || iif(place LIKE ', called from %', ' in code' || substr(place, 2), place) AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'soft_lockup';
