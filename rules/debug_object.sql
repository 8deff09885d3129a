-- id: debug_object
-- title: an object was freed while a timer or work item of it was pending
-- cause: use_after_free
-- severity: critical
-- confidence: 0.9
SELECT
	coalesce(function, 'The freeing function') ||
		' must cancel what the object still has pending: del_timer_sync(), cancel_work_sync().' AS advice,
	'the log says: ' || message AS because,
	'freed while active: ' || message || culprit_place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind IN ('warn', 'debug_object') AND message LIKE 'ODEBUG: free active%';
