-- Which kernels run where, as forwarders say each time they come: so that a release is known on whose hosts nothing
-- crashes, and a crash's rate by release is one of hosts.
CREATE TABLE fleet.running (
	machine TEXT NOT NULL,
	kernel  TEXT NOT NULL,
	since_s BIGINT NOT NULL, -- both by this server's clock
	seen_s  BIGINT NOT NULL,
	PRIMARY KEY (machine, kernel)
);
CREATE INDEX running_kernel ON fleet.running (kernel);
