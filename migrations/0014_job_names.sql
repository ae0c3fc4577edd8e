-- The job that makes every missing prediction is named like the jobs that make those of one contest.

UPDATE job_runs SET job = 'compute_all_predictions' WHERE job = 'forecast_all';

DO $$ BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW data_freshness AS '
        || replace(pg_get_viewdef('data_freshness'::regclass), 'forecast_all', 'compute_all_predictions');
END $$;
