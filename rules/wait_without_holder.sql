-- id: wait_without_holder
-- title: tasks hang in a wait whose end nobody in memory answers for
-- cause: hang
-- severity: critical
-- confidence: 0.75
-- advice: The wait is for an event, not a lock: find out which driver or device was to signal it.
-- advice: For I/O see the log for timeouts, resets and lost paths of the device named.
SELECT
	headline AS because,
	brief AS headline,
	finding
FROM waits
WHERE dump = :dump AND cycles = 0 AND NOT holder_known
		AND (moving IS NOT 1 OR EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump AND c.kind = 'hung_task'))
		AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump AND c.kind IN ('hung_task', 'sysrq'));
