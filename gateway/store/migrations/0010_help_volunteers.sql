-- Help in full: who is asked, who claims, what is told when; the food bank; who is told of an emergency.

-- What the community's files say. name: help, foodbank; data: JSON (gateway/help_settings.py and others).
CREATE TABLE help_settings (
    name TEXT PRIMARY KEY,
    data TEXT NOT NULL
);

-- `areas` and `hours` are JSON lists, empty for anywhere and any time; hours are [weekday, start, end],
-- Monday 0. A volunteer is asked at most `weekly_offers` times in seven days, and not before `paused_until`.
ALTER TABLE volunteer DROP COLUMN area;
ALTER TABLE volunteer ADD COLUMN areas TEXT NOT NULL DEFAULT '[]';
ALTER TABLE volunteer ADD COLUMN hours TEXT NOT NULL DEFAULT '[]';
ALTER TABLE volunteer ADD COLUMN weekly_offers INTEGER NOT NULL DEFAULT 3;
ALTER TABLE volunteer ADD COLUMN paused_until TEXT;

-- `due_at` is when time itself next does something with the request (gateway/services/help_time.py).
-- A `held` request is a person's to deal with: nobody is asked by itself. `nobody_at`: since when nobody
-- else could be asked. `address` is known once somebody has claimed. `happened`: what the resident said.
ALTER TABLE help_request ADD COLUMN part TEXT NOT NULL DEFAULT '';
ALTER TABLE help_request ADD COLUMN reach TEXT NOT NULL DEFAULT '';
ALTER TABLE help_request ADD COLUMN reach_number TEXT NOT NULL DEFAULT '';
ALTER TABLE help_request ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE help_request ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE help_request ADD COLUMN due_at TEXT;
ALTER TABLE help_request ADD COLUMN nobody_at TEXT;
ALTER TABLE help_request ADD COLUMN matched_at TEXT;
ALTER TABLE help_request ADD COLUMN address_asked_at TEXT;
ALTER TABLE help_request ADD COLUMN reminded_at TEXT;
ALTER TABLE help_request ADD COLUMN asked_at TEXT;
ALTER TABLE help_request ADD COLUMN happened INTEGER;
ALTER TABLE help_request ADD COLUMN duplicate_of INTEGER REFERENCES help_request(id);
ALTER TABLE help_request ADD COLUMN words_erased_at TEXT;
CREATE INDEX help_request_due ON help_request (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX help_request_words ON help_request (closed_at)
    WHERE closed_at IS NOT NULL AND words_erased_at IS NULL;
CREATE INDEX help_request_matched ON help_request (volunteer_id) WHERE state = 'matched';

-- A request put to a volunteer. state: open, accepted, declined, lapsed (no answer in time), taken
-- (somebody else was first), closed (no longer needed), given_back (could not do it after all).
CREATE TABLE offer (
    id INTEGER PRIMARY KEY,
    request_id INTEGER NOT NULL REFERENCES help_request(id),
    volunteer_id INTEGER NOT NULL REFERENCES volunteer(resident_id),
    state TEXT NOT NULL,
    offered_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
);
CREATE INDEX offer_request ON offer (request_id, id);
CREATE INDEX offer_volunteer ON offer (volunteer_id, offered_at);
CREATE UNIQUE INDEX offer_open ON offer (volunteer_id, request_id) WHERE state = 'open';
-- Never two winners, whatever the code above it does.
CREATE UNIQUE INDEX offer_won ON offer (request_id) WHERE state = 'accepted';

-- What coordinators note about a request. `noted_by` is how the dashboard names them.
CREATE TABLE help_note (
    id INTEGER PRIMARY KEY,
    request_id INTEGER NOT NULL REFERENCES help_request(id),
    at TEXT NOT NULL,
    noted_by TEXT NOT NULL,
    words TEXT NOT NULL
);
CREATE INDEX help_note_request ON help_note (request_id, id);

-- Urgent matters are repeated by text from `repeat_at` on, to one coordinator after the other, with the
-- resident's `words`, which are erased once it is taken: by an account, or by somebody who texted GOT IT.
ALTER TABLE urgent ADD COLUMN words TEXT NOT NULL DEFAULT '';
ALTER TABLE urgent ADD COLUMN repeat_at TEXT;
ALTER TABLE urgent ADD COLUMN taken_by_resident INTEGER REFERENCES resident(id);
CREATE INDEX urgent_repeat ON urgent (repeat_at) WHERE repeat_at IS NOT NULL;

CREATE TABLE urgent_telling (
    id INTEGER PRIMARY KEY,
    urgent_id INTEGER NOT NULL REFERENCES urgent(id),
    resident_id INTEGER NOT NULL REFERENCES resident(id),
    at TEXT NOT NULL
);
CREATE INDEX urgent_telling_urgent ON urgent_telling (urgent_id, id);
CREATE INDEX urgent_telling_resident ON urgent_telling (resident_id, id);

-- A referral to the food bank. state: new, booked, given, missed, cancelled. `slot` is a key of the
-- community's slots, on `slot_date` (local); the words of the household are erased with help's.
CREATE TABLE food_referral (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    resident_id INTEGER NOT NULL REFERENCES resident(id),
    state TEXT NOT NULL,
    language TEXT NOT NULL,
    adults INTEGER NOT NULL,
    children INTEGER NOT NULL,
    diet TEXT NOT NULL,
    allergies TEXT NOT NULL,
    cooking TEXT NOT NULL,
    voucher TEXT NOT NULL,
    address TEXT NOT NULL DEFAULT '',
    slot TEXT NOT NULL DEFAULT '',
    slot_date TEXT,
    starts_at TEXT,
    ends_at TEXT,
    opened_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    closed_at TEXT,
    reminded_at TEXT,
    words_erased_at TEXT
);
CREATE UNIQUE INDEX food_referral_code ON food_referral (code) WHERE closed_at IS NULL;
CREATE INDEX food_referral_resident ON food_referral (resident_id, id);
CREATE INDEX food_referral_booked ON food_referral (slot_date, slot) WHERE state = 'booked';
CREATE INDEX food_referral_starts ON food_referral (starts_at) WHERE state = 'booked';
CREATE INDEX food_referral_words ON food_referral (closed_at)
    WHERE closed_at IS NOT NULL AND words_erased_at IS NULL;
