-- id: bug
-- title: BUG(): the kernel's own check failed
-- cause: assertion
-- severity: critical
-- confidence: 0.95
SELECT
	'Read the condition' || coalesce(' in ' || function, ' at the named line') ||
		': the kernel found its own data inconsistent there.' AS advice,
	iif(source = 'log', 'the log has the report of a BUG()',
		'the instruction is a BUG() of the kernel''s bug table') ||
		coalesce(': ' || message, '') AS because,
	-- "LustreError: 15768:0:(file.c:1563:f()) ASSERTION( … ) failed": by whom and where, the place says.
	CASE WHEN message LIKE '%() ASSERTION(%' OR message LIKE '%()) ASSERTION(%' THEN substr(message, instr(message, 'ASSERTION('))
		ELSE coalesce(message, 'BUG()') END || culprit_place AS headline,
	-- Which check it was says more than that it was one.
	confidence * CASE WHEN EXISTS (SELECT 1 FROM double_free d WHERE d.dump = :dump) OR
		(message LIKE '%list_debug.c%' OR message LIKE 'list\_%' ESCAPE '\') AND EXISTS (SELECT 1 FROM log_event e
			WHERE e.dump = :dump AND e.kind = 'list_corruption') THEN 0.7
		ELSE 1.0 END AS confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'bug';
