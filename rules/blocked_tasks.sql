-- id: blocked_tasks
-- title: tasks were blocked when somebody asked which
-- cause: hang
-- severity: notice
-- confidence: 0.4
-- advice: Blocked for a moment is normal: ask again (SysRq-w), and see who is still there.
-- see: Documentation/admin-guide/sysrq.rst
-- see: kernel/hung_task.c
SELECT
	'the log lists blocked tasks (SysRq-w or -t), and no crash' AS because,
	coalesce((SELECT w.brief FROM waits w WHERE w.dump = :dump),
		(SELECT l.headline FROM lock l WHERE l.dump = :dump ORDER BY l.waiters DESC LIMIT 1)) AS headline,
	finding
FROM crash
WHERE dump = :dump AND kind = 'none' AND EXISTS (SELECT 1 FROM lock l WHERE l.dump = :dump);
