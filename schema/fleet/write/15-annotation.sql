-- One goes for all crashes of a signature, so a batch may have it many times.
INSERT INTO fleet.annotation AS a (uid, signature, ticket, cause, note, fixed, annotated_at, now_signature)
SELECT DISTINCT ON (r.said_of) r.said_of, r.said_signature, r.ticket, r.said_cause, r.note, r.said_fixed, r.annotated_at,
	(SELECT c.signature FROM fleet.crash c WHERE c.uid = r.said_of)
FROM jsonb_to_recordset($1::jsonb) AS r(said_of text, said_signature text, ticket text, said_cause text, note text,
	said_fixed text, annotated_at bigint)
WHERE r.said_of IS NOT NULL AND r.annotated_at IS NOT NULL
ORDER BY r.said_of, r.annotated_at DESC
ON CONFLICT (uid) DO UPDATE SET signature = excluded.signature, ticket = excluded.ticket, cause = excluded.cause,
	note = excluded.note, fixed = excluded.fixed, annotated_at = excluded.annotated_at
WHERE excluded.annotated_at > a.annotated_at
