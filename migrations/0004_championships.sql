-- Standings as published, the facts they need beside results, and what is derived from both.

CREATE TABLE standings (
    race_id integer NOT NULL REFERENCES races ON DELETE CASCADE,
    is_final boolean NOT NULL,
    championship championship NOT NULL,
    display_order smallint NOT NULL CHECK (display_order > 0),
    source standing_source NOT NULL,
    position place,
    position_text text NOT NULL,
    driver_id integer REFERENCES drivers,
    team_id integer REFERENCES teams,
    engine text,
    points numeric(7, 2) NOT NULL CHECK (points >= 0),
    champion boolean NOT NULL,
    PRIMARY KEY (race_id, is_final, championship, display_order),
    CHECK ((driver_id IS NOT NULL) = (championship = 'drivers')),
    CHECK ((team_id IS NOT NULL) = (championship = 'teams'))
);
CREATE INDEX standings_driver ON standings (driver_id, race_id) WHERE driver_id IS NOT NULL;
CREATE INDEX standings_team ON standings (team_id, race_id) WHERE team_id IS NOT NULL;
COMMENT ON COLUMN standings.race_id IS 'After this race';
COMMENT ON COLUMN standings.is_final IS 'The table of the finished season, kept at its last race; it can differ from the one after that race (1997)';
COMMENT ON COLUMN standings.engine IS 'A constructor was judged with its engine (1961: cooper with climax)';
COMMENT ON COLUMN standings.champion IS 'True from the race on that settled the title';

CREATE TABLE standing_adjustments (
    year smallint NOT NULL,
    after_round smallint NOT NULL CHECK (after_round BETWEEN 1 AND 99),
    championship championship NOT NULL,
    team_key entity_key NOT NULL,
    points numeric(7, 2) NOT NULL,
    resets boolean NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (year, after_round, championship, team_key)
);
COMMENT ON TABLE standing_adjustments IS
    'Points given or taken by decision, from that round on; resets: what the team had scored before no longer counts';

INSERT INTO standing_adjustments VALUES
    (2018, 13, 'teams', 'force-india', 0, true,
     'Excluded when the company was sold; its successor began with no points at round 13'),
    (2020, 5, 'teams', 'racing-point', -15, false,
     'Fined fifteen points for brake ducts designed by another team, announced before round 5');

CREATE TABLE driver_season_stats (
    year smallint NOT NULL REFERENCES seasons,
    driver_id integer NOT NULL REFERENCES drivers,
    starts smallint NOT NULL CHECK (starts >= 0),
    classified smallint NOT NULL CHECK (classified BETWEEN 0 AND starts),
    wins smallint NOT NULL CHECK (wins BETWEEN 0 AND classified),
    podiums smallint NOT NULL CHECK (podiums BETWEEN wins AND classified),
    poles smallint NOT NULL CHECK (poles >= 0),
    fastest_laps smallint NOT NULL CHECK (fastest_laps >= 0),
    retirements smallint NOT NULL CHECK (retirements BETWEEN 0 AND starts),
    points numeric(7, 2) NOT NULL CHECK (points >= 0),
    mean_finish double precision CHECK (mean_finish >= 1),
    mean_grid double precision CHECK (mean_grid >= 1),
    mean_places_gained double precision,
    qualifying_gap_to_teammate double precision,
    sprint_starts smallint NOT NULL CHECK (sprint_starts >= 0),
    sprint_wins smallint NOT NULL CHECK (sprint_wins BETWEEN 0 AND sprint_starts),
    sprint_podiums smallint NOT NULL CHECK (sprint_podiums BETWEEN sprint_wins AND sprint_starts),
    sprint_points numeric(7, 2) NOT NULL CHECK (sprint_points >= 0),
    sprint_mean_finish double precision CHECK (sprint_mean_finish >= 1),
    championship_position place,
    championship_points numeric(7, 2),
    PRIMARY KEY (year, driver_id)
);
CREATE INDEX driver_season_stats_driver ON driver_season_stats (driver_id);
COMMENT ON COLUMN driver_season_stats.points IS 'Grand Prix points scored, before dropped results; sprint points apart';
COMMENT ON COLUMN driver_season_stats.qualifying_gap_to_teammate IS
    'Median of (own - best teammate''s time) / teammate''s time in the last segment both took part in; negative is faster';

