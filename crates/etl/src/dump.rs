//! `f1-etl dump`: all content in canonical order by natural keys. Two databases have the same content if their dumps are
//! the same bytes: a dump has no surrogate ids, no ledger, no raw answers, and of the clock only whether a forecast was
//! live.

use anyhow::Result;
use futures_util::TryStreamExt as _;
use sqlx::{Executor as _, PgPool};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

/// Title and query of every section. `COPY` streams the rows, so that memory is bounded.
const SECTIONS: &[(&str, &str)] = &[
    ("seasons", "SELECT year FROM seasons ORDER BY 1"),
    (
        "circuits",
        "SELECT circuit_key, name, full_name, place, country, country_code, latitude, longitude, time_zone, kind, clockwise,
                length_m, turns FROM circuits ORDER BY circuit_key COLLATE \"C\"",
    ),
    (
        "teams",
        "SELECT team_key, lineage_key, name, full_name, country, country_code
         FROM teams JOIN team_lineages l ON l.id = lineage_id ORDER BY team_key COLLATE \"C\"",
    ),
    (
        "drivers",
        "SELECT driver_key, name, first_name, last_name, full_name, code, permanent_number, date_of_birth,
                date_of_death, place_of_birth, nationality, country_code
         FROM drivers ORDER BY driver_key COLLATE \"C\"",
    ),
    (
        "key_aliases",
        "SELECT a.kind, alias, coalesce(driver_key, team_key, circuit_key) AS key FROM key_aliases a
         LEFT JOIN drivers d ON a.kind = 'driver' AND d.id = entity_id
         LEFT JOIN teams t ON a.kind = 'team' AND t.id = entity_id
         LEFT JOIN circuits c ON a.kind = 'circuit' AND c.id = entity_id ORDER BY a.kind, alias COLLATE \"C\"",
    ),
    (
        "season_entries",
        "SELECT year, driver_key, team_key, entrant, engine, rounds, test_driver
         FROM season_entries JOIN drivers d ON d.id = driver_id JOIN teams t ON t.id = team_id
         ORDER BY year, driver_key COLLATE \"C\", team_key COLLATE \"C\", entrant COLLATE \"C\", engine COLLATE \"C\"",
    ),
    (
        "races",
        "SELECT year, round, grand_prix_key, r.name, official_name, circuit_key, date, starts_at, event_format, status,
                qualifying_format, lap_length_m, r.turns, laps, scheduled_laps, sprint_laps
         FROM races r JOIN circuits c ON c.id = circuit_id ORDER BY year, grand_prix_key COLLATE \"C\"",
    ),
    (
        "race_sessions",
        "SELECT year, grand_prix_key, session, s.date, s.starts_at FROM race_sessions s JOIN races r ON r.id = race_id
         ORDER BY year, grand_prix_key COLLATE \"C\", session",
    ),
    (
        "practice_results",
        "SELECT year, grand_prix_key, session, display_order, driver_key, car_number, team_key, time_ms, p.laps
         FROM practice_results p JOIN races r ON r.id = race_id JOIN drivers d ON d.id = driver_id
         JOIN teams t ON t.id = team_id
         ORDER BY year, grand_prix_key COLLATE \"C\", session, display_order, driver_key COLLATE \"C\", car_number",
    ),
    (
        "qualifying",
        "SELECT year, grand_prix_key, contest, display_order, driver_key, car_number, team_key, position, position_text,
                q1_ms, q2_ms, q3_ms, time_ms, q.laps
         FROM qualifying q JOIN races r ON r.id = race_id JOIN drivers d ON d.id = driver_id
         JOIN teams t ON t.id = team_id
         ORDER BY year, grand_prix_key COLLATE \"C\", contest, display_order, driver_key COLLATE \"C\", car_number",
    ),
    (
        "grid",
        "SELECT year, grand_prix_key, contest, display_order, driver_key, car_number, team_key, position, pit_lane,
                qualifying_position, penalty, time_ms
         FROM grid g JOIN races r ON r.id = race_id JOIN drivers d ON d.id = driver_id JOIN teams t ON t.id = team_id
         ORDER BY year, grand_prix_key COLLATE \"C\", contest, display_order, driver_key COLLATE \"C\", car_number",
    ),
    (
        "results",
        "SELECT year, grand_prix_key, contest, display_order, driver_key, car_number, team_key, engine, position,
                position_text, s.status, retirement_reason, shared_car, s.laps, time_ms, penalty_ms, gap_ms, gap_laps,
                points, grid, pole, pit_stops, fastest_lap, fastest_lap_ms, fastest_lap_number
         FROM results s JOIN races r ON r.id = race_id JOIN drivers d ON d.id = driver_id
         JOIN teams t ON t.id = team_id
         ORDER BY year, grand_prix_key COLLATE \"C\", contest, display_order",
    ),
    (
        "laps",
        "SELECT year, grand_prix_key, contest, driver_key, lap, position, time_ms
         FROM laps l JOIN races r ON r.id = race_id JOIN drivers d ON d.id = driver_id
         ORDER BY year, grand_prix_key COLLATE \"C\", contest, driver_key COLLATE \"C\", lap",
    ),
    (
        "pit_stops",
        "SELECT year, grand_prix_key, driver_key, car_number, stop, team_key, display_order, lap, time_ms
         FROM pit_stops p JOIN races r ON r.id = race_id JOIN drivers d ON d.id = driver_id
         JOIN teams t ON t.id = team_id
         ORDER BY year, grand_prix_key COLLATE \"C\", driver_key COLLATE \"C\", car_number, stop",
    ),
    (
        "standings",
        "SELECT year, round, grand_prix_key, is_final, championship, display_order, source, position, position_text,
                driver_key, team_key, engine, points, champion
         FROM standings JOIN races r ON r.id = race_id LEFT JOIN drivers d ON d.id = driver_id
         LEFT JOIN teams t ON t.id = team_id ORDER BY year, round, is_final, championship, display_order",
    ),
    (
        "driver_season_stats",
        "SELECT year, driver_key, starts, classified, wins, podiums, poles, fastest_laps, retirements, points,
                mean_finish, mean_grid, mean_places_gained, qualifying_gap_to_teammate, sprint_starts, sprint_wins,
                sprint_podiums, sprint_points, sprint_mean_finish, championship_position, championship_points
         FROM driver_season_stats JOIN drivers d ON d.id = driver_id ORDER BY year, driver_key COLLATE \"C\"",
    ),
    (
        "team_season_stats",
        "SELECT year, team_key, races, starts, classified, wins, podiums, one_twos, poles, fastest_laps, retirements,
                points, mean_finish, mean_grid, sprint_starts, sprint_wins, sprint_podiums, sprint_points,
                championship_position, championship_points
         FROM team_season_stats JOIN teams t ON t.id = team_id ORDER BY year, team_key COLLATE \"C\"",
    ),
    (
        "prediction_features",
        "SELECT year, grand_prix_key, contest, moment, place, driver_key, team_key, grid, pit_lane, qualifying_gap,
                sprint_place, practice_1_gap, practice_2_gap, practice_3_gap, practice_1, practice_2, practice_3, pace_car,
                pace_driver, pace_variance, one_lap_pace, driver_skill, skill_at_the_front, driver_rating, team_rating,
                fastest_lap_form, points_form, retirement_field, retirement_team, retirement_driver, retirement_circuit,
                inputs
         FROM prediction_features f JOIN races r ON r.id = race_id JOIN drivers d ON d.id = driver_id
         JOIN teams t ON t.id = team_id
         ORDER BY year, grand_prix_key COLLATE \"C\", contest, moment, place, driver_key COLLATE \"C\"",
    ),
    (
        "predictions",
        "SELECT year, grand_prix_key, p.contest, p.moment, kind, model, version, before_year, before_round, f.races,
                f.rows, parameters, inputs_used, inputs_missing, driver_key, team_key, grid, win, podium, points, dnf,
                expected_position, positions, contributions, pace_car, pace_driver, pace_deviation
         FROM predictions p JOIN model_fits f ON f.id = model_fit_id JOIN races r ON r.id = race_id
         JOIN prediction_drivers x ON x.prediction_id = p.id AND x.contest = p.contest
         JOIN drivers d ON d.id = driver_id JOIN teams t ON t.id = team_id
         ORDER BY year, grand_prix_key COLLATE \"C\", p.contest, p.moment, kind, model, version, p.made_at, p.id,
                  win DESC, driver_key COLLATE \"C\"",
    ),
    (
        "prediction_scores",
        "SELECT year, grand_prix_key, contest, moment, kind, forecaster, winner_chance, win_log_score, win_brier, top1,
                podium_log_score, points_brier, spearman, rps
         FROM prediction_scores JOIN races r ON r.id = race_id
         ORDER BY year, grand_prix_key COLLATE \"C\", contest, moment, kind, forecaster COLLATE \"C\"",
    ),
    (
        "accuracy",
        "SELECT contest, moment, kind, first_season, last_season, forecaster, score, races, mean, low, high, difference,
                difference_low, difference_high
         FROM accuracy
         ORDER BY contest, moment, kind, first_season, last_season, forecaster COLLATE \"C\", score",
    ),
    (
        "calibration",
        "SELECT contest, moment, kind, first_season, last_season, event, bin, predictions, predicted, happened, low, high
         FROM calibration ORDER BY contest, moment, kind, first_season, last_season, event, bin",
    ),
    (
        "title_odds",
        "SELECT year, grand_prix_key, championship, display_order, driver_key, team_key, points, chance, expected_points,
                low_points, high_points, possible, clinched
         FROM title_odds o JOIN races r ON r.id = race_id LEFT JOIN drivers d ON d.id = driver_id
         LEFT JOIN teams t ON t.id = team_id
         ORDER BY year, grand_prix_key COLLATE \"C\", championship, display_order",
    ),
];

/// Writes the dump: a title line and CSV with a header for every section.
pub async fn write(pool: &PgPool, out: &mut (impl AsyncWrite + Unpin)) -> Result<()> {
    let mut transaction = pool
        .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    transaction.execute("SET LOCAL TimeZone = 'UTC'").await?;
    for (title, query) in SECTIONS {
        out.write_all(format!("# {title}\n").as_bytes()).await?;
        let mut rows = transaction
            .copy_out_raw(&format!("COPY ({query}) TO STDOUT (FORMAT csv, HEADER)"))
            .await?;
        while let Some(chunk) = rows.try_next().await? {
            out.write_all(&chunk).await?;
        }
    }
    out.flush().await?;
    Ok(())
}

#[cfg(test)]
mod tests;
