-- id: oom_kill
-- title: the OOM killer killed programs; the kernel went on
-- cause: out_of_memory
-- severity: warning
-- confidence: 0.9
-- see: mm/oom_kill.c
-- see: Documentation/admin-guide/cgroup-v2.rst
SELECT
	iif(EXISTS (SELECT 1 FROM oom k WHERE k.dump = :dump AND k."constraint" = 'memcg'),
			'The cgroup''s limit is its own: raise it, or find out why what runs in it needs more.',
			'Look for what grew, not at who asked for memory or who was killed: see log.oom in the JSON.') AS advice,
	CASE WHEN o.count > 1 THEN 'the kernel''s log has ' || o.count || ' kills of the OOM killer'
		ELSE 'the OOM killer''s report in the kernel''s log' END ||
		coalesce((SELECT iif(o.count > 1, '; of the first report, ', ': ') || k.eater FROM oom k
		WHERE k.dump = :dump AND k.eater IS NOT NULL AND NOT instr(o.headline, k.eater) ORDER BY k.finding LIMIT 1), '') AS because,
	o.headline, o.confidence, o.finding, c.finding AS finding2
FROM oom_kills o JOIN crash c ON c.dump = o.dump
WHERE o.dump = :dump AND (c.kind = 'none' OR c.kind = 'out_of_memory' AND c.message IS c.reason)
	AND EXISTS (SELECT 1 FROM oom k WHERE k.dump = :dump AND NOT k.asked);
