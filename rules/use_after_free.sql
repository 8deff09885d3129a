-- id: use_after_free
-- title: a pointer was read from an object that is free
-- cause: use_after_free
-- severity: critical
-- confidence: 0.97
-- advice: Look for who keeps a pointer to the object without holding a reference to it.
-- see: mm/slub.c
-- see: Documentation/dev-tools/kasan.rst
-- Poison in a free object leaves no doubt; other contents may have been read before it was freed.
SELECT
	b.headline AS because,
	'use after free: ' || coalesce(b.type || '.' || b.member || ' of ', '') || iif(b.freed_by IS NULL, 'freed ', '') ||
		b.cache || ' object ' || b.start || coalesce(', freed by ' || b.freed_by || ',', '') ||
		' was used' || c.culprit_place AS headline,
	coalesce('Begin with ' || b.freed_by || '(): it freed the object while a pointer to it was in use.',
		'Boot with slub_debug=PU,' || b.cache || ' to learn who frees the object.') AS advice,
	b.confidence * CASE c.fault_class WHEN 'slab_poison' THEN 1 ELSE 0.93 END AS confidence,
	b.finding, c.finding AS finding2
FROM bad_holder b JOIN crash c ON c.dump = b.dump
WHERE b.dump = :dump AND b.state = 'free' AND coalesce(b.member, '') <> 'free pointer'
	-- that pointer was right once, and the object may have been freed since it was read: the module that went is the news
	AND NOT EXISTS (SELECT 1 FROM bad_call u WHERE u.dump = :dump AND u.kind = 'unloaded');
