-- The pipeline: whose list is held, what was corrected, when sessions are, and how often a job was tried.

CREATE TYPE upstream AS ENUM ('f1db', 'jolpica', 'openf1');

CREATE TYPE race_list AS ENUM (
    'practice_1', 'practice_2', 'practice_3', 'practice_4', 'sprint_qualifying', 'sprint_grid', 'sprint', 'qualifying',
    'grid', 'race', 'pit_stops', 'laps');

CREATE TABLE published_lists (
    race_id integer NOT NULL REFERENCES races ON DELETE CASCADE,
    list race_list NOT NULL,
    source upstream NOT NULL,
    first_seen timestamptz,
    PRIMARY KEY (race_id, list)
);
COMMENT ON TABLE published_lists IS 'Which lists of a weekend are held, and whose rows they are: precedence is decided here';
COMMENT ON COLUMN published_lists.first_seen IS 'When the list was first held, whoever published it; NULL for what was there before this was recorded';

INSERT INTO published_lists (race_id, list, source)
SELECT DISTINCT race_id, ('practice_' || session)::race_list, 'f1db'::upstream FROM practice_results
UNION ALL
SELECT DISTINCT race_id, (CASE contest WHEN 'sprint' THEN 'sprint_qualifying' ELSE 'qualifying' END)::race_list, 'f1db'::upstream FROM qualifying
UNION ALL
SELECT DISTINCT race_id, (CASE contest WHEN 'sprint' THEN 'sprint_grid' ELSE 'grid' END)::race_list, 'f1db'::upstream FROM grid
UNION ALL
SELECT DISTINCT race_id, (CASE contest WHEN 'sprint' THEN 'sprint' ELSE 'race' END)::race_list, 'f1db'::upstream FROM results
UNION ALL
SELECT DISTINCT race_id, 'pit_stops'::race_list, 'f1db'::upstream FROM pit_stops;

ALTER TABLE race_sessions
    ADD COLUMN jolpica_date date,
    ADD COLUMN jolpica_starts_at timestamptz,
    ADD COLUMN openf1_key integer CHECK (openf1_key > 0);
COMMENT ON COLUMN race_sessions.jolpica_date IS
    'What Jolpica last announced: where F1DB has times they hold, but a change of what Jolpica announced is news';
COMMENT ON COLUMN race_sessions.openf1_key IS 'The session''s key at OpenF1, once seen there';

ALTER TABLE job_runs ADD COLUMN attempt integer NOT NULL DEFAULT 1 CHECK (attempt > 0);
COMMENT ON COLUMN job_runs.attempt IS 'n-th run in a row that did not get what it was for';
CREATE INDEX job_runs_race ON job_runs (job, year, round, id DESC);

CREATE TABLE corrections (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_run_id bigint REFERENCES job_runs,
    race_id integer NOT NULL REFERENCES races ON DELETE CASCADE,
    list race_list NOT NULL,
    driver_id integer NOT NULL REFERENCES drivers ON DELETE CASCADE,
    before jsonb NOT NULL,
    after jsonb CHECK (after IS DISTINCT FROM before)
);
CREATE INDEX corrections_race ON corrections (race_id, id);
CREATE INDEX corrections_run ON corrections (job_run_id);
COMMENT ON TABLE corrections IS 'What upstream took back after it was held here: places, ways to end, points';
COMMENT ON COLUMN corrections.after IS 'NULL: the row is gone';

CREATE FUNCTION note_correction() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    run bigint := nullif(current_setting('f1.job_run', true), '')::bigint;
    before jsonb;
    after jsonb;
BEGIN
    SELECT jsonb_object_agg(key, value) INTO before FROM jsonb_each(to_jsonb(OLD)) WHERE key = ANY (TG_ARGV);
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(key, value) INTO after FROM jsonb_each(to_jsonb(NEW)) WHERE key = ANY (TG_ARGV);
    END IF;
    -- A race that is deleted takes its rows with it: that is no correction.
    IF before IS DISTINCT FROM after AND EXISTS (SELECT FROM races WHERE id = OLD.race_id) THEN
        INSERT INTO corrections (job_run_id, race_id, list, driver_id, before, after)
        VALUES (run, OLD.race_id,
                (CASE TG_TABLE_NAME
                     WHEN 'race_results' THEN 'race'
                     WHEN 'sprint_results' THEN 'sprint'
                     WHEN 'qualifying_results' THEN 'qualifying'
                     WHEN 'sprint_qualifying_results' THEN 'sprint_qualifying'
                     WHEN 'race_grid' THEN 'grid'
                     WHEN 'sprint_grid' THEN 'sprint_grid'
                 END)::race_list,
                OLD.driver_id, before, after);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION note_correction IS 'Its arguments are the columns that count; f1.job_run says whose transaction it is';

CREATE TRIGGER results_corrected AFTER UPDATE OR DELETE ON results
    FOR EACH ROW EXECUTE FUNCTION note_correction('position', 'status', 'points');
CREATE TRIGGER qualifying_corrected AFTER UPDATE OR DELETE ON qualifying
    FOR EACH ROW EXECUTE FUNCTION note_correction('position');
CREATE TRIGGER grid_corrected AFTER UPDATE OR DELETE ON grid
    FOR EACH ROW EXECUTE FUNCTION note_correction('position', 'pit_lane');
