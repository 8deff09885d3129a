-- id: kernel_regression
-- title: a crash that came with a kernel release
-- severity: critical
-- advice: Hold back the newer release, and look among its changes for those to the function of the fault.
-- Never before in this series, and so often now that the release before would have had three of them at least, at the
-- same rate: by luck, none is seen of three expected once in twenty times. A rate is one of hosts that have run the
-- release, where forwarders of both have said so, else a share of the release's crashes.
WITH release AS MATERIALIZED (SELECT kernel, crashes, hosts, ordinal, series, flavour, lag(kernel) OVER w AS before,
		lag(crashes) OVER w AS before_crashes, lag(hosts) OVER w AS before_hosts
	FROM triage.release WINDOW w AS (PARTITION BY series, flavour ORDER BY ordinal, kernel)),
seen AS (SELECT t.name AS signature, t.crashes, t.last_s, r.kernel, r.crashes AS all_crashes, r.hosts AS all_hosts, r.ordinal,
		r.series, r.flavour, r.before, r.before_crashes, r.before_hosts, r.hosts > 0 AND r.before_hosts > 0 AS by_hosts,
		min(r.ordinal) OVER (PARTITION BY t.name, r.series) AS first
	FROM fleet.tally t JOIN release r ON r.kernel = t.part WHERE t.kind = 'signature_kernel' AND t.crashes > 0)
SELECT n.signature || ' ' || n.kernel AS subject, n.crashes AS weight,
	'came with ' || n.kernel || ': ' || s.headline AS headline,
	CASE WHEN n.by_hosts THEN n.crashes || ' crashes of ' || n.all_hosts || ' hosts that have run ' || n.kernel ||
			', none of ' || n.before_hosts || ' that have run ' || n.before
		ELSE n.crashes || ' of ' || n.all_crashes || ' crashes with ' || n.kernel || ', none of ' || n.before_crashes ||
			' with ' || n.before END || ' or older ones of the series' AS because,
	jsonb_build_object('signature', n.signature, 'kernel', n.kernel, 'before', n.before, 'hosts', s.hosts,
		'last_uid', s.last_uid, 'releases', (SELECT jsonb_agg(x.r) FROM (SELECT jsonb_build_object('kernel', r.kernel,
			'crashes', coalesce(t.crashes, 0), 'all_crashes', r.crashes, 'all_hosts', r.hosts,
			'share', round(coalesce(t.crashes, 0)::numeric / nullif(r.crashes, 0), 4),
			'per_host', round(coalesce(t.crashes, 0)::numeric / nullif(r.hosts, 0), 4)) AS r
		FROM release r LEFT JOIN fleet.tally t ON t.kind = 'signature_kernel' AND t.name = n.signature
			AND t.part = r.kernel
		WHERE r.series = n.series AND r.flavour = n.flavour ORDER BY r.ordinal DESC LIMIT 20) x)) AS evidence
FROM seen n JOIN fleet.signature s ON s.signature = n.signature
WHERE n.ordinal = n.first AND n.before IS NOT NULL AND n.crashes >= 3 AND n.last_s > $1::bigint - 2592000
	AND CASE WHEN n.by_hosts THEN n.crashes * n.before_hosts >= 3 * n.all_hosts
		ELSE n.crashes * n.before_crashes >= 3 * n.all_crashes END
	AND s.hosts >= 2 AND s.cause NOT IN ('requested', 'none')
ORDER BY n.crashes DESC, subject LIMIT 1000
