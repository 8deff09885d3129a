INSERT INTO fleet.host AS h (host, hardware, kernel, crashes, first_s, last_s, last_id, last_uid)
SELECT l.host, l.hardware, l.kernel, g.crashes, g.first_s, l.crash_time, l.id, l.uid
FROM (SELECT host, sum(CASE WHEN revision = 1 OR was_host IS DISTINCT FROM host THEN 1 ELSE 0 END) AS crashes,
		min(crash_time) AS first_s
	FROM triage.incoming WHERE host IS NOT NULL GROUP BY host) g
	JOIN (SELECT DISTINCT ON (host) host, hardware, kernel, crash_time, id, uid
	FROM triage.incoming WHERE host IS NOT NULL
	ORDER BY host, crash_time DESC, id DESC) l ON l.host = g.host
ON CONFLICT (host) DO UPDATE SET crashes = h.crashes + excluded.crashes,
	first_s = least(h.first_s, excluded.first_s), last_s = greatest(h.last_s, excluded.last_s),
	hardware = CASE WHEN (excluded.last_s, excluded.last_id) >= (h.last_s, h.last_id) THEN coalesce(excluded.hardware, h.hardware) ELSE h.hardware END,
	kernel = CASE WHEN (excluded.last_s, excluded.last_id) >= (h.last_s, h.last_id) THEN coalesce(excluded.kernel, h.kernel) ELSE h.kernel END,
	last_id = CASE WHEN (excluded.last_s, excluded.last_id) >= (h.last_s, h.last_id) THEN excluded.last_id ELSE h.last_id END,
	last_uid = CASE WHEN (excluded.last_s, excluded.last_id) >= (h.last_s, h.last_id) THEN excluded.last_uid ELSE h.last_uid END
