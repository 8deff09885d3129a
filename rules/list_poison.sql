-- id: list_poison
-- title: a list node was used after it had been deleted
-- cause: use_after_free
-- severity: critical
-- confidence: 0.9
-- advice: The node was list_del()ed before: look for a second deletion, or for a walk that is not protected against deletion.
-- advice: A kernel with CONFIG_DEBUG_LIST, or booted with slub_debug=P, catches the first offence.
-- see: include/linux/poison.h
-- see: include/linux/list.h
SELECT
	'the fault address ' || fault_address ||
		' is a member''s offset away from LIST_POISON, which list_del() leaves in a deleted node' AS because,
	'deleted list node used: ' || fault_address || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND fault_class = 'list_poison';
