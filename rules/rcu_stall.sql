-- id: rcu_stall
-- title: an RCU grace period that did not end
-- cause: lockup
-- severity: critical
-- confidence: 0.75
-- see: Documentation/RCU/stallwarn.rst
-- see: kernel/rcu/tree_stall.h
SELECT
	CASE WHEN starved IS NOT NULL THEN 'Look for what keeps ' || starved ||
			' from a CPU, such as a real-time task that does not sleep.'
		WHEN function IS NULL OR pid = 0 AND source = 'memory'
		THEN 'A CPU or task holds up RCU: look for long loops with preemption off.'
		ELSE 'Look for a long loop with preemption off in ' || function || ' or its callers.' END AS advice,
	'RCU stalled' || coalesce(' for ' || CAST(round(lockup_s) AS INTEGER) || ' s', '') ||
		coalesce(': ' || message, '') || coalesce('; ' || starved || ' itself got no CPU', '') AS because,
	-- An idle CPU that noticed holds up nobody: whoever does is not known.
	'RCU stall' || iif(pid = 0 AND source = 'memory', ', noticed by an idle CPU; who holds it up is not known',
		iif(cpu IS NULL AND starved IS NULL AND place = '', '; who holds it up is not known', '') ||
		coalesce(' on CPU ' || cpu, '') || iif(starved IS NULL OR length(place) < 40, place, replace(place, task, ''))) ||
		-- Where the place is long, the reason says so alone.
		iif(length(place) - length(task) > 66, '', coalesce('; ' || starved || ' got no CPU', '')) AS headline,
	-- Who noticed need not be who holds it up: where types are not known whole, RCU's own lists may be what is lacking.
	confidence * iif(pid = 0 AND source = 'memory', 0.6, 1.0) *
		iif(source = 'memory' AND EXISTS (SELECT 1 FROM missing m WHERE m.dump = :dump AND m.step = 'types'), 0.6, 1.0)
		AS confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'rcu_stall';
