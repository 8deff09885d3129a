INSERT INTO fleet.tally AS t (kind, name, part, crashes, first_s, last_s, since_seq)
SELECT g.kind, g.name, g.part, g.crashes, g.first_s, g.last_s, f.last
FROM fleet.feed f, (
	SELECT 'signature_host' AS kind, signature AS name, host AS part, count(*) AS crashes,
		min(crash_time) AS first_s, max(crash_time) AS last_s
	FROM triage.incoming WHERE (revision = 1
		OR was_signature IS DISTINCT FROM signature OR was_host IS DISTINCT FROM host)
	GROUP BY signature, host
	UNION ALL
	SELECT 'signature_kernel', signature, kernel, count(*), min(crash_time), max(crash_time)
	FROM triage.incoming WHERE (revision = 1
		OR was_signature IS DISTINCT FROM signature OR was_kernel IS DISTINCT FROM kernel)
	GROUP BY signature, kernel
	UNION ALL
	SELECT 'host_cause', host, cause, count(*), min(crash_time), max(crash_time)
	FROM triage.incoming WHERE (revision = 1
		OR was_host IS DISTINCT FROM host OR was_cause IS DISTINCT FROM cause)
	GROUP BY host, cause) g
WHERE g.name IS NOT NULL AND g.part IS NOT NULL
ON CONFLICT (kind, name, part) DO UPDATE SET crashes = t.crashes + excluded.crashes,
	first_s = least(t.first_s, excluded.first_s), last_s = greatest(t.last_s, excluded.last_s),
	since_seq = CASE WHEN t.crashes = 0 THEN excluded.since_seq ELSE t.since_seq END
