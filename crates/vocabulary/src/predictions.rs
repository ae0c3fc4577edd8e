//! Forecasts: what they are based on, when they were made, and how they are scored.

words! {
    /// The latest thing published before a forecast was made. Later moments include the earlier ones.
    Moment as "moment" {
        /// Nothing about the weekend.
        BeforeWeekend = "before_weekend",
        /// Practice.
        BeforeQualifying = "before_qualifying",
        /// The qualifying classification, before penalties.
        QualifyingOrder = "qualifying_order",
        /// The official starting grid.
        OfficialGrid = "official_grid",
    }

    /// Whether a forecast was made before the scheduled start.
    PredictionKind as "prediction_kind" {
        /// Before the start.
        Live = "live",
        /// After the start, from what was known before it.
        Retrospective = "retrospective",
    }

    /// Data that a forecast can use.
    PredictionInput as "prediction_input" {
        /// Times of first practice.
        Practice1 = "practice_1",
        /// Times of second practice.
        Practice2 = "practice_2",
        /// Times of third practice.
        Practice3 = "practice_3",
        /// The result of the weekend's sprint.
        SprintResult = "sprint_result",
        /// Places in qualifying, before penalties.
        QualifyingOrder = "qualifying_order",
        /// Times of qualifying.
        QualifyingTimes = "qualifying_times",
        /// The official starting grid.
        OfficialGrid = "official_grid",
    }

    /// The event that a chance refers to.
    EventKind as "event_kind" {
        /// First place.
        Win = "win",
        /// The first three places.
        Podium = "podium",
        /// The first ten places.
        Points = "points",
    }

    /// A measure of forecast quality.
    Score as "score" {
        /// Minus the natural logarithm of the winner's chance; lower is better.
        WinLogScore = "win_log_score",
        /// Squared error of the chances to win, summed over cars; lower is better.
        WinBrier = "win_brier",
        /// Share of races that the favourite won; higher is better.
        Top1 = "top1",
        /// Binary log score of the chances of a podium; lower is better.
        PodiumLogScore = "podium_log_score",
        /// Squared error of the chances of the first ten places; lower is better.
        PointsBrier = "points_brier",
        /// Rank correlation of expected and actual places; higher is better.
        Spearman = "spearman",
        /// Ranked probability score of the places; lower is better.
        Rps = "rps",
    }
}
