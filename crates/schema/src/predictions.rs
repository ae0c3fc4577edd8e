//! Forecasts: the model's inputs, what it predicted, how good that was, and the title odds.

use chrono::{DateTime, Utc};

use crate::{
    Championship, Contest, DriverId, EventKind, ModelFitId, Moment, Points, PredictionInput,
    PredictionKind, RaceId, Score, TeamId, table,
};

table! {
    /// The model's inputs for one car, from what was known at `moment`.
    PredictionFeatures in "prediction_features" keyed by [race_id, contest, moment, driver_id] {
        /// The weekend.
        race_id: RaceId,
        /// The Grand Prix or the sprint.
        contest: Contest,
        /// What had been published.
        moment: Moment,
        /// Driver.
        driver_id: DriverId,
        /// Team.
        team_id: TeamId,
        /// Place on the grid, or in qualifying at [`Moment::QualifyingOrder`]; `None` from the pit lane and when not classified.
        grid: Option<i16>,
        /// Rank in the field by `grid`, 1 to n, pit-lane starters last; `None` before qualifying.
        place: Option<i16>,
        /// Whether the car starts from the pit lane.
        pit_lane: bool,
        /// Log of the ratio to the best qualifying time; `None` without a time.
        qualifying_gap: Option<f64>,
        /// Place in the weekend's sprint; `None` before it.
        sprint_place: Option<i16>,
        /// Log of the ratio to the fastest time of first practice; `None` without a time.
        practice_1_gap: Option<f64>,
        /// The same for second practice.
        practice_2_gap: Option<f64>,
        /// The same for third practice.
        practice_3_gap: Option<f64>,
        /// How much faster than the field's mean in first practice, per cent; 0 without that session.
        practice_1: f64,
        /// The same for second practice.
        practice_2: f64,
        /// The same for third practice.
        practice_3: f64,
        /// The car's share of the estimated race pace, per cent of lap time; lower is faster.
        pace_car: f64,
        /// The driver's share of it.
        pace_driver: f64,
        /// Variance of the sum of both, including the uncertainty about the level of the whole field.
        pace_variance: f64,
        /// Estimated pace over one lap, car and driver together; lower is faster.
        one_lap_pace: f64,
        /// The driver's long-term share of the pace, per cent of lap time; higher is faster.
        driver_skill: f64,
        /// The same, weighted by how close the team is to the fastest.
        skill_at_the_front: f64,
        /// Rating from finishing orders, in log-odds of finishing behind.
        driver_rating: f64,
        /// The same for the team's lineage.
        team_rating: f64,
        /// Mean log ratio of recent fastest laps to the best of their race.
        fastest_lap_form: f64,
        /// Mean of recent points, where a win is 1.
        points_form: f64,
        /// Retirement rate of all cars.
        retirement_field: f64,
        /// Retirement rate of the team's lineage.
        retirement_team: f64,
        /// Retirement rate of the driver.
        retirement_driver: f64,
        /// Retirement rate at the circuit.
        retirement_circuit: f64,
        /// The inputs available for this car.
        inputs: Vec<PredictionInput>,
    }
}

table! {
    /// A forecast of one race.
    Prediction in "predictions" keyed by [id, contest] {
        /// Surrogate key.
        id: i64,
        /// The Grand Prix or the sprint.
        contest: Contest,
        /// The weekend.
        race_id: RaceId,
        /// What had been published.
        moment: Moment,
        /// Made before the scheduled start, or after it.
        kind: PredictionKind,
        /// The fitted model.
        model_fit_id: ModelFitId,
        /// When it was made, UTC.
        made_at: DateTime<Utc>,
        /// Nothing published after this instant was used; `None` if only the moment is known.
        cutoff_at: Option<DateTime<Utc>>,
        /// The F1DB release it is based on.
        release_tag: Option<String>,
        /// The inputs it used.
        inputs_used: Vec<PredictionInput>,
        /// The inputs it lacked, available at a later moment or with better data.
        inputs_missing: Vec<PredictionInput>,
    }
}

