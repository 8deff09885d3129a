-- Its last crash is told of as it is now, whether it is new or has another verdict.
INSERT INTO fleet.signature AS s (signature, crashes, hosts, kernels, first_s, last_s, last_id, last_uid, host,
	kernel, cause, severity, headline, since_seq)
SELECT l.signature, g.crashes, 0, 0, g.first_s, l.crash_time, l.id, l.uid, l.host, l.kernel, l.cause, l.severity,
	l.headline, f.last
FROM fleet.feed f,
	(SELECT signature, sum(CASE WHEN revision = 1 OR was_signature IS DISTINCT FROM signature THEN 1 ELSE 0 END)
		AS crashes, min(crash_time) AS first_s
	FROM triage.incoming WHERE signature IS NOT NULL GROUP BY signature) g
	JOIN (SELECT DISTINCT ON (signature) signature, crash_time, id, uid, host, kernel, cause, severity, headline
	FROM triage.incoming WHERE signature IS NOT NULL
	ORDER BY signature, crash_time DESC, id DESC) l ON l.signature = g.signature
ON CONFLICT (signature) DO UPDATE SET crashes = s.crashes + excluded.crashes,
	first_s = least(s.first_s, excluded.first_s), last_s = greatest(s.last_s, excluded.last_s),
	last_id = CASE WHEN (excluded.last_s, excluded.last_id) >= (s.last_s, s.last_id) THEN excluded.last_id ELSE s.last_id END,
	last_uid = CASE WHEN (excluded.last_s, excluded.last_id) >= (s.last_s, s.last_id) THEN excluded.last_uid ELSE s.last_uid END,
	host = CASE WHEN (excluded.last_s, excluded.last_id) >= (s.last_s, s.last_id) THEN excluded.host ELSE s.host END,
	kernel = CASE WHEN (excluded.last_s, excluded.last_id) >= (s.last_s, s.last_id) THEN excluded.kernel ELSE s.kernel END,
	cause = CASE WHEN (excluded.last_s, excluded.last_id) >= (s.last_s, s.last_id) THEN excluded.cause ELSE s.cause END,
	severity = CASE WHEN (excluded.last_s, excluded.last_id) >= (s.last_s, s.last_id) THEN excluded.severity ELSE s.severity END,
	headline = CASE WHEN (excluded.last_s, excluded.last_id) >= (s.last_s, s.last_id) THEN excluded.headline ELSE s.headline END
