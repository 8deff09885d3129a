-- id: dump_cut_off
-- title: a dump that is not whole, and what is there does not say why the kernel stopped
-- cause: unknown
-- severity: warning
-- confidence: 0.06
-- see: makedumpfile(8)
-- see: Documentation/admin-guide/kdump/kdump.rst
SELECT
	'Look for the whole file where the dump was copied from; if there is none, make room where the capture kernel saves dumps' ||
		iif(d.evidence ->> '$.dump_level' < 31, ', or let makedumpfile drop more pages (-d 31).', '.') AS advice,
	d.evidence ->> '$.note' || ': what says why the kernel stopped may be in the rest' AS because,
	'unexplained crash; ' || (d.evidence ->> '$.note') AS headline,
	d.number AS finding,
	c.finding AS finding2
FROM finding d JOIN crash c ON c.dump = d.dump
WHERE d.dump = :dump AND d.code = 'dump' AND d.evidence ->> '$.note' IS NOT NULL
	AND c.kind = 'unknown' AND c.message IS NULL;
