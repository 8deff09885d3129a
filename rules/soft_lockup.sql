-- id: soft_lockup
-- title: a CPU that did not schedule
-- cause: lockup
-- severity: critical
-- confidence: 0.8
-- see: Documentation/admin-guide/lockup-watchdogs.rst
-- see: kernel/watchdog.c
SELECT
	-- Who waits for another CPU is not who is at fault.
	CASE WHEN symbol GLOB 'smp_call_function*' OR symbol GLOB 'csd_lock_wait*' OR symbol = 'multi_cpu_stop'
		THEN 'It waits for an answer of other CPUs: one that keeps its interrupts off is at fault; look for that one''s trace (triage show --log).'
		WHEN symbol GLOB '*spin_lock*' OR symbol GLOB '*spinlock*' OR symbol GLOB 'queued_*_lock_slowpath'
		THEN 'It spins for a lock that ' || coalesce(function, 'it') ||
			' takes: who holds it is at fault; look for another CPU''s trace (triage show --log).'
		ELSE 'Look at ' || coalesce(function, 'the function at the top of the stack') ||
			': a loop without cond_resched(), or a lock that is never released.' END AS advice,
	'the soft-lockup watchdog found that ' || coalesce('CPU ' || cpu, 'a CPU') ||
		' had not scheduled for ' || coalesce(CAST(lockup_s AS INTEGER) || ' s', 'too long') AS because,
	'soft lockup' || coalesce(' on CPU ' || cpu, '') || iif(place LIKE ', called from %', ' in code' || substr(place, 2), place) AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'soft_lockup';
