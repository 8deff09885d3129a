-- id: earlier_oops
-- title: the kernel had broken before somebody asked for the dump, or noticed
-- cause: unknown
-- severity: critical
-- confidence: 0.85
-- advice: Begin with the first report of the log: what came later stands on a kernel that had broken already.
-- rules-out: A request alone: the dump was asked for on a machine that was sick.
-- see: Documentation/admin-guide/tainted-kernels.rst
-- see: Documentation/admin-guide/sysctl/kernel.rst
-- What stuck may have gone on; what broke, or oopsed, stays so.
SELECT
	'before the ' || CASE c.kind WHEN 'sysrq' THEN 'dump was requested' ELSE c.kind END ||
		' the log has: ' || r.message AS because,
	r.message || r.place || iif(c.kind = 'sysrq', ' (dump requested later)', '') AS headline,
	r.cause AS cause,
	CASE r.outcome WHEN 'oops' THEN 1.0 WHEN 'broken' THEN 0.9 ELSE 0.75 END AS confidence,
	r.finding, c.finding AS finding2
FROM crash c JOIN report r ON r.dump = c.dump
WHERE c.dump = :dump AND coalesce(r.message, '') <> '' AND (r.outcome = 'oops' AND c.kind IN ('sysrq', 'nmi', 'hung_task') OR
		r.outcome IN ('broken', 'stuck') AND c.kind IN ('sysrq', 'nmi') AND r.kind <> 'hung_task')
	AND coalesce(r.symbol, '') <> 'sysrq_handle_crash'
ORDER BY r.outcome = 'oops' DESC, r.outcome = 'broken' DESC, r.first_line LIMIT 1;
