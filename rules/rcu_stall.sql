-- id: rcu_stall
-- title: an RCU grace period that did not end
-- cause: lockup
-- severity: critical
-- confidence: 0.75
-- advice: A CPU or task holds up RCU: look for long loops with preemption off.
SELECT
	'RCU stalled' || coalesce(' for ' || CAST(round(lockup_s) AS INTEGER) || ' s', '') ||
		coalesce(': ' || message, '') AS because,
	'RCU stall' || iif(starved IS NULL, coalesce(' on CPU ' || cpu, ''),
		': ' || starved || ' got no CPU') || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'rcu_stall';
