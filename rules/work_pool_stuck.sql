-- id: work_pool_stuck
-- title: a work item keeps all others of its pool of workers from beginning
-- cause: hang
-- severity: critical
-- confidence: 0.85
-- see: kernel/workqueue.c
-- see: Documentation/core-api/workqueue.rst
SELECT
	-- "f [module]" is said as "f() [module]"
	iif(s.brief LIKE '% keeps the workers of %', coalesce('Look at ' ||
			iif(instr(s.function, ' ['), replace(s.function, ' [', '() ['), s.function || '()'), 'Look at the work item') ||
			': it has to sleep now and then, or to be queued with WQ_CPU_INTENSIVE or WQ_UNBOUND.',
		'See what the workers wait for, and why no new one could be made (memory, fork).') AS advice,
	s.headline AS because,
	s.brief AS headline,
	s.confidence * CASE WHEN s.seconds >= 5 THEN 1.0 ELSE 0.7 END AS confidence, s.finding
FROM stuck s
WHERE s.dump = :dump AND s.kind = 'work_pool'
	AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump
		AND c.kind IN ('sysrq', 'nmi', 'hung_task', 'workqueue_lockup', 'unknown'))
ORDER BY s.behind DESC, s.seconds DESC LIMIT 1;
