-- id: work_left_atomic
-- title: a work item ended in atomic context
-- cause: assertion
-- severity: critical
-- confidence: 0.98
-- advice: Look in the work item's function for a way out that leaves a lock held, or preemption, softirqs or a read-side section of RCU as they were entered.
-- rules-out: The worker, and what it ran after that: it met what was left behind.
-- see: kernel/workqueue.c
-- see: Documentation/core-api/workqueue.rst
SELECT
	'the log says: ' || r.message || '; the worker slept afterwards: ' || c.message AS because,
	'work item ' || r.work || '() left a lock held or softirqs off; ' || c.comm || '/' || c.pid || ' then slept' AS headline,
	c.confidence, r.finding, c.finding AS finding2
FROM report r JOIN crash c ON c.dump = r.dump AND c.pid = r.pid
WHERE r.dump = :dump AND r.message LIKE 'BUG: workqueue leaked %' AND r.work IS NOT NULL
	AND c.message LIKE 'BUG: scheduling while atomic%'
ORDER BY r.finding DESC LIMIT 1;
