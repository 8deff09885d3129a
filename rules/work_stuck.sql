-- id: work_stuck
-- title: a work item does not end, and others may not begin before it does
-- cause: hang
-- severity: critical
-- confidence: 0.8
-- see: kernel/workqueue.c
-- see: Documentation/core-api/workqueue.rst
-- Items that sleep for a while are common; one behind a lock or a device is told by that.
SELECT
	'See what ' || coalesce(s.function || '()', 'the work item') || ' waits for: its worker''s stack (triage show --locks).' AS advice,
	s.headline AS because,
	'work item ' || s.function || ' of workqueue ' || s.queue || ' does not end; ' || s.behind ||
		iif(s.behind = 1, ' work item waits', ' work items wait') AS headline,
	s.confidence * CASE WHEN s.seconds >= 10 THEN 1.0 ELSE 0.5 END AS confidence, s.finding
FROM stuck s
WHERE s.dump = :dump AND s.kind = 'work_queue'
	AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump
		AND c.kind IN ('sysrq', 'nmi', 'hung_task', 'workqueue_lockup', 'unknown'));
