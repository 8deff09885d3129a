-- id: call_reused
-- title: a call through a pointer in an object that holds somebody else's data
-- cause: use_after_free
-- severity: critical
-- confidence: 0.85
-- advice: The object was most likely freed while a pointer to it was still in use, and given to somebody else, who filled it: find who drops the last reference.
-- see: mm/slub.c
-- see: Documentation/dev-tools/kasan.rst
-- A pointer that should have led to another object looks the same, hence no more confidence.
SELECT
	s.headline || '; it is in use, but not by what the function takes it for: ' || b.brief AS because,
	coalesce('Begin with ' || (SELECT b.freed_by FROM bad_holder b WHERE b.dump = s.dump AND b.start = s.start LIMIT 1) ||
		'(): it freed the object before.', 'Boot with slub_debug=PU,' || s.cache ||
		': the next use meets poison, and the log says who freed the object.') AS advice,
	'use after free likely: ' || iif(b.place GLOB '*notifier_call_chain*', 'notifier in ', 'call through ') || s.cache || ' object ' || s.start || c.culprit_code AS headline,
	b.confidence * s.confidence, b.finding, s.finding AS finding2
FROM bad_call b JOIN crash c ON c.dump = b.dump JOIN object_sanity s ON s.dump = b.dump
WHERE b.dump = :dump AND b.way = 'call' AND s.damage = 'whole_object' AND s.state <> 'free';
