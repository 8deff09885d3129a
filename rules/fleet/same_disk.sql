-- id: same_disk
-- title: the same disk in crash after crash
-- severity: warning
-- advice: See the disk's own records (smartctl -a), its cable, path and firmware, then replace it.
SELECT host || ' ' || name AS subject, crashes AS weight,
	'disk ' || name || ' of ' || host || ' in ' || crashes || ' crashes' AS headline,
	'the logs of ' || crashes || ' crashes within 30 days have errors of this disk' AS because,
	jsonb_build_object('host', host, 'disk', name, 'hardware', hardware, 'errors', errors, 'crashes', crashes, 'uids',
		uids) AS evidence
FROM (SELECT host, name, max(hardware) AS hardware, count(DISTINCT uid) AS crashes, jsonb_agg(DISTINCT why) AS errors,
		jsonb_agg(DISTINCT uid) AS uids
	FROM fleet.part WHERE kind = 'disk' AND host IS NOT NULL AND crash_time > $1::bigint - 2592000
		AND crash_time <= $1::bigint + 86400
	GROUP BY host, name HAVING count(DISTINCT uid) >= 2) p
ORDER BY crashes DESC, subject LIMIT 1000
