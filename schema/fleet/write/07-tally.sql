INSERT INTO fleet.tally AS t (kind, name, part, crashes, first_s, last_s, since_seq)
SELECT g.kind, g.name, g.part, g.crashes, g.first_s, g.last_s, f.last
FROM fleet.feed f, (
	SELECT kind, name, part, count(*) AS crashes, min(crash_time) AS first_s, max(crash_time) AS last_s
	FROM triage.incoming_pair
	WHERE (revision = 1 OR was_name IS DISTINCT FROM name OR was_part IS DISTINCT FROM part)
		AND name IS NOT NULL AND part IS NOT NULL
	GROUP BY kind, name, part) g
ON CONFLICT (kind, name, part) DO UPDATE SET crashes = t.crashes + excluded.crashes,
	first_s = least(t.first_s, excluded.first_s), last_s = greatest(t.last_s, excluded.last_s),
	since_seq = CASE WHEN t.crashes = 0 THEN excluded.since_seq ELSE t.since_seq END
