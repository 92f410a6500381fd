-- The rota: who is there when. The id is the number people text. With `duty` whoever is on it hears of
-- urgent matters. state: open, taken, swap (taken, and given to whoever takes it), on, over, missed, cancelled.
CREATE TABLE shift (
    id INTEGER PRIMARY KEY,
    what TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    duty INTEGER NOT NULL,
    state TEXT NOT NULL,
    resident_id INTEGER REFERENCES resident(id),
    taken_at TEXT,
    reminded_at TEXT
);
CREATE INDEX shift_ahead ON shift (starts_at) WHERE state IN ('open', 'taken', 'swap', 'on');
CREATE INDEX shift_on ON shift (id) WHERE state = 'on';
CREATE INDEX shift_resident ON shift (resident_id, ends_at) WHERE resident_id IS NOT NULL;
