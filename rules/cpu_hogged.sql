-- id: cpu_hogged
-- title: a real-time task keeps a CPU, and others starve
-- cause: hang
-- severity: critical
-- confidence: 0.8
-- advice: Look at what the real-time task does: it has to sleep, or to be given less than all of a CPU (sched_rt_runtime_us).
-- rules-out: A deadlock: those that wait are ready to run, and get no CPU.
-- see: kernel/sched/rt.c
-- see: Documentation/scheduler/sched-rt-group.rst
SELECT
	'in the run queue of its CPU stand tasks that are ready to run and get no time' AS because,
	-- without who has starved longest
	iif(length(s.headline) > 100 AND instr(s.headline, ' there, '),
		substr(s.headline, 1, instr(s.headline, ' there, ') - 1), s.headline) AS headline,
	s.confidence, s.finding
FROM stuck s
WHERE s.dump = :dump AND s.kind = 'run_queue' AND s.realtime
	AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump
		AND c.kind IN ('sysrq', 'nmi', 'hung_task', 'workqueue_lockup', 'unknown'));
