-- id: deadlock
-- title: tasks that wait for each other
-- cause: deadlock
-- severity: critical
-- confidence: 0.98
-- advice: If an edge is inferred, check that task's stack before acting on it.
SELECT
	'the graph of who waits for whom has a cycle: each task in it waits for a lock that the next one holds' ||
		CASE WHEN confidence < 1 THEN '; one edge or more is inferred, not read from the lock'
		ELSE '' END AS because,
	brief AS headline,
	CASE WHEN brief LIKE 'self-deadlock:%'
		THEN 'It takes for read again what it has for read: the second time must not be, for a writer may come in between.'
		WHEN brief LIKE 'deadlock of 1 task %'
		THEN 'It takes again what it holds: see which of its callers took the lock first.'
		ELSE 'Each lock and its holder are among the findings: the order in which they take these locks is the bug.'
		END AS advice,
	max(confidence, 0.65) AS confidence, finding
FROM waits
WHERE dump = :dump AND cycles > 0 AND confidence >= 0.3;
