-- id: analysis_failed
-- title: the dump could not be read, or not to its end
-- cause: unknown
-- severity: notice
-- confidence: 0.1
-- advice: See what could not be read, and why; a log beside the dump (vmcore-dmesg.txt) is read in its place.
-- see: makedumpfile(8)
-- see: Documentation/admin-guide/kdump/kdump.rst
-- Whatever was found before says more than this.
SELECT
	headline AS because,
	headline AS headline,
	finding
FROM failure
WHERE dump = :dump AND headline IS NOT NULL AND severity = 'critical'
	AND NOT EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump AND c.kind <> 'unknown');
