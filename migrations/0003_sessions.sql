-- What happened on track. A table that exists for the Grand Prix and for the sprint is one parent, list-partitioned
-- by `contest`; a row is a car with its driver, since a driver could change cars in one race until 1964.

CREATE TABLE practice_results (
    race_id integer NOT NULL REFERENCES races ON DELETE CASCADE,
    session smallint NOT NULL CHECK (session BETWEEN 1 AND 4),
    driver_id integer NOT NULL REFERENCES drivers,
    car_number text NOT NULL,
    team_id integer NOT NULL REFERENCES teams,
    display_order smallint NOT NULL CHECK (display_order > 0),
    time_ms milliseconds,
    laps smallint CHECK (laps >= 0),
    PRIMARY KEY (race_id, session, driver_id, car_number)
);

CREATE TABLE qualifying (
    race_id integer NOT NULL REFERENCES races ON DELETE CASCADE,
    contest contest NOT NULL,
    driver_id integer NOT NULL REFERENCES drivers,
    car_number text NOT NULL,
    team_id integer NOT NULL REFERENCES teams,
    display_order smallint NOT NULL CHECK (display_order > 0),
    position place,
    position_text text NOT NULL,
    q1_ms milliseconds,
    q2_ms milliseconds,
    q3_ms milliseconds,
    time_ms milliseconds,
    laps smallint CHECK (laps >= 0),
    PRIMARY KEY (race_id, contest, driver_id, car_number)
) PARTITION BY LIST (contest);
CREATE TABLE qualifying_results PARTITION OF qualifying FOR VALUES IN ('grand_prix');
CREATE TABLE sprint_qualifying_results PARTITION OF qualifying FOR VALUES IN ('sprint');
COMMENT ON TABLE qualifying IS 'Classification before penalties; the grid is a table of its own';
COMMENT ON COLUMN qualifying.time_ms IS 'The one time of formats without segments; NULL in knockout qualifying';

CREATE TABLE grid (
    race_id integer NOT NULL REFERENCES races ON DELETE CASCADE,
    contest contest NOT NULL,
    driver_id integer NOT NULL REFERENCES drivers,
    car_number text NOT NULL,
    team_id integer NOT NULL REFERENCES teams,
    display_order smallint NOT NULL CHECK (display_order > 0),
    position place,
    pit_lane boolean NOT NULL CHECK (pit_lane = (position IS NULL)),
    qualifying_position place,
    penalty text,
    time_ms milliseconds,
    PRIMARY KEY (race_id, contest, driver_id, car_number)
) PARTITION BY LIST (contest);
CREATE TABLE race_grid PARTITION OF grid FOR VALUES IN ('grand_prix');
CREATE TABLE sprint_grid PARTITION OF grid FOR VALUES IN ('sprint');
COMMENT ON TABLE grid IS 'The official starting grid after penalties; who then did not start can be in it';
COMMENT ON COLUMN grid.penalty IS 'Places as text, or SFB: start from the back';

CREATE TABLE results (
    race_id integer NOT NULL REFERENCES races ON DELETE CASCADE,
    contest contest NOT NULL,
    driver_id integer NOT NULL REFERENCES drivers,
    car_number text NOT NULL,
    team_id integer NOT NULL REFERENCES teams,
    engine text NOT NULL,
    display_order smallint NOT NULL CHECK (display_order > 0),
    position place,
    position_text text NOT NULL,
    status result_status NOT NULL,
    retirement_reason text,
    shared_car boolean NOT NULL,
    laps smallint CHECK (laps >= 0),
    time_ms milliseconds,
    penalty_ms milliseconds,
    gap_ms milliseconds,
    gap_laps smallint CHECK (gap_laps > 0),
    points numeric(7, 2) NOT NULL CHECK (points >= 0),
    grid place,
    pole boolean NOT NULL,
    pit_stops smallint CHECK (pit_stops >= 0),
    fastest_lap boolean NOT NULL,
    fastest_lap_ms milliseconds,
    fastest_lap_number smallint CHECK (fastest_lap_number > 0),
    PRIMARY KEY (race_id, contest, driver_id, car_number),
    CONSTRAINT results_position_matches_status CHECK (
        CASE status
            WHEN 'finished' THEN position IS NOT NULL
            WHEN 'lapped' THEN position IS NOT NULL
            WHEN 'retired' THEN true
            ELSE position IS NULL
        END),
    CONSTRAINT results_one_car_a_place UNIQUE (race_id, contest, display_order) DEFERRABLE INITIALLY DEFERRED
) PARTITION BY LIST (contest);
CREATE TABLE race_results PARTITION OF results FOR VALUES IN ('grand_prix');
CREATE TABLE sprint_results PARTITION OF results FOR VALUES IN ('sprint');
CREATE INDEX results_driver ON results (driver_id, race_id);
CREATE INDEX results_team ON results (team_id, race_id);
COMMENT ON COLUMN results.position IS 'NULL: not classified. A retired car can be classified (nine tenths of the distance)';
COMMENT ON COLUMN results.shared_car IS 'True for the second and later drivers of one car (to 1964)';
COMMENT ON COLUMN results.points IS '0 means none scored; in shared drives the share';
COMMENT ON COLUMN results.pole IS 'Credited with pole position, which in sprint weekends need not be grid place 1';
COMMENT ON COLUMN results.fastest_lap IS 'Set the fastest lap of the race; unknown (2021 Belgium) is false for all';

CREATE TABLE laps (
    race_id integer NOT NULL REFERENCES races ON DELETE CASCADE,
    contest contest NOT NULL,
    driver_id integer NOT NULL REFERENCES drivers,
    lap smallint NOT NULL CHECK (lap > 0),
    position place,
    time_ms milliseconds,
    PRIMARY KEY (race_id, contest, driver_id, lap)
) PARTITION BY LIST (contest);
CREATE TABLE lap_times PARTITION OF laps FOR VALUES IN ('grand_prix');
CREATE TABLE sprint_lap_times PARTITION OF laps FOR VALUES IN ('sprint');

CREATE TABLE pit_stops (
    race_id integer NOT NULL REFERENCES races ON DELETE CASCADE,
    driver_id integer NOT NULL REFERENCES drivers,
    car_number text NOT NULL,
    stop smallint NOT NULL CHECK (stop > 0),
    team_id integer NOT NULL REFERENCES teams,
    display_order smallint NOT NULL CHECK (display_order > 0),
    lap smallint NOT NULL CHECK (lap >= 0),
    time_ms milliseconds,
    PRIMARY KEY (race_id, driver_id, car_number, stop)
);
COMMENT ON COLUMN pit_stops.time_ms IS 'In the pit lane; includes a red flag where there was one';
