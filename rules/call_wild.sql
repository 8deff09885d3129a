-- id: call_wild
-- title: a call through a pointer that leads to no function
-- cause: wild_pointer
-- severity: critical
-- confidence: 0.9
-- advice: See what the pointer's memory holds (triage show --memory): one member overwritten, or an object of another kind.
-- see: arch/x86/mm/fault.c
SELECT
	'the CPU was sent to ' || b.target || ': ' || b.headline AS because,
	CASE WHEN b.through IS NOT NULL AND length(b.through || b.called) <= 108
		THEN b.through || b.called
		WHEN b.through IS NOT NULL THEN replace(b.through, ' object ', ' ') || b.called
		WHEN b.kind = 'user' THEN replace(b.brief, ' to 0x', ' to user memory at 0x')
		ELSE b.brief END || iif(b.through IS NULL AND length(b.brief) < 85, b.task, '') AS headline,
	b.confidence * CASE WHEN b.state = 'free' OR s.damage IN ('members', 'whole_object', 'overrun')
		THEN 0.6 WHEN b.state IS NULL THEN 0.9 ELSE 1.0 END AS confidence,
	iif(b.kind = 'inside', 'The target is in the midst of a function: a pointer to one was changed, or calculated with.',
		'The target is no code: somebody stored a pointer to an object where one to a function belongs.') AS advice,
	b.finding, b.finding2
FROM (SELECT b.*, c.task, h.state, coalesce(h.finding, c.finding) AS finding2,
		-- The object that held the pointer is what to look at.
		iif(h.owner = 'slab' AND b.kind NOT IN ('user', 'inside'), 'call through ' ||
			coalesce(replace(h.type, 'struct ', '') || '.' || h.member || ' of ', '') || h.cache ||
			' object ' || h.start || ' to ' || b.target_words,
			-- what timers and RCU call is in what they give it, where its place is lost
			iif(h.finding IS NULL AND a.finding IS NOT NULL AND b.kind NOT IN ('user', 'inside') AND c.context IN ('timer', 'rcu_callback'),
				'call through the callback of ' || a.cache || ' object ' || a.start || ' to ' || b.target_words, NULL)) AS through,
		-- Who calls what timers and RCU were given says nothing.
		iif(c.context IN ('timer', 'hrtimer', 'tasklet', 'rcu_callback') AND c.context_function IS NULL,
			c.task, ', in ' || b.place) AS called
	FROM bad_call b JOIN crash c ON c.dump = b.dump LEFT JOIN bad_holder h ON h.dump = b.dump
		LEFT JOIN object a ON a.dump = b.dump AND a."where" = 'rdi' AND a.kind = 'slab'
	WHERE b.dump = :dump AND b.way = 'call' AND b.kind NOT IN ('null', 'unloaded')) b
	LEFT JOIN object_sanity s ON s.dump = b.dump
LIMIT 1;
