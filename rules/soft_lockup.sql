-- id: soft_lockup
-- title: a CPU that did not schedule
-- cause: lockup
-- severity: critical
-- confidence: 0.8
-- advice: Look at the function at the top: a loop without cond_resched(), or a lock that is never released.
SELECT
	'the soft-lockup watchdog found ' || coalesce('CPU ' || cpu, 'a CPU') ||
		' without a schedule for ' || coalesce(CAST(lockup_s AS INTEGER) || ' s', 'too long') AS because,
	'soft lockup' || coalesce(' on CPU ' || cpu, '') || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'soft_lockup';
