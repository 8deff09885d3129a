-- id: earlier_oops
-- title: the kernel had broken before somebody asked for the dump, or noticed
-- cause: assertion
-- severity: critical
-- confidence: 0.85
-- advice: Begin with the first report of the log: what came later stands on a kernel that had broken already.
-- rules-out: A request alone: the dump was asked for on a machine that was sick.
SELECT
	'before the ' || CASE c.kind WHEN 'sysrq' THEN 'dump was requested' ELSE c.kind END ||
		' the log has: ' || r.message AS because,
	r.message || r.place || iif(c.kind = 'sysrq', ' (dump requested later)', '') AS headline,
	r.finding, c.finding AS finding2
FROM crash c JOIN report r ON r.dump = c.dump
WHERE c.dump = :dump AND c.kind IN ('sysrq', 'nmi', 'hung_task') AND r.outcome = 'oops'
	AND coalesce(r.symbol, '') <> 'sysrq_handle_crash'
ORDER BY r.first_line LIMIT 1;
