-- What ran, what upstream said, and who may read or write.

CREATE TABLE job_runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job text NOT NULL,
    year smallint,
    round smallint,
    started_at timestamptz NOT NULL,
    finished_at timestamptz CHECK (finished_at >= started_at),
    outcome job_outcome,
    rows_read integer CHECK (rows_read >= 0),
    rows_inserted integer CHECK (rows_inserted >= 0),
    rows_changed integer CHECK (rows_changed >= 0),
    rows_deleted integer CHECK (rows_deleted >= 0),
    disagreements integer CHECK (disagreements >= 0),
    upstream_requests integer CHECK (upstream_requests >= 0),
    detail text,
    error text,
    CHECK ((finished_at IS NULL) = (outcome IS NULL)),
    CHECK (error IS NULL OR outcome = 'failed')
);
CREATE INDEX job_runs_job ON job_runs (job, started_at DESC);
COMMENT ON COLUMN job_runs.outcome IS 'NULL while running, or when the process died';

CREATE TABLE raw_responses (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL CHECK (source IN ('f1db', 'jolpica', 'openf1', 'live_timing', 'demo')),
    url text NOT NULL,
    release_tag text,
    fetched_at timestamptz NOT NULL,
    etag text,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    body bytea
);
ALTER TABLE raw_responses ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX raw_responses_source ON raw_responses (source, fetched_at DESC);
COMMENT ON COLUMN raw_responses.body IS 'Compressed; NULL once the retention time has passed, the rest stays as provenance';
COMMENT ON COLUMN raw_responses.etag IS 'Sent back as If-None-Match: an unchanged release is not read again';

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'f1_etl') OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'f1_api') THEN
        RAISE EXCEPTION 'roles f1_etl and f1_api are missing: run deploy/roles.sql once on this server, then migrate again';
    END IF;
END $$;

GRANT USAGE ON SCHEMA public TO f1_etl, f1_api;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO f1_etl, f1_api;
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO f1_etl;
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO f1_etl;
REVOKE INSERT, UPDATE, DELETE ON race_transitions, standing_adjustments FROM f1_etl;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO f1_etl, f1_api;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT INSERT, UPDATE, DELETE ON TABLES TO f1_etl;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO f1_etl;