CREATE TABLE team_season_stats (
    year smallint NOT NULL REFERENCES seasons,
    team_id integer NOT NULL REFERENCES teams,
    races smallint NOT NULL CHECK (races >= 0),
    starts smallint NOT NULL CHECK (starts >= 0),
    classified smallint NOT NULL CHECK (classified BETWEEN 0 AND starts),
    wins smallint NOT NULL CHECK (wins >= 0),
    podiums smallint NOT NULL CHECK (podiums >= wins),
    one_twos smallint NOT NULL CHECK (one_twos BETWEEN 0 AND wins),
    poles smallint NOT NULL CHECK (poles >= 0),
    fastest_laps smallint NOT NULL CHECK (fastest_laps >= 0),
    retirements smallint NOT NULL CHECK (retirements BETWEEN 0 AND starts),
    points numeric(7, 2) NOT NULL CHECK (points >= 0),
    mean_finish double precision CHECK (mean_finish >= 1),
    mean_grid double precision CHECK (mean_grid >= 1),
    sprint_starts smallint NOT NULL CHECK (sprint_starts >= 0),
    sprint_wins smallint NOT NULL CHECK (sprint_wins >= 0),
    sprint_podiums smallint NOT NULL CHECK (sprint_podiums >= sprint_wins),
    sprint_points numeric(7, 2) NOT NULL CHECK (sprint_points >= 0),
    championship_position place,
    championship_points numeric(7, 2),
    PRIMARY KEY (year, team_id)
);
CREATE INDEX team_season_stats_team ON team_season_stats (team_id);

CREATE FUNCTION computed_standings(of_year integer)
RETURNS TABLE (race_id integer, championship championship, place bigint, display_order bigint, subject_id integer, points numeric)
LANGUAGE sql STABLE AS $$
    WITH rounds AS (
        SELECT id, round FROM races WHERE year = of_year AND status = 'completed'
    ), scored AS (
        SELECT r.round, c.championship, c.subject_id, s.points,
               CASE s.contest WHEN 'grand_prix' THEN s.position END AS position
        FROM results s
        JOIN races r ON r.id = s.race_id
        CROSS JOIN LATERAL (VALUES ('drivers'::championship, s.driver_id), ('teams', s.team_id)) AS c (championship, subject_id)
        WHERE r.year = of_year AND s.status NOT IN ('did_not_qualify', 'excluded')
    ), adjusted AS (
        -- A team may have been renamed since the decision.
        SELECT j.after_round, j.championship, j.points, j.resets, coalesce(t.id, a.entity_id) AS team_id
        FROM standing_adjustments j
        LEFT JOIN teams t ON t.team_key = j.team_key
        LEFT JOIN key_aliases a ON a.kind = 'team' AND a.alias = j.team_key
        WHERE j.year = of_year
    ), tallied AS (
        SELECT n.id AS race_id, s.championship, s.subject_id,
               coalesce(sum(s.points) FILTER (WHERE s.round >= coalesce(a.counts_from, 1)), 0) + coalesce(min(a.points), 0) AS points,
               array_agg(s.position ORDER BY s.position)
                   FILTER (WHERE s.position IS NOT NULL AND s.round >= coalesce(a.counts_from, 1)) AS places
        FROM rounds n
        JOIN scored s ON s.round <= n.round
        LEFT JOIN LATERAL (
            SELECT max(after_round) FILTER (WHERE resets) AS counts_from, sum(j.points) AS points
            FROM adjusted j
            WHERE j.after_round <= n.round AND j.championship = s.championship AND j.team_id = s.subject_id
        ) a ON true
        GROUP BY n.id, s.championship, s.subject_id
    )
    -- Who was never classified and has no points is not in the table.
    -- Count-back: places in ascending order compare like "more wins, then more seconds, ..."; 999 lets one more
    -- finish beat none.
    SELECT race_id, championship,
           rank() OVER (PARTITION BY race_id, championship ORDER BY points DESC, places || 999::smallint),
           row_number() OVER (PARTITION BY race_id, championship ORDER BY points DESC, places || 999::smallint, subject_id),
           subject_id, points
    FROM tallied
    WHERE points <> 0 OR places IS NOT NULL
$$;
COMMENT ON FUNCTION computed_standings IS
    'Standings after every completed round, added up from results, sprints and adjustments; the rules of 2014 on';
