-- Who or what another upstream brings first has a provisional key and gaps, until a release of F1DB fills them.

ALTER TABLE drivers
    ALTER COLUMN place_of_birth DROP NOT NULL,
    ALTER COLUMN nationality DROP NOT NULL,
    ALTER COLUMN country_code DROP NOT NULL,
    ADD CONSTRAINT drivers_known_or_provisional CHECK (num_nulls(place_of_birth, nationality, country_code) IN (0, 3));
COMMENT ON COLUMN drivers.nationality IS 'The country; NULL, with its code and the place of birth, while no release has brought the person';

ALTER TABLE teams
    ALTER COLUMN country DROP NOT NULL,
    ALTER COLUMN country_code DROP NOT NULL,
    ADD CONSTRAINT teams_known_or_provisional CHECK (num_nulls(country, country_code) IN (0, 2));
COMMENT ON COLUMN teams.country IS 'NULL, with its code, while no release has brought the team';

ALTER TABLE results ALTER COLUMN engine DROP NOT NULL;
COMMENT ON COLUMN results.engine IS 'NULL where no release has brought the race: other upstreams do not name it';
