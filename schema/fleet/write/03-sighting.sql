INSERT INTO fleet.sighting AS s (uid, machine, epoch, generation, number, local_id, path, found_at, seen_s)
SELECT r.uid, $2, $3, $4::integer, r.number, r.local_id, r.path, r.found_at, floor(extract(epoch FROM now()))::bigint
FROM jsonb_to_recordset($1::jsonb) AS r(uid text, number bigint, local_id bigint, path text, found_at bigint)
ON CONFLICT (uid, machine, epoch) DO UPDATE SET generation = excluded.generation, number = excluded.number,
	local_id = excluded.local_id, path = excluded.path, found_at = excluded.found_at, seen_s = excluded.seen_s
