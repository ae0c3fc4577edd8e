-- The words the schema is written in. `schema` (Rust) holds the same words; a test compares them.

CREATE TYPE contest AS ENUM ('grand_prix', 'sprint');

CREATE TYPE race_status AS ENUM (
    'scheduled', 'sprint_qualifying_done', 'sprint_done', 'qualifying_done', 'completed', 'cancelled');

CREATE TYPE event_format AS ENUM ('conventional', 'sprint', 'sprint_shootout', 'sprint_qualifying');

CREATE TYPE session_kind AS ENUM (
    'pre_qualifying', 'practice_1', 'practice_2', 'practice_3', 'practice_4', 'qualifying_1', 'qualifying_2',
    'qualifying', 'sprint_qualifying', 'sprint', 'warm_up', 'race');

CREATE TYPE result_status AS ENUM (
    'finished', 'lapped', 'retired', 'disqualified', 'not_classified', 'did_not_start', 'did_not_qualify',
    'excluded');

CREATE TYPE qualifying_format AS ENUM (
    'two_session', 'four_laps', 'one_session', 'one_lap', 'aggregate', 'knockout', 'elimination', 'sprint_race');

CREATE TYPE championship AS ENUM ('drivers', 'teams');

CREATE TYPE standing_source AS ENUM ('official', 'computed');

CREATE TYPE moment AS ENUM ('before_weekend', 'before_qualifying', 'qualifying_order', 'official_grid');

CREATE TYPE prediction_kind AS ENUM ('live', 'retrospective');

CREATE TYPE forecast_input AS ENUM ('qualifying_order', 'qualifying_times', 'official_grid');

CREATE TYPE job_outcome AS ENUM ('done', 'nothing_new', 'not_yet', 'failed');

CREATE TYPE entity_kind AS ENUM ('driver', 'team', 'circuit');

COMMENT ON TYPE event_format IS
    'conventional; sprint 2021-22 (Friday qualifying sets the sprint grid); sprint_shootout 2023; sprint_qualifying 2024 on';
COMMENT ON TYPE moment IS 'What a forecast could know: the last thing published before it was made';

CREATE DOMAIN entity_key AS text CHECK (VALUE ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(VALUE) <= 80);
CREATE DOMAIN milliseconds AS integer CHECK (VALUE >= 0);
CREATE DOMAIN probability AS double precision CHECK (VALUE >= 0 AND VALUE <= 1);
CREATE DOMAIN place AS smallint CHECK (VALUE BETWEEN 1 AND 99);