table! {
    /// One car in a forecast.
    PredictionDriver in "prediction_drivers" keyed by [prediction_id, contest, driver_id] {
        /// The forecast.
        prediction_id: i64,
        /// The Grand Prix or the sprint.
        contest: Contest,
        /// Driver.
        driver_id: DriverId,
        /// Team.
        team_id: TeamId,
        /// Place on the grid as known at the time.
        grid: Option<i16>,
        /// Chance to win.
        win: f64,
        /// Chance of the first three places.
        podium: f64,
        /// Chance to score.
        points: f64,
        /// Chance not to finish.
        dnf: f64,
        /// Mean finishing place.
        expected_position: f64,
        /// Chance of 1st, 2nd, ... of the field.
        positions: Vec<f64>,
        /// JSON object: log-odds against an average car, by group of features.
        contributions: String,
        /// The car's share of the estimated race pace, per cent of lap time; lower is faster.
        pace_car: Option<f64>,
        /// The driver's share of it.
        pace_driver: Option<f64>,
        /// Standard deviation of the sum of both, relative to the field's mean, per cent of lap time.
        pace_deviation: Option<f64>,
    }
}

table! {
    /// The scores of one forecaster in one race.
    PredictionScore in "prediction_scores" keyed by [race_id, contest, moment, kind, forecaster] {
        /// The weekend.
        race_id: RaceId,
        /// The Grand Prix or the sprint.
        contest: Contest,
        /// What had been published.
        moment: Moment,
        /// Published before the start, or computed afterwards walk-forward.
        kind: PredictionKind,
        /// A model or a baseline.
        forecaster: String,
        /// The chance given to the winner.
        winner_chance: f64,
        /// Minus the natural logarithm of that chance.
        win_log_score: f64,
        /// Squared error of the chances to win, summed over cars.
        win_brier: f64,
        /// 1 if the favourite won.
        top1: f64,
        /// Mean binary log score of podium chances.
        podium_log_score: f64,
        /// Mean squared error of the chances of the first ten places.
        points_brier: f64,
        /// Rank correlation of expected and actual places.
        spearman: f64,
        /// Ranked probability score of the places.
        rps: f64,
    }
}

table! {
    /// The mean of one score of one forecaster over a range of seasons.
    Accuracy in "accuracy" keyed by [contest, moment, kind, first_season, last_season, forecaster, score] {
        /// Grands Prix or sprints.
        contest: Contest,
        /// What had been published.
        moment: Moment,
        /// Published before the start, or computed afterwards walk-forward.
        kind: PredictionKind,
        /// First season of the range.
        first_season: i16,
        /// Last season of the range.
        last_season: i16,
        /// A model or a baseline.
        forecaster: String,
        /// The score.
        score: Score,
        /// Number of races scored.
        races: i32,
        /// The mean.
        mean: f64,
        /// Lower bound of the 95 % bootstrap interval over races.
        low: f64,
        /// Upper bound.
        high: f64,
        /// Mean paired difference: this forecaster minus the model in service; `None` for that model.
        difference: Option<f64>,
        /// Lower bound of its 95 % bootstrap interval.
        difference_low: Option<f64>,
        /// Upper bound.
        difference_high: Option<f64>,
    }
}

table! {
    /// How often events of about the same chance happened.
    Calibration in "calibration" keyed by [contest, moment, kind, first_season, last_season, event, bin] {
        /// Grands Prix or sprints.
        contest: Contest,
        /// What had been published.
        moment: Moment,
        /// Published before the start, or computed afterwards walk-forward.
        kind: PredictionKind,
        /// First season of the range.
        first_season: i16,
        /// Last season of the range.
        last_season: i16,
        /// The event.
        event: EventKind,
        /// 0, 1, ... by chance.
        bin: i16,
        /// Number of chances in the bin.
        predictions: i32,
        /// Their mean.
        predicted: f64,
        /// Number of events that happened.
        happened: i32,
        /// Lower bound of the 90 % interval of the observed share.
        low: f64,
        /// Upper bound.
        high: f64,
    }
}

table! {
    /// A competitor's chance of a title after a race.
    TitleOdds in "title_odds" keyed by [race_id, championship, display_order] {
        /// After this race.
        race_id: RaceId,
        /// Drivers or teams.
        championship: Championship,
        /// 1, 2, ... from the likeliest champion.
        display_order: i16,
        /// The driver, in the drivers' championship.
        driver_id: Option<DriverId>,
        /// The team, in the teams' championship.
        team_id: Option<TeamId>,
        /// Points so far.
        points: Points,
        /// Chance to be champion.
        chance: f64,
        /// Mean of the final points.
        expected_points: f64,
        /// Lower bound of the 90 % interval of the final points.
        low_points: f64,
        /// Upper bound.
        high_points: f64,
        /// Whether the title is arithmetically possible.
        possible: bool,
        /// Whether the title is arithmetically certain.
        clinched: bool,
    }
}
