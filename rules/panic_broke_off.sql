-- id: panic_broke_off
-- title: the kernel gave up, and crashed once more on its way down
-- cause: assertion
-- severity: critical
-- confidence: 0.96
-- advice: Begin with the first panic; the later crash is in what is told of a panic (a notifier, a console, the dump's own set-up) and hides no cause.
-- see: kernel/panic.c
-- see: kernel/kexec_core.c
SELECT
	'the later crash (' || c.kind || coalesce(c.culprit_code, '') || ') came out of panic(), which ' || f.symbol || '() had called' ||
		coalesce(': the log says: ' || r.message, '') AS because,
	'panic: ' || coalesce(replace(r.message, 'Kernel panic - not syncing: ', ''), 'panic()') || ' in ' || f.symbol ||
		coalesce(' [' || f.module || ']', '') || '; then a crash' || c.culprit_code AS headline,
	c.confidence, r.finding, c.finding AS finding2
FROM crash c
	JOIN (SELECT max(position) AS position FROM frame WHERE dump = :dump AND symbol IN ('panic', 'vpanic')) p
	JOIN (SELECT min(position) AS position FROM frame WHERE dump = :dump AND kind = 'exception') x
	JOIN frame f ON f.dump = c.dump AND f.position = p.position + 1
	LEFT JOIN report r ON r.dump = c.dump AND r.finding = (SELECT min(finding) FROM report WHERE dump = :dump AND outcome = 'panic')
WHERE c.dump = :dump AND x.position < p.position;
