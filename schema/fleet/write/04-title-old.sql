DELETE FROM fleet.title WHERE crash IN (SELECT id FROM triage.incoming WHERE revision > 1)
