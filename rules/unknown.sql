-- id: unknown
-- title: nothing else fits
-- cause: unknown
-- severity: notice
-- confidence: 0.05
-- advice: Read the kernel log and the stacks; attach both to a ticket.
SELECT
	'no rule explains a crash of kind ' || coalesce(kind, 'unknown') AS because,
	'unexplained crash' || coalesce(': ' || message, '') || place AS headline,
	finding
FROM crash
WHERE dump = :dump AND kind IS NOT 'none';
