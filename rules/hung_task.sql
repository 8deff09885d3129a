-- id: hung_task
-- title: a task blocked for longer than hung_task_timeout
-- cause: hang
-- severity: critical
-- confidence: 0.6
-- advice: See what the blocked tasks wait for (triage show --locks).
SELECT
	'khungtaskd panicked' || coalesce(': ' || message, '') AS because,
	coalesce(message, 'hung task') AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'hung_task';
