-- id: memory_eater
-- title: no memory left, and who has it
-- cause: out_of_memory
-- severity: critical
-- confidence: 0.95
-- advice: The task that asked last only met the end: look at who holds the memory, and whether it grows without bound.
-- advice: triage show --json has all uses and the largest holders, in memory.usage.
-- see: mm/oom_kill.c
-- see: Documentation/filesystems/proc.rst
SELECT
	'the kernel panicked because it ran out of memory; who has it is counted in its structures' ||
		coalesce('; objects of ' || u.cache || ' wait for RCU to call ' || u.callback || '(), and ' || s.headline, '') AS because,
	'out of memory: ' || iif(s.headline IS NULL, u.headline, u.cache || ' holds ' || (u.cache_kib / 1024) || ' MiB for ' ||
		u.callback || '(); RCU ' || s.brief) AS headline,
	iif(s.headline IS NULL, NULL, 'Nothing is freed while a reader of RCU goes on: see why it does, and who queues callbacks without bound.')
		AS advice,
	u.confidence, c.finding, u.finding AS finding2
FROM crash c JOIN memory_usage u ON u.dump = c.dump
	-- who keeps RCU from calling what is to free them
	LEFT JOIN (SELECT *, min(kind) FROM stuck WHERE dump = :dump AND kind IN ('rcu_cpu', 'rcu_reader', 'rcu_thread')) s
		ON s.dump = c.dump AND u.callback IS NOT NULL
WHERE c.dump = :dump AND c.kind = 'out_of_memory' AND u.share >= 0.4
	-- a control group has a limit of its own
	AND NOT EXISTS (SELECT 1 FROM oom o WHERE o.dump = :dump AND o."end" = 'panic'
		AND (o.asked OR o."constraint" <> 'none'));
