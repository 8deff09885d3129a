-- id: same_device_model
-- title: the same device of one machine model fails on several hosts
-- severity: warning
-- advice: Look for a firmware or driver that these machines share, before any of them is repaired.
-- A crash names a device by its address: on machines of one model, that is the same model of device.
SELECT hardware || ' ' || name AS subject, hosts AS weight,
	name || ' of ' || hardware || ' failed on ' || hosts || ' hosts' AS headline,
	'the logs of ' || crashes || ' crashes on ' || hosts || ' hosts of this model within 30 days have errors of ' || name
		AS because,
	jsonb_build_object('hardware', hardware, 'device', name, 'errors', errors, 'hosts', hosts, 'crashes', crashes,
		'some_uids', uids) AS evidence
FROM (SELECT hardware, name, count(DISTINCT host) AS hosts, count(DISTINCT uid) AS crashes,
		jsonb_agg(DISTINCT why) AS errors, jsonb_agg(DISTINCT uid) AS uids
	FROM fleet.part WHERE kind IN ('device', 'disk') AND hardware IS NOT NULL AND host IS NOT NULL
		AND crash_time > $1::bigint - 2592000 AND crash_time <= $1::bigint + 86400
	GROUP BY hardware, name HAVING count(DISTINCT host) >= 3) p
ORDER BY hosts DESC, subject LIMIT 1000
