UPDATE fleet.kernel k SET crashes = k.crashes - g.crashes
FROM (SELECT was_kernel, count(*) AS crashes FROM triage.incoming WHERE revision > 1 AND was_kernel IS DISTINCT FROM kernel GROUP BY was_kernel) g
WHERE k.kernel = g.was_kernel
