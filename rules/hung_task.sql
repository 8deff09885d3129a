-- id: hung_task
-- title: a task blocked for longer than hung_task_timeout
-- cause: hang
-- severity: critical
-- confidence: 0.6
-- advice: See what the blocked tasks wait for (triage show --locks).
-- see: kernel/hung_task.c
-- see: Documentation/admin-guide/sysctl/kernel.rst
SELECT
	iif(source = 'log' AND message IS reason, 'khungtaskd found', 'khungtaskd panicked') ||
		coalesce(': ' || message, '') AS because,
	-- "INFO: task f:1 blocked for more than 120 seconds."
	coalesce(comm || '/' || pid || substr(replace(reason, ' seconds.', ' s'), nullif(instr(reason, ' blocked for '), 0)),
		rtrim(reason, '.'), 'hung task') || coalesce((SELECT '; ' || replace(l.headline, '1 task asleep in', 'asleep in') FROM lock l
		WHERE l.dump = :dump AND l.unnamed ORDER BY l.waiters DESC LIMIT 1), '') AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'hung_task'
		-- Whom the tasks wait for says more, however sure it is: lock_root, deadlock.
		AND NOT EXISTS (SELECT 1 FROM waits w
		WHERE w.dump = :dump AND (w.holder_known OR w.cycles > 0));
