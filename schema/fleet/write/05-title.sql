INSERT INTO fleet.title (crash, crash_time, place, title)
SELECT c.id, c.crash_time, min(t.place), t.value
FROM jsonb_to_recordset($1::jsonb) AS r(uid text, titles jsonb)
	JOIN triage.incoming c ON c.uid = r.uid,
	jsonb_array_elements_text(r.titles) WITH ORDINALITY AS t(value, place)
GROUP BY c.id, c.crash_time, t.value
ORDER BY c.id, min(t.place)
