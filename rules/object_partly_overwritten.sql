-- id: object_partly_overwritten
-- title: part of an object was overwritten
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.8
-- advice: See which member of the object the bytes begin in (triage show --memory): an array in front of the bad pointer may have been written beyond its end.
-- rules-out: One flipped bit: more than one word is wrong.
-- see: mm/slub.c
-- see: Documentation/dev-tools/kasan.rst
SELECT
	s.headline || iif(s.begins_there, ', from the very word on that was used: an object of another type than it was used as looks so, too',
		'') AS because,
	s.cache || ' object ' || s.start || iif(s.begins_there, ' overwritten, or of another type,' || coalesce(c.culprit_code, c.culprit_place),
		' partly overwritten; met' || c.culprit_place) AS headline,
	iif(s.begins_there, 'See who put the object where ' || coalesce(c.function, 'the function on the stack') ||
		' found it, and whether it is of the type that is used there.', NULL) AS advice,
	s.confidence, s.finding, c.finding AS finding2
FROM object_sanity s JOIN crash c ON c.dump = s.dump
WHERE s.dump = :dump AND s.damage = 'members' AND s.state <> 'free';
