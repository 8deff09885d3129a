-- id: wild_member
-- title: one member of a live object holds a pointer that points nowhere
-- cause: wild_pointer
-- severity: critical
-- confidence: 0.85
-- advice: The object is allocated now, which does not prove that it was all along: a use after free by an earlier owner is possible.
-- advice: Look for who else writes to this member, and for writes past the end of its neighbours.
-- see: mm/slub.c
-- see: Documentation/dev-tools/kasan.rst
-- How sure depends on what else the object shows: lists and pointers back prove it sound.
SELECT
	b.headline || coalesce('; ' || s.headline, '') AS because,
	'wild pointer ' || coalesce('in ' || b.type || '.' || b.member, 'at byte ' || b."offset") || ' of a live ' || b.cache ||
		' object' || iif(c.culprit_code = '', '', ', used' || c.culprit_code) AS headline,
	b.confidence * CASE WHEN s.damage = 'one_member' THEN s.confidence ELSE 0.72 END AS confidence,
	b.finding, coalesce(s.finding, c.finding) AS finding2
FROM bad_holder b JOIN crash c ON c.dump = b.dump LEFT JOIN object_sanity s ON s.dump = b.dump
WHERE b.dump = :dump AND b.state = 'allocated' AND c.kind IN ('page_fault', 'general_protection')
	AND coalesce(c.fault_class, '') NOT IN ('null_offset', 'list_poison', 'slab_poison', 'error_pointer')
	AND coalesce(s.damage, 'unknown') IN ('one_member', 'unknown');
