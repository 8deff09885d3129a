-- What a crash was counted as before its last verdict, and is no more.
UPDATE fleet.tally t SET crashes = t.crashes - g.crashes,
	emptied_seq = CASE WHEN t.crashes <= g.crashes THEN f.last ELSE t.emptied_seq END
FROM fleet.feed f, (
	SELECT 'signature_host' AS kind, was_signature AS name, was_host AS part, count(*) AS crashes
	FROM triage.incoming WHERE revision > 1
		AND (was_signature IS DISTINCT FROM signature OR was_host IS DISTINCT FROM host)
	GROUP BY was_signature, was_host
	UNION ALL
	SELECT 'signature_kernel', was_signature, was_kernel, count(*)
	FROM triage.incoming WHERE revision > 1
		AND (was_signature IS DISTINCT FROM signature OR was_kernel IS DISTINCT FROM kernel)
	GROUP BY was_signature, was_kernel
	UNION ALL
	SELECT 'host_cause', was_host, was_cause, count(*)
	FROM triage.incoming WHERE revision > 1
		AND (was_host IS DISTINCT FROM host OR was_cause IS DISTINCT FROM cause)
	GROUP BY was_host, was_cause) g
WHERE t.kind = g.kind AND t.name = g.name AND t.part = g.part
