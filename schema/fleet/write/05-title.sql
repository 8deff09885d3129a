INSERT INTO fleet.title (title, uid, crash_time)
SELECT t.value, c.uid, c.crash_time
FROM jsonb_to_recordset($1::jsonb) AS r(uid text, titles jsonb)
	JOIN triage.incoming c ON c.uid = r.uid,
	jsonb_array_elements_text(r.titles) AS t(value)
ON CONFLICT (uid, title) DO NOTHING
