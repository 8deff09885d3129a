-- id: frozen
-- title: a file system is frozen, and tasks wait to write to it
-- cause: hang
-- severity: critical
-- confidence: 0.9
-- advice: Thaw it: fsfreeze --unfreeze MOUNTPOINT. Then look for who froze it: a backup, a snapshot, a suspend that broke off.
-- rules-out: A deadlock, and the device: the writers are kept out on purpose.
-- see: fs/super.c
-- see: fsfreeze(8)
SELECT
	'its state says that a freeze is complete, and nobody thaws it' AS because,
	l.headline AS headline,
	l.confidence, l.finding
FROM lock l
WHERE l.dump = :dump AND l.state LIKE '%is frozen (fsfreeze)%'
	AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump AND c.kind IN ('hung_task', 'sysrq', 'nmi', 'unknown'))
ORDER BY l.waiters DESC LIMIT 1;
