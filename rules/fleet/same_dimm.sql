-- id: same_dimm
-- title: the same memory module in crash after crash
-- severity: critical
-- advice: Replace the module; until then, see whether the BMC can map it out.
SELECT host || ' ' || name AS subject, crashes AS weight,
	'memory module ' || name || ' of ' || host || ' in ' || crashes || ' crashes' AS headline,
	'the logs of ' || crashes || ' crashes within 30 days have errors of this module' AS because,
	jsonb_build_object('host', host, 'dimm', name, 'hardware', hardware, 'crashes', crashes, 'uids', uids) AS evidence
FROM (SELECT host, name, max(hardware) AS hardware, count(DISTINCT uid) AS crashes, jsonb_agg(DISTINCT uid) AS uids
	FROM fleet.part WHERE kind = 'dimm' AND host IS NOT NULL AND crash_time > $1::bigint - 2592000
		AND crash_time <= $1::bigint + 86400
	GROUP BY host, name HAVING count(DISTINCT uid) >= 2) p
ORDER BY crashes DESC, subject LIMIT 1000
