-- What a crash was counted as before its last verdict, and is no more.
UPDATE fleet.tally t SET crashes = t.crashes - g.crashes,
	emptied_seq = CASE WHEN t.crashes <= g.crashes THEN f.last ELSE t.emptied_seq END
FROM fleet.feed f, (
	SELECT kind, was_name AS name, was_part AS part, count(*) AS crashes
	FROM triage.incoming_pair
	WHERE revision > 1 AND (was_name IS DISTINCT FROM name OR was_part IS DISTINCT FROM part)
	GROUP BY kind, was_name, was_part) g
WHERE t.kind = g.kind AND t.name = g.name AND t.part = g.part
