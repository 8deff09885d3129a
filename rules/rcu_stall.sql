-- id: rcu_stall
-- title: an RCU grace period that did not end
-- cause: lockup
-- severity: critical
-- confidence: 0.75
-- advice: A CPU or task holds up RCU: look for long loops with preemption off.
SELECT
	'RCU stalled' || coalesce(' for ' || CAST(round(lockup_s) AS INTEGER) || ' s', '') ||
		coalesce(': ' || message, '') AS because,
	'RCU stall' || coalesce(' on CPU ' || cpu, '') || place ||
		coalesce('; ' || starved || ' itself got no CPU', '') AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'rcu_stall';
