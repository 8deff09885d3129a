-- id: same_core
-- title: the same core of a machine in crash after crash
-- severity: critical
-- advice: Take the core offline (chcpu -d CPU) or the machine out of service, and have the processor tested.
-- Machine checks name a core twice, or different crashes were all on one: by luck, less often than once in a thousand.
SELECT host || ' CPU ' || name AS subject, crashes AS weight,
	'CPU ' || name || ' of ' || host || ' in ' || crashes || ' crashes' AS headline,
	CASE WHEN checks >= 2 THEN checks || ' crashes have a machine check of CPU ' || name
		ELSE crashes || ' crashes of ' || signatures || ' signatures within 30 days were all on this one of ' || cpus ||
			' CPUs' END AS because,
	jsonb_build_object('host', host, 'cpu', name, 'cpus', cpus, 'crashes', crashes, 'machine_checks', checks,
		'signatures', signatures, 'uids', uids) AS evidence
FROM (SELECT p.host, p.name, count(DISTINCT p.uid) AS crashes, count(DISTINCT p.signature) AS signatures,
		max(p.cpus) AS cpus, count(DISTINCT CASE WHEN p.why = 'machine_check' THEN p.uid END) AS checks,
		max(a.crashes) AS all_crashes, jsonb_agg(DISTINCT p.uid) AS uids
	FROM fleet.part p JOIN (SELECT host, count(DISTINCT uid) AS crashes FROM fleet.part
		WHERE kind = 'core' AND crash_time > $1::bigint - 2592000 AND host IS NOT NULL GROUP BY host) a ON a.host = p.host
	WHERE p.kind = 'core' AND p.crash_time > $1::bigint - 2592000 AND p.crash_time <= $1::bigint + 86400
	GROUP BY p.host, p.name HAVING count(DISTINCT p.uid) >= 2) c
WHERE checks >= 2
	OR crashes = all_crashes AND signatures >= 3 AND cpus > 1 AND power(cpus, signatures - 1) >= 1000
ORDER BY crashes DESC, subject LIMIT 1000
