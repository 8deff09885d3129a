-- id: deadlock
-- title: tasks that wait for each other
-- cause: deadlock
-- severity: critical
-- confidence: 0.98
-- advice: The cycle names each lock and its holder: the order in which they take these locks is the bug.
-- advice: If an edge is inferred, check that task's stack before acting on it.
SELECT
	'the graph of who waits for whom has a cycle: each task in it waits for a lock that the next one holds' ||
		CASE WHEN confidence < 1 THEN '; one edge or more is inferred, not read from the lock'
		ELSE '' END AS because,
	brief AS headline,
	max(confidence, 0.65) AS confidence, finding
FROM waits
WHERE dump = :dump AND cycles > 0 AND confidence >= 0.3;
