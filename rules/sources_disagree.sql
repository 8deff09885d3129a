-- id: sources_disagree
-- title: the dump's memory and its log tell of the crash in two ways
-- cause: unknown
-- severity: warning
-- confidence: 0.2
-- advice: Where only some registers differ, the memory they were saved in was written to after the oops was printed, or was not read right: see the differences in the finding.
-- advice: Where place and task differ, the log's oops is another one than what the dump was taken of: read both.
-- see: Documentation/admin-guide/kdump/kdump.rst
-- see: triage(1)
SELECT
	f.headline AS because,
	f.headline || coalesce(c.place, '') AS headline,
	f.confidence, f.number AS finding, c.finding AS finding2
FROM finding f JOIN crash c ON c.dump = f.dump
WHERE f.dump = :dump AND f.code = 'crash.disagrees';
