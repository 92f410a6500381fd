-- Lifts in full: what vehicles and riders need, closed days, offers of freed seats, reminders, the road.

ALTER TABLE place ADD COLUMN latitude REAL;
ALTER TABLE place ADD COLUMN longitude REAL;

-- A lift, a ramp or a low step: who has a wheelchair or a walking aid gets in.
ALTER TABLE vehicle ADD COLUMN lift INTEGER NOT NULL DEFAULT 0;
UPDATE vehicle SET lift = 1 WHERE wheelchair_spaces > 0;

-- Whether riders may hear the driver's first name.
ALTER TABLE driver ADD COLUMN name_told INTEGER NOT NULL DEFAULT 0;

-- A rider's home, so that "home" is a place of theirs.
ALTER TABLE rider ADD COLUMN home TEXT REFERENCES place(key);

-- prior_notice_last_day 0: nothing has to be booked days before. `holidays` is a calendar such as
-- GB-ENG, or empty. window_min: how much later than promised the vehicle may come.
ALTER TABLE lift_rules ADD COLUMN prior_notice_last_day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lift_rules ADD COLUMN prior_notice_last_time TEXT NOT NULL DEFAULT '16:00';
ALTER TABLE lift_rules ADD COLUMN wheelchair_loading_min INTEGER NOT NULL DEFAULT 10;
ALTER TABLE lift_rules ADD COLUMN speed_km_h INTEGER NOT NULL DEFAULT 30;
ALTER TABLE lift_rules ADD COLUMN window_min INTEGER NOT NULL DEFAULT 15;
ALTER TABLE lift_rules ADD COLUMN offer_min INTEGER NOT NULL DEFAULT 120;
ALTER TABLE lift_rules ADD COLUMN reminder_time TEXT NOT NULL DEFAULT '18:00';
ALTER TABLE lift_rules ADD COLUMN list_min INTEGER NOT NULL DEFAULT 90;
ALTER TABLE lift_rules ADD COLUMN holidays TEXT NOT NULL DEFAULT '';

-- Days that are no ordinary days: closed, or open although they are a public holiday.
CREATE TABLE closed_day (
    date TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    closed INTEGER NOT NULL DEFAULT 1
);

ALTER TABLE run ADD COLUMN lift INTEGER NOT NULL DEFAULT 0;
UPDATE run SET lift = 1 WHERE wheelchair_spaces > 0;
-- When the driver was sent the day's list: from then on every change reaches them at once.
ALTER TABLE run ADD COLUMN list_sent_at TEXT;
CREATE INDEX run_driver_date ON run (driver_id, date);
CREATE INDEX run_list_due ON run (starts_at) WHERE list_sent_at IS NULL;

-- state: requested, standby, offered, booked, reminded, on_board, done, no_show, cancelled, unmet.
-- Offered, booked, reminded and on board hold a seat. `outward_id`: this is the way back of that trip.
-- `passed` counts the offers nobody answered; `cancelled_as` is early, late or same_day.
-- `list_number` is the trip's number in its driver's list of the day, kept for good once given.
ALTER TABLE trip ADD COLUMN needs TEXT NOT NULL DEFAULT 'alone';
ALTER TABLE trip ADD COLUMN needs_lift INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trip ADD COLUMN loading_min INTEGER NOT NULL DEFAULT 5;
ALTER TABLE trip ADD COLUMN appointment TEXT NOT NULL DEFAULT '';
ALTER TABLE trip ADD COLUMN outward_id INTEGER REFERENCES trip(id);
ALTER TABLE trip ADD COLUMN offered_until TEXT;
ALTER TABLE trip ADD COLUMN passed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trip ADD COLUMN cancelled_as TEXT NOT NULL DEFAULT '';
ALTER TABLE trip ADD COLUMN remind_at TEXT;
ALTER TABLE trip ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trip ADD COLUMN list_number INTEGER;
ALTER TABLE trip ADD COLUMN set_out_at TEXT;
UPDATE trip SET needs = 'companion' WHERE wheelchairs = 0 AND seats > 1;
UPDATE trip SET needs = 'wheelchair', needs_lift = 1 WHERE wheelchairs > 0 AND seats = 0;
UPDATE trip SET needs = 'wheelchair_companion', needs_lift = 1 WHERE wheelchairs > 0 AND seats > 0;

DROP INDEX trip_open_code;
DROP INDEX trip_run;
DROP INDEX trip_booked_end;
CREATE UNIQUE INDEX trip_open_code ON trip (date, code)
    WHERE state IN ('requested', 'standby', 'offered', 'booked', 'reminded', 'on_board');
CREATE INDEX trip_run ON trip (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX trip_date ON trip (date);
CREATE INDEX trip_holding_end ON trip (ends_at) WHERE state IN ('offered', 'booked', 'reminded', 'on_board');
CREATE INDEX trip_offered ON trip (offered_until) WHERE state = 'offered';
CREATE INDEX trip_remind ON trip (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX trip_outward ON trip (outward_id) WHERE outward_id IS NOT NULL;
