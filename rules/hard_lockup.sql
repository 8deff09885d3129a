-- id: hard_lockup
-- title: a CPU that took no interrupts
-- cause: lockup
-- severity: critical
-- confidence: 0.8
-- see: Documentation/admin-guide/lockup-watchdogs.rst
-- see: kernel/watchdog.c
SELECT
	'Interrupts were off for too long: look at ' || coalesce(function, 'the function at the top of the stack') ||
		' and at the locks it takes.' AS advice,
	'the NMI watchdog found ' || coalesce('CPU ' || cpu, 'a CPU') ||
		' with interrupts off for too long' AS because,
	'hard lockup' || coalesce(' on CPU ' || cpu, '') || iif(place LIKE ', called from %', ' in code' || substr(place, 2), place) AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'hard_lockup';
