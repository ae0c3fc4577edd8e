-- One vocabulary: a stored forecast is a prediction, in every name of the schema. And how answers name drivers and teams.

ALTER TYPE forecast_input RENAME TO prediction_input;
ALTER TYPE data_kind RENAME VALUE 'forecasts' TO 'predictions';
ALTER TYPE problem_kind RENAME VALUE 'no_live_forecast' TO 'no_live_prediction';

ALTER TABLE forecast_scores RENAME TO prediction_scores;
ALTER TABLE calibration RENAME COLUMN forecasts TO predictions;
ALTER VIEW forecast_timeliness RENAME TO prediction_timeliness;
COMMENT ON TABLE accuracy IS 'Mean scores over the races of some seasons; derived from prediction_scores';

-- Constraints, and the indexes of keys, keep the old names when a table or column is renamed. Some versions of
-- PostgreSQL also name NOT NULL constraints, so the catalogue is asked which there are.
DO $$
DECLARE
    old record;
BEGIN
    FOR old IN
        SELECT conrelid::regclass AS table_name, conname AS name
        FROM pg_constraint
        WHERE conrelid IN ('prediction_scores'::regclass, 'calibration'::regclass)
          AND conname ~ '^(forecast_scores|calibration_forecasts)_'
    LOOP
        EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I',
                       old.table_name, old.name, regexp_replace(old.name, 'forecast', 'prediction'));
    END LOOP;
END $$;

-- The body of a function is text, which renaming does not change; 0015_pipeline.sql creates this one again.
DROP FUNCTION pipeline_problems(timestamptz);

-- The columns by which answers name a driver or a team, as one value. Both functions are inlined into the query.
CREATE TYPE driver_ref AS (key text, code text, name text, family_name text);
CREATE FUNCTION driver_ref(driver drivers) RETURNS driver_ref LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ROW(driver.driver_key, driver.code, driver.name, driver.last_name)::driver_ref
$$;

CREATE TYPE team_ref AS (key text, name text);
CREATE FUNCTION team_ref(team teams) RETURNS team_ref LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ROW(team.team_key, team.name)::team_ref
$$;
