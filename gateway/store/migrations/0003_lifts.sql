-- Community transport. Local dates are YYYY-MM-DD, local times HH:MM, moments UTC text (store/instant.py).

-- One row: what may be booked when (GTFS-Flex words), and how long things take, in minutes.
CREATE TABLE lift_rules (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    prior_notice_duration_min INTEGER NOT NULL,
    prior_notice_start_day INTEGER NOT NULL,
    loading_min INTEGER NOT NULL,
    travel_min INTEGER NOT NULL
);

CREATE TABLE vehicle (
    key TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    seats INTEGER NOT NULL CHECK (seats >= 0),
    wheelchair_spaces INTEGER NOT NULL CHECK (wheelchair_spaces >= 0)
);

CREATE TABLE driver (
    resident_id INTEGER PRIMARY KEY REFERENCES resident(id)
);

-- Who drives what in an ordinary week; a day's runs are made from it. Monday is 0.
CREATE TABLE driver_hours (
    id INTEGER PRIMARY KEY,
    driver_id INTEGER NOT NULL REFERENCES driver(resident_id),
    vehicle TEXT NOT NULL REFERENCES vehicle(key),
    weekday INTEGER NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    starts TEXT NOT NULL,
    ends TEXT NOT NULL
);

CREATE TABLE service_hours (
    weekday INTEGER PRIMARY KEY CHECK (weekday BETWEEN 0 AND 6),
    start_pickup_drop_off_window TEXT NOT NULL,
    end_pickup_drop_off_window TEXT NOT NULL
);

CREATE TABLE travel_time (
    origin TEXT NOT NULL REFERENCES place(key),
    destination TEXT NOT NULL REFERENCES place(key),
    minutes INTEGER NOT NULL CHECK (minutes >= 0),
    PRIMARY KEY (origin, destination)
);

-- A day whose runs have been made: they are made once, so that a run taken away stays away.
CREATE TABLE planned_day (
    date TEXT PRIMARY KEY
);

-- A vehicle with its driver, out on one day from start to end. It keeps what the vehicle could
-- carry when the day was planned: a smaller vehicle later on must not overbook it.
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    date TEXT NOT NULL REFERENCES planned_day(date),
    vehicle TEXT NOT NULL REFERENCES vehicle(key),
    driver_id INTEGER NOT NULL REFERENCES driver(resident_id),
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    seats INTEGER NOT NULL,
    wheelchair_spaces INTEGER NOT NULL,
    UNIQUE (vehicle, starts_at),
    UNIQUE (driver_id, starts_at)
);
CREATE INDEX run_date ON run (date);

-- What a rider needs every time: asked once, remembered.
CREATE TABLE rider (
    resident_id INTEGER PRIMARY KEY REFERENCES resident(id),
    needs TEXT NOT NULL
);

-- A journey somebody asked for. state: requested, standby, booked, done, no_show, cancelled, unmet.
-- `code` is unique among the open trips of a day, and of a resident. A booked trip takes `seats`
-- and `wheelchairs` of its run from starts_at until just before ends_at.
CREATE TABLE trip (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    resident_id INTEGER NOT NULL REFERENCES resident(id),
    state TEXT NOT NULL,
    pickup TEXT NOT NULL REFERENCES place(key),
    dropoff TEXT NOT NULL REFERENCES place(key),
    date TEXT NOT NULL,
    time TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    seats INTEGER NOT NULL CHECK (seats >= 0),
    wheelchairs INTEGER NOT NULL CHECK (wheelchairs >= 0),
    run_id INTEGER REFERENCES run(id),
    requested_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    CHECK (pickup <> dropoff),
    CHECK (seats + wheelchairs > 0),
    CHECK (starts_at < ends_at),
    CHECK (state <> 'booked' OR run_id IS NOT NULL)
);
CREATE UNIQUE INDEX trip_open_code ON trip (date, code) WHERE state IN ('requested', 'standby', 'booked');
CREATE INDEX trip_resident ON trip (resident_id, starts_at);
CREATE INDEX trip_run ON trip (run_id) WHERE state = 'booked';
CREATE INDEX trip_standby ON trip (starts_at) WHERE state = 'standby';
CREATE INDEX trip_booked_end ON trip (ends_at) WHERE state = 'booked';
