-- What lists and groups ask of each crash, so that none of them opens a million rows; and a dump by where it lay.
DROP INDEX fleet.crash_time;
CREATE INDEX crash_wide ON fleet.crash (crash_time DESC, id DESC)
	INCLUDE (host, kernel, cause, severity, signature, hardware, state);
CREATE INDEX sighting_path ON fleet.sighting (path);
