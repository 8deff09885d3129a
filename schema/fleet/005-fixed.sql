-- The first kernel release in which a crash that people know is fixed, as on a host.
ALTER TABLE fleet.annotation ADD COLUMN fixed TEXT;
