-- How often a signature was there before, on this host and at all, without looking at each such crash.
CREATE INDEX job_signature_host ON job (signature, host, crash_time DESC, dump DESC);
