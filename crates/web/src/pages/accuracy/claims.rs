//! Sentences on what the scores show and what they do not, computed from the intervals.

use client::{
    accuracy::Period,
    vocabulary::{EventKind, Score},
};

use super::{
    forecasters::{named, ranked},
    mean,
    scores::Verdict,
    span,
};
use crate::{chart::agrees, words};

/// Sentences on a period.
#[derive(Default)]
pub(super) struct Claims {
    /// What the scores show.
    pub(super) shown: Vec<String>,
    /// What they do not show.
    pub(super) not_shown: Vec<String>,
}

/// The claims that the scores of a period support, and those that they do not.
pub(super) fn claims(period: &Period, model: &str) -> Claims {
    let mut claims = Claims::default();
    chances(period, model, &mut claims);
    hits(period, model, &mut claims);
    calibration(period, &mut claims);
    claims
}

/// Forecasters whose score compares with the model's as `wanted`.
fn compared<'a>(period: &'a Period, model: &str, score: Score, wanted: Verdict) -> Vec<&'a str> {
    ranked(period.forecasters.keys(), model)
        .into_iter()
        .filter(|name| {
            mean(period, name, score)
                .and_then(|score| score.difference_interval)
                .is_some_and(|interval| Verdict::new(score, interval) == wanted)
        })
        .collect()
}

fn quoted(names: &[&str], model: &str) -> String {
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("“{}”", named(name, model)))
        .collect();
    words::list(&names)
}

/// On the chances given to the winner.
fn chances(period: &Period, model: &str, claims: &mut Claims) {
    let of = |verdict| compared(period, model, Score::WinLogScore, verdict);
    let (worse, same, better) = (of(Verdict::Worse), of(Verdict::Same), of(Verdict::Better));
    let seasons = span(period);
    if !worse.is_empty() {
        let all = if same.is_empty() && better.is_empty() {
            "every simpler forecaster"
        } else {
            "some simpler forecasters"
        };
        claims.shown.push(format!(
            "In {seasons} the model gave the winner better chances than {all}: {}. The interval of each difference excludes zero.",
            quoted(&worse, model)
        ));
    }
    if !same.is_empty() {
        claims.not_shown.push(format!(
            "That its chances for the winner are better than those of {}: the interval of the difference includes zero.",
            quoted(&same, model)
        ));
    }
    if !better.is_empty() {
        claims.not_shown.push(format!(
            "That it is the best forecaster: {} gave the winner better chances in {seasons}.",
            quoted(&better, model)
        ));
    }
}

/// On how often the favourite won.
fn hits(period: &Period, model: &str, claims: &mut Claims) {
    let Some(hits) = mean(period, model, Score::Top1) else {
        return;
    };
    let Some(pole) = mean(period, "grid", Score::Top1) else {
        return;
    };
    let Some(interval) = pole.difference_interval else {
        return;
    };
    let [ours, theirs] = [hits.mean, pole.mean].map(words::percent);
    match Verdict::new(Score::Top1, interval) {
        Verdict::Worse => claims.shown.push(format!(
            "Its favourite won {ours}% of races, the first on the grid {theirs}%; the interval of the difference excludes zero."
        )),
        Verdict::Same => claims.not_shown.push(format!(
            "That it names the winner more often than “the first on the grid wins”: {ours}% of races against {theirs}%, a difference that may be luck."
        )),
        Verdict::Better => claims.not_shown.push(format!(
            "That it names the winner more often than “the first on the grid wins”: {ours}% of races against {theirs}%. It names the winner less often."
        )),
    }
}

/// On how often chances came true.
fn calibration(period: &Period, claims: &mut Claims) {
    for (event, name) in [
        (EventKind::Win, "to win"),
        (EventKind::Podium, "of a podium"),
        (EventKind::Points, "of points"),
    ] {
        let Some(bins) = period
            .calibration
            .get(&event)
            .filter(|bins| !bins.is_empty())
        else {
            continue;
        };
        let (agreeing, all) = (bins.iter().filter(|bin| agrees(bin)).count(), bins.len());
        // About one in ten 90% intervals misses even where every chance is right.
        let groups = words::count(all, "group", "groups");
        if agreeing * 5 >= all * 4 {
            claims.shown.push(format!(
                "Its chances {name} came true about as often as given: agreement within the 90% interval in {agreeing} of {groups}."
            ));
        } else {
            claims.not_shown.push(format!(
                "That its chances {name} are reliable: agreement within the 90% interval in only {agreeing} of {groups}."
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use client::accuracy::{Bin, MeanScore};

    use super::*;

    fn score(mean: f64, difference: Option<[f64; 2]>) -> MeanScore {
        MeanScore {
            mean,
            interval: [mean - 0.1, mean + 0.1],
            difference: difference.map(|[low, high]| f64::midpoint(low, high)),
            difference_interval: difference,
        }
    }

    fn period() -> Period {
        let of = |win, win_difference, top, top_difference| {
            BTreeMap::from([
                (Score::WinLogScore, score(win, win_difference)),
                (Score::Top1, score(top, top_difference)),
            ])
        };
        Period {
            first_season: 2018,
            last_season: 2025,
            races: 173,
            forecasters: BTreeMap::from([
                ("mine".to_owned(), of(1.2, None, 0.58, None)),
                (
                    "grid".to_owned(),
                    of(1.5, Some([0.1, 0.4]), 0.53, Some([-0.1, 0.02])),
                ),
                ("elo".to_owned(), of(1.3, Some([-0.05, 0.2]), 0.5, None)),
            ]),
            calibration: BTreeMap::from([(
                EventKind::Win,
                vec![Bin {
                    predictions: 100,
                    predicted: 0.5,
                    observed: 0.2,
                    interval: [0.1, 0.3],
                }],
            )]),
        }
    }

    #[test]
    fn claims_follow_the_intervals() {
        let Claims { shown, not_shown } = claims(&period(), "mine");
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert!(shown[0].contains("some simpler") && shown[0].contains("“Grid alone”"));
        assert_eq!(not_shown.len(), 3, "{not_shown:?}");
        assert!(not_shown[0].contains("“Elo ratings of drivers”"));
        assert!(not_shown[1].contains("58% of races against 53%"));
        assert!(not_shown[2].contains("in only 0 of 1 group"));
    }
}
