-- id: kfence_use_after_free
-- title: KFENCE caught a use after free
-- cause: use_after_free
-- severity: critical
-- confidence: 0.97
-- advice: The report names who allocated the object and who freed it: begin with who freed it.
-- see: Documentation/dev-tools/kfence.rst
SELECT
	'the log says: ' || message AS because,
	replace(message, 'BUG: KFENCE: ', 'use after free, by KFENCE: ') ||
		iif(culprit IS NULL, '', ', called from ' || culprit) ||
		coalesce(', ' || nullif(comm, '') || '/' || pid, '') AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'kfence' AND message LIKE '%use-after-free%';
