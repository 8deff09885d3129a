-- The first kernel release in which a crash that people know is fixed, by them: with a later one it has come back.
ALTER TABLE annotation ADD COLUMN fixed TEXT;
