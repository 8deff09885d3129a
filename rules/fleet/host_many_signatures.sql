-- id: host_many_signatures
-- title: a host that crashes each time in another way
-- severity: warning
-- advice: Suspect its hardware: memory first (a memory test, the BMC's event log), then processor and power.
-- advice: Take it out of service until that is done: what it computes may be wrong, too.
SELECT h.host AS subject, h.signatures AS weight,
	h.signatures || ' different crashes of ' || h.host || ' within a week' AS headline,
	h.crashes || ' crashes of ' || h.signatures || ' signatures, ' || (SELECT count(*) FROM fleet.signature s
		WHERE s.hosts = 1 AND s.signature IN (SELECT c.signature FROM fleet.crash c WHERE c.host = h.host
			AND c.crash_time > $1::bigint - 604800)) || ' of which no other host ever had' AS because,
	jsonb_build_object('host', h.host, 'hardware', (SELECT hardware FROM fleet.host f WHERE f.host = h.host),
		'crashes', h.crashes, 'signatures', (SELECT jsonb_agg(jsonb_build_object('signature', x.signature, 'crashes',
			x.crashes, 'hosts', s.hosts, 'headline', s.headline))
		FROM (SELECT c.signature, count(*) AS crashes FROM fleet.crash c WHERE c.host = h.host
				AND c.crash_time > $1::bigint - 604800 AND c.cause NOT IN ('requested', 'none')
				AND c.signature IS NOT NULL
			GROUP BY c.signature ORDER BY c.signature LIMIT 20) x
			JOIN fleet.signature s ON s.signature = x.signature)) AS evidence
FROM (SELECT host, count(DISTINCT signature) AS signatures, count(*) AS crashes FROM fleet.crash
	WHERE crash_time > $1::bigint - 604800 AND crash_time <= $1::bigint + 86400 AND host IS NOT NULL
		AND signature IS NOT NULL AND cause NOT IN ('requested', 'none')
	GROUP BY host HAVING count(DISTINCT signature) >= 3) h
ORDER BY h.signatures DESC, h.host LIMIT 1000
