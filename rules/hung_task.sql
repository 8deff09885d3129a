-- id: hung_task
-- title: a task blocked for longer than hung_task_timeout
-- cause: hang
-- severity: critical
-- confidence: 0.6
-- advice: See what the blocked tasks wait for (triage show --locks).
SELECT
	iif(source = 'log' AND message IS reason, 'khungtaskd found', 'khungtaskd panicked') ||
		coalesce(': ' || message, '') AS because,
	coalesce(rtrim(reason, '.'), 'hung task') || coalesce((SELECT '; ' || l.headline FROM lock l
		WHERE l.dump = :dump AND l.unnamed ORDER BY l.waiters DESC LIMIT 1), '') AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'hung_task'
		-- Whom the tasks wait for says more, however sure it is: lock_root, deadlock.
		AND NOT EXISTS (SELECT 1 FROM waits w
		WHERE w.dump = :dump AND (w.holder_known OR w.cycles > 0));
