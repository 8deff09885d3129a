UPDATE fleet.signature s SET crashes = s.crashes - g.crashes
FROM (SELECT was_signature, count(*) AS crashes
	FROM triage.incoming WHERE revision > 1
		AND was_signature IS DISTINCT FROM signature
	GROUP BY was_signature) g
WHERE s.signature = g.was_signature
