-- id: object_overwritten
-- title: a whole object holds somebody else's data
-- cause: use_after_free
-- severity: critical
-- confidence: 0.72
-- advice: The object was most likely freed while a pointer to it was still in use, and given to somebody else, who filled it: find who drops the last reference.
-- see: mm/slub.c
-- see: Documentation/dev-tools/kasan.rst
-- What is written ends where the object ends: its user wrote it, not somebody who missed his own memory.
-- A pointer that should have led to another object looks the same, hence no more confidence.
SELECT
	s.headline || '; it is in use, but not by what the function takes it for' ||
		coalesce('; freed before by ' || (SELECT b.freed_by FROM bad_holder b
			WHERE b.dump = s.dump AND b.start = s.start LIMIT 1), '') AS because,
	coalesce('Begin with ' || (SELECT b.freed_by FROM bad_holder b WHERE b.dump = s.dump AND b.start = s.start LIMIT 1) ||
		'(): it freed the object before.', 'Boot with slub_debug=PU,' || s.cache ||
		': the next use meets poison, and the log says who freed the object.') AS advice,
	-- what these functions alone go through
	'use after free likely: ' || CASE WHEN c.function GLOB 'move_linked_works(*' OR c.function GLOB 'pwq_activate_*' OR c.function GLOB 'insert_work(*' OR
		c.function GLOB '__queue_work(*' OR c.function GLOB 'process_one_work(*' THEN 'work item in '
		WHEN c.function GLOB '*run_timers*' OR c.function GLOB 'expire_timers(*' OR c.function GLOB 'timerqueue_*' OR
		c.function GLOB '*hrtimer*' THEN 'timer in ' ELSE '' END || s.cache || ' object ' || s.start ||
		' holds other data as a whole' ||
		-- whoever sets a timer goes through those of others
		iif(c.function GLOB 'timerqueue_*' OR c.function GLOB '*hrtimer*', '', c.culprit_place) AS headline,
	-- one flipped bit may have led to an object that is sound
	s.confidence * iif(EXISTS (SELECT 1 FROM broken_list l WHERE l.dump = s.dump AND l.kind = 'bit_flip'), 0.7, 1) AS confidence,
	s.finding, c.finding AS finding2
FROM object_sanity s JOIN crash c ON c.dump = s.dump
WHERE s.dump = :dump AND s.damage = 'whole_object' AND s.state <> 'free';
