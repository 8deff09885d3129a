-- id: hard_lockup
-- title: a CPU that took no interrupts
-- cause: lockup
-- severity: critical
-- confidence: 0.8
-- advice: Interrupts were off for too long: look at the function at the top and at the locks it takes.
SELECT
	'the NMI watchdog found CPU ' || coalesce(cpu, '?') ||
		' with interrupts off for too long' AS because,
	'hard lockup on CPU ' || coalesce(cpu, '?') || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'hard_lockup';
