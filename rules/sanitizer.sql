-- id: sanitizer
-- title: a sanitizer met memory used wrongly
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.9
-- advice: The report names the access, and below it who allocated and freed the object: begin there.
-- see: Documentation/dev-tools/kasan.rst
-- see: Documentation/dev-tools/kmsan.rst
-- see: Documentation/dev-tools/kfence.rst
SELECT
	'the log says: ' || coalesce(message, kind) AS because,
	iif(message LIKE 'Kernel panic%', 'panic over a report of ' || upper(kind) || ' that is not in the log',
		coalesce(message, kind)) || iif(culprit IS NULL, '', ', called from ' || culprit) ||
		coalesce(', ' || comm || '/' || pid, '') AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind IN ('kasan', 'kfence', 'kmsan');
