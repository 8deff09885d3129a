-- id: hung_by_device
-- title: a task hangs because a device or a server does not answer
-- cause: hang
-- severity: critical
-- confidence: 0.85
-- rules-out: A deadlock: what the task waits for is not held by another task.
-- see: kernel/hung_task.c
-- see: Documentation/admin-guide/sysctl/kernel.rst
SELECT
	'Look at ' || coalesce(f.device || ', which failed first', 'what failed first') || ': ' ||
			coalesce(c.comm || '/' || c.pid, 'the task that hangs') || ' only waits for it.' AS advice,
	'the log says: ' || f.text || coalesce(', ' || CAST(round(f.distance_s) AS INTEGER) || ' s before', '')
		AS because,
	coalesce(c.comm || '/' || c.pid || ' hangs', 'a task hangs') || c.waits_at ||
		', since ' || f.text AS headline,
	c.confidence * min(1.0, f.confidence + 0.2) AS confidence, c.finding, f.finding AS finding2
FROM (SELECT dump, finding, confidence, kind, comm, pid, coalesce(' in ' || symbol, '') AS waits_at FROM crash) c
	JOIN first_cause f ON f.dump = c.dump
WHERE c.dump = :dump AND c.kind = 'hung_task' AND f.confidence > 0.5
	AND f.kind IN ('pcie_error', 'usb', 'ata', 'scsi', 'nvme', 'multipath', 'raid', 'io_error',
		'filesystem_error', 'nfs', 'gpu_error', 'nic', 'netdev_watchdog', 'link');
