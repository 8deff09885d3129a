-- id: unknown
-- title: nothing else fits
-- cause: unknown
-- severity: notice
-- confidence: 0.05
-- advice: Read the kernel log and the stacks; attach both to a ticket.
-- see: Documentation/admin-guide/bug-hunting.rst
-- see: triage(1)
SELECT
	iif(coalesce(kind, 'unknown') = 'unknown', 'nothing that could be read says what stopped the kernel',
		'the kernel stopped with: ' || replace(kind, '_', ' ') || '; why is not known') ||
		iif(place = '', '', '; known is where it was:' || place) AS because,
	'unexplained crash' || coalesce(': ' || message, '') || place AS headline,
	finding
FROM crash
WHERE dump = :dump AND kind IS NOT 'none';
