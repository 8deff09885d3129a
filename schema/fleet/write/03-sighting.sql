-- Those of crashes whose verdict is another's, too: so each is looked for by its uid.
INSERT INTO fleet.sighting AS s (crash, source, number, local_id, found_at, seen_s, generation, path)
SELECT (SELECT c.id FROM fleet.crash c WHERE c.uid = r.uid),
	(SELECT o.id FROM fleet.source o WHERE o.machine = $2 AND o.epoch = $3),
	r.number, r.local_id, r.found_at, floor(extract(epoch FROM now()))::bigint, $4::integer, r.path
FROM jsonb_to_recordset($1::jsonb) AS r(uid text, number bigint, local_id bigint, path text, found_at bigint)
ON CONFLICT (crash, source) DO UPDATE SET generation = excluded.generation, number = excluded.number,
	local_id = excluded.local_id, path = excluded.path, found_at = excluded.found_at, seen_s = excluded.seen_s
