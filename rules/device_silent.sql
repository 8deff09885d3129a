-- id: device_silent
-- title: a block device does not answer its requests
-- cause: hang
-- severity: critical
-- confidence: 0.88
-- advice: The tasks that wait for I/O, and all behind them, are not to blame.
-- rules-out: A deadlock of these tasks: what ends their wait is the device.
-- see: block/blk-mq.c
-- see: Documentation/ABI/stable/sysfs-block
SELECT
	'Look for timeouts, resets and lost paths of ' || coalesce(s.device, 'this device') ||
		' in the log, and at the device itself.' AS advice,
	s.headline AS because,
	-- without what the oldest request asks for, and whose queue it is
	substr(s.headline, 1, coalesce(nullif(instr(s.headline, ' s, ') + 1, 1),
		instr(s.headline || '; ', '; ') - 1)) || coalesce((SELECT '; ' || w.io_tasks || iif(w.io_tasks = 1, ' task waits', ' tasks wait') ||
		' for I/O' FROM waits w WHERE w.dump = :dump AND w.io_tasks > 0), '') AS headline,
	s.confidence * CASE WHEN s.seconds >= 30 THEN 1.0 WHEN s.seconds >= 5 THEN 0.85 ELSE 0.5 END AS confidence,
	s.finding
FROM stuck s
WHERE s.dump = :dump AND s.kind = 'block_request'
	AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump AND c.kind IN ('sysrq', 'nmi', 'hung_task', 'unknown'))
	AND NOT EXISTS (SELECT 1 FROM waits w WHERE w.dump = :dump AND w.cycles > 0)
ORDER BY s.seconds DESC LIMIT 1;
