UPDATE fleet.host h SET crashes = h.crashes - g.crashes
FROM (SELECT was_host, count(*) AS crashes FROM triage.incoming WHERE revision > 1 AND was_host IS DISTINCT FROM host GROUP BY was_host) g
WHERE h.host = g.was_host
