-- id: journal_left
-- title: a task carries in journal_info what is no transaction of the file system that took it for one
-- cause: wild_pointer
-- severity: critical
-- confidence: 0.95
-- advice: Look for who sets current->journal_info and returns without clearing it: an error path, or a function that uses it for something else. What the task did before this call is not recorded.
-- rules-out: The file system that crashed: it takes what the task carries for a transaction that it began itself.
-- see: include/linux/sched.h
-- see: fs/jbd2/transaction.c
SELECT
	b.headline || '; the function at the crash has it in a register' AS because,
	coalesce(c.comm || '/' || c.pid, 'the task') || ' still carries journal_info ' ||
		coalesce(b.cache || ' object ' || b.start, b.address) || c.culprit_code AS headline,
	iif(c.kind = 'bug', 'assertion', 'wild_pointer') AS cause,
	min(b.confidence, c.confidence) AS confidence, b.finding, c.finding AS finding2
FROM blamed b JOIN crash c ON c.dump = b.dump
WHERE b.dump = :dump AND b.what = 'journal_info';
