-- On how many hosts and kernels: pairs that came with this transaction, less those that went. The bound is above what a
-- batch can bring, triage.incoming times the kinds of triage.incoming_pair.
UPDATE fleet.signature s SET hosts = s.hosts + d.hosts, kernels = s.kernels + d.kernels
FROM (SELECT name, sum(CASE WHEN kind = 'signature_host' THEN change ELSE 0 END) AS hosts,
		sum(CASE WHEN kind = 'signature_kernel' THEN change ELSE 0 END) AS kernels
	FROM (SELECT kind, name, 1 AS change FROM (SELECT kind, name FROM fleet.tally
			WHERE since_seq > (SELECT base FROM fleet.feed) ORDER BY since_seq LIMIT 4096) came
		UNION ALL
		SELECT kind, name, -1 FROM (SELECT kind, name FROM fleet.tally WHERE emptied_seq IS NOT NULL
			AND emptied_seq > (SELECT base FROM fleet.feed) ORDER BY emptied_seq LIMIT 4096) went) changes
	WHERE kind IN ('signature_host', 'signature_kernel') GROUP BY name) d
WHERE s.signature = d.name
