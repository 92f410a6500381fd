-- Who asked to be forgotten, until nothing is left of them that something still needs.
ALTER TABLE resident ADD COLUMN forget_asked_at TEXT;
CREATE INDEX resident_forget ON resident (id) WHERE forget_asked_at IS NOT NULL;
