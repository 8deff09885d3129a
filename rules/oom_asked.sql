-- id: oom_asked
-- title: somebody called the OOM killer by hand
-- cause: requested
-- severity: warning
-- confidence: 0.9
-- advice: SysRq-f kills the largest program whatever memory there is: who typed it knows why.
-- rules-out: A lack of memory: the OOM killer was not called for an allocation.
-- see: Documentation/admin-guide/sysrq.rst
-- see: mm/oom_kill.c
SELECT
	'the OOM killer was called by SysRq-f, not by an allocation that failed' AS because,
	o.headline, o.confidence, o.finding, c.finding AS finding2
FROM oom_kills o JOIN crash c ON c.dump = o.dump
WHERE o.dump = :dump AND (c.kind = 'none' OR c.kind = 'out_of_memory' AND c.message IS c.reason)
	AND NOT EXISTS (SELECT 1 FROM oom k WHERE k.dump = :dump AND NOT k.asked);
