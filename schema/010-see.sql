-- Where to read of what a verdict says: a JSON list, as the rule that decided has it.
ALTER TABLE verdict ADD COLUMN see TEXT;
