INSERT INTO fleet.title (title, uid)
SELECT t.value, c.uid
FROM jsonb_to_recordset($1::jsonb) AS r(uid text, titles jsonb)
	JOIN triage.incoming c ON c.uid = r.uid,
	jsonb_array_elements_text(r.titles) AS t(value)
ON CONFLICT (uid, title) DO NOTHING
