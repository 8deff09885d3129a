-- id: same_device_model
-- title: the same device model fails on several hosts
-- severity: warning
-- advice: Look for a firmware or driver that these machines share, before any of them is repaired.
-- A log names the model of a device where it has the line in which the kernel found it; where it has not, an address on
-- machines of one model stands for one.
SELECT model AS subject, hosts AS weight, model || ' failed on ' || hosts || ' hosts' AS headline,
	'the logs of ' || crashes || ' crashes on ' || hosts || ' hosts within 30 days have errors of such a device' AS because,
	jsonb_build_object('model', model, 'told_by', told_by, 'devices', devices, 'hardware', hardware, 'errors', errors,
		'hosts', hosts, 'crashes', crashes, 'some_uids', uids) AS evidence
FROM (SELECT coalesce(model, hardware || ' ' || name) AS model,
		min(CASE WHEN model IS NULL THEN 'address' ELSE 'log' END) AS told_by, count(DISTINCT host) AS hosts,
		count(DISTINCT uid) AS crashes, jsonb_agg(DISTINCT why) AS errors, jsonb_agg(DISTINCT name) AS devices,
		jsonb_agg(DISTINCT hardware) AS hardware, jsonb_agg(DISTINCT uid) AS uids
	FROM fleet.part WHERE kind IN ('device', 'disk') AND coalesce(model, hardware) IS NOT NULL AND host IS NOT NULL
		AND crash_time > $1::bigint - 2592000 AND crash_time <= $1::bigint + 86400
	GROUP BY coalesce(model, hardware || ' ' || name) HAVING count(DISTINCT host) >= 3) p
ORDER BY hosts DESC, subject LIMIT 1000
