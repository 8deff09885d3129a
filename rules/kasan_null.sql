-- id: kasan_null
-- title: KASAN caught an access through NULL
-- cause: null_dereference
-- severity: critical
-- confidence: 0.95
-- see: Documentation/dev-tools/kasan.rst
-- see: mm/kasan/report.c
SELECT
	'Which pointer of ' || coalesce(function, 'the function that the report names') ||
		' may be NULL there, and which caller passed it?' AS advice,
	'the log says: ' || message AS because,
	message || iif(culprit IS NULL, '', ', called from ' || culprit) ||
		coalesce(', ' || comm || '/' || pid, '') AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'kasan' AND message LIKE '%null-ptr-deref%';
