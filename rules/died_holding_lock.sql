-- id: died_holding_lock
-- title: a task oopsed with a lock in hand, and others wait for the lock
-- cause: hang
-- severity: critical
-- confidence: 0.97
-- advice: Begin with the oops: the task died of it, and nobody is left to give the lock back.
-- advice: With panic_on_oops set the dump would have been taken at the oops itself.
-- rules-out: A deadlock, and a request alone: the tasks wait for one that is dead.
-- see: kernel/exit.c
-- see: Documentation/admin-guide/sysctl/kernel.rst
SELECT
	w.headline || '; the log has its end: ' || r.message || r.place AS because,
	coalesce(w.root_comm || '/', 'pid ') || w.root_pid || ' oopsed' || coalesce(' in ' || r.symbol || '()' ||
		coalesce(' [' || r.module || ']', ''), '') || ', holding ' || w.root_lock || '; ' || w.victims ||
		iif(w.victims = 1, ' task waits', ' tasks wait') AS headline,
	r.cause AS cause, w.confidence, w.finding, r.finding AS finding2
FROM waits w JOIN crash c ON c.dump = w.dump JOIN report r ON r.dump = w.dump AND r.pid = w.root_pid
WHERE w.dump = :dump AND w.root_ended AND w.cycles = 0 AND r.outcome = 'oops'
	AND c.kind IN ('sysrq', 'nmi', 'hung_task', 'panic', 'soft_lockup', 'rcu_stall', 'workqueue_lockup', 'unknown')
ORDER BY r.first_line LIMIT 1;
