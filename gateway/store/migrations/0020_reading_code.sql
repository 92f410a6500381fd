-- Codes with which somebody who rings in reads the prompts aloud; the newest alone is good, and once.
-- hash: argon2id, '' when it is of no more use. wrong: JSON, how often a resident (by id) keyed another one.
CREATE TABLE reading_code (
    id INTEGER PRIMARY KEY,
    language TEXT NOT NULL,
    hash TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    wrong TEXT NOT NULL DEFAULT '{}'
);
