-- id: debug_object
-- title: an object was freed while a timer or work item of it was pending
-- cause: use_after_free
-- severity: critical
-- confidence: 0.9
-- see: Documentation/core-api/debug-objects.rst
-- see: lib/debugobjects.c
SELECT
	coalesce(iif(symbol = 'debug_print_object' AND culprit IS NULL, NULL, function), 'Whoever frees the object') ||
		' must cancel what the object still has pending: del_timer_sync(), cancel_work_sync().' AS advice,
	'the log says: ' || message AS because,
	'freed while active: ' || substr(message, iif(instr(message, ' object type: '), instr(message, ' object type: ') + 14, 1)) ||
		-- that one only prints
		iif(symbol = 'debug_print_object' AND culprit IS NULL, task, culprit_place) AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind IN ('warn', 'debug_object') AND message LIKE 'ODEBUG: free active%';
