-- id: no_crash
-- title: a log in which no crash is
-- cause: none
-- severity: info
-- confidence: 0.9
-- advice: If the machine did stop, its last lines were not written: look for a dump, pstore, or the console's own log.
-- see: dmesg(1)
-- see: Documentation/admin-guide/ramoops.rst
SELECT
	'no line of the log announces an oops, a panic, a lockup or a hang' AS because,
	'No crash in this log' || coalesce(' of ' || (SELECT s.release FROM system s
		WHERE s.dump = :dump), '') AS headline,
	c.finding
FROM crash c
WHERE c.dump = :dump AND c.kind = 'none' AND c.confidence > 0.5
	AND NOT EXISTS (SELECT 1 FROM trouble t WHERE t.dump = :dump)
	AND NOT EXISTS (SELECT 1 FROM lock l WHERE l.dump = :dump)
	AND NOT EXISTS (SELECT 1 FROM segfault f WHERE f.dump = :dump)
	AND NOT EXISTS (SELECT 1 FROM failure f WHERE f.dump = :dump AND f.severity = 'critical');
