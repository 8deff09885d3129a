-- id: kasan_wild
-- title: KASAN caught an access to where no memory is
-- cause: wild_pointer
-- severity: critical
-- confidence: 0.95
-- see: Documentation/dev-tools/kasan.rst
-- see: mm/kasan/report.c
SELECT
	'The address is no object''s: look where ' || coalesce(function, 'the function that the report names') ||
		' took the pointer from.' AS advice,
	'the log says: ' || message AS because,
	message || iif(culprit IS NULL, '', ', called from ' || culprit) ||
		coalesce(', ' || comm || '/' || pid, '') AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'kasan' AND (message LIKE '%wild-memory-access%'
	OR message LIKE '%user-memory-access%');
