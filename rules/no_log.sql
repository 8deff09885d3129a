-- id: no_log
-- title: a text that may be no kernel log
-- cause: unknown
-- severity: notice
-- confidence: 0.3
-- advice: Was it the right file? Lines of a kernel log begin with their time, or with a date and "kernel:".
-- see: dmesg(1)
-- see: triage(1)
SELECT
	'no line has the form of a kernel log, and none announces a crash' AS because,
	'No kernel log is known in this text' AS headline,
	c.finding
FROM crash c
WHERE c.dump = :dump AND c.kind = 'none' AND c.confidence <= 0.5
	AND NOT EXISTS (SELECT 1 FROM trouble t WHERE t.dump = :dump)
	AND NOT EXISTS (SELECT 1 FROM segfault f WHERE f.dump = :dump)
	AND NOT EXISTS (SELECT 1 FROM failure f WHERE f.dump = :dump AND f.severity = 'critical');
