DELETE FROM fleet.title WHERE uid IN (SELECT uid FROM triage.incoming WHERE revision > 1)
