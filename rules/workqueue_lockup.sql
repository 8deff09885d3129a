-- id: workqueue_lockup
-- title: a worker pool that makes no progress
-- cause: hang
-- severity: warning
-- confidence: 0.7
-- see: kernel/workqueue.c
-- see: Documentation/core-api/workqueue.rst
SELECT
	coalesce('See what the work item ' || work || ' does', 'See what the pool''s busy workers do') ||
		': the log lists those that run below "Showing busy workqueues".' AS advice,
	coalesce('the log says: ' || message, 'the log reports a workqueue that stalls') AS because,
	coalesce('a worker pool' || coalesce(' of CPU ' || cpu, '') || ' is stuck' ||
		coalesce(' for ' || CAST(lockup_s AS INTEGER) || ' s', '') || ' behind ' || work,
		message, 'workqueue stalled') ||
		-- the work item is named already
		iif(context = 'work' AND work IS NOT NULL, coalesce(', ' || nullif(comm, '') || '/' || pid, ', pid ' || pid, ''), place)
		AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'workqueue_lockup';
