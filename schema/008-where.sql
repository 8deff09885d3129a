-- On what machine, and in which function and module, a crash was: for lists and groups that open no findings.
ALTER TABLE job ADD COLUMN hardware TEXT;
ALTER TABLE job ADD COLUMN function TEXT; -- where the fault is, and whose code that is
ALTER TABLE job ADD COLUMN module TEXT;
UPDATE job SET hardware = (SELECT evidence ->> '$.hardware' FROM finding f
	WHERE f.dump = job.dump AND f.code = 'system' AND evidence ->> '$.hardware' IS NOT NULL);
UPDATE job SET (function, module) = (SELECT
	coalesce(evidence ->> '$.culprit.symbol', evidence ->> '$.rip.symbol'),
	iif(evidence ->> '$.culprit.symbol' IS NULL, evidence ->> '$.rip.module', evidence ->> '$.culprit.module')
	FROM finding f WHERE f.dump = job.dump AND f.code = 'crash');
CREATE INDEX job_hardware ON job (hardware, crash_time DESC, dump DESC);
