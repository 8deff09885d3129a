-- id: new_signature
-- title: a crash that nobody had seen before, on several hosts within a day
-- severity: critical
-- advice: See what these hosts share that others have not: triage list --signature SIGNATURE --group-by kernel, hardware.
-- advice: Stop what is being rolled out until the cause is known.
-- New is what crashed first within the last week. By the hosts' own clocks: one that is wrong hides it, or not.
SELECT n.signature AS subject, s.hosts AS weight,
	'new on ' || s.hosts || ' hosts within a day: ' || s.headline AS headline,
	'the first crash of this signature was on ' || n.first_host || '; ' || n.within ||
		' hosts had their first one within 24 hours' AS because,
	jsonb_build_object('signature', n.signature, 'hosts', s.hosts, 'crashes', s.crashes, 'within_a_day', n.within,
		'first_at', s.first_s, 'last_at', s.last_s, 'last_uid', s.last_uid, 'cause', s.cause,
		'kernels', (SELECT jsonb_agg(k.part) FROM (SELECT part FROM fleet.tally WHERE kind = 'signature_kernel'
			AND name = n.signature AND crashes > 0 ORDER BY crashes DESC, part LIMIT 20) k),
		'some_hosts', (SELECT jsonb_agg(h.part) FROM (SELECT part FROM fleet.tally WHERE kind = 'signature_host'
			AND name = n.signature AND crashes > 0 ORDER BY first_s, part LIMIT 20) h)) AS evidence
FROM fleet.signature s JOIN (
	SELECT signature, max(hosts) AS within, min(first_host) AS first_host
	FROM (SELECT name AS signature,
			count(*) OVER (PARTITION BY name ORDER BY first_s RANGE BETWEEN CURRENT ROW AND 86400 FOLLOWING) AS hosts,
			first_value(part) OVER (PARTITION BY name ORDER BY first_s, part) AS first_host
		FROM fleet.tally WHERE kind = 'signature_host' AND crashes > 0
			AND name IN (SELECT signature FROM fleet.signature WHERE first_s > $1::bigint - 604800)) t
	GROUP BY signature) n ON n.signature = s.signature
WHERE n.within >= 3 AND s.first_s > $1::bigint - 604800 AND s.cause NOT IN ('requested', 'none')
ORDER BY s.hosts DESC, s.signature LIMIT 1000
