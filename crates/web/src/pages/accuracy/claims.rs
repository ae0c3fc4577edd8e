//! What the scores allow to be said, and what they do not: computed, never asserted.

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
use crate::{chart::holds, words};

/// Sentences for a reader.
pub(super) struct Claims {
    pub(super) holds: Vec<String>,
    pub(super) does_not: Vec<String>,
}

/// What the scores of a period allow to be said.
pub(super) fn claims(period: &Period, model: &str) -> Claims {
    let mut claims = Claims {
        holds: Vec::new(),
        does_not: Vec::new(),
    };
    chances(period, model, &mut claims);
    hits(period, model, &mut claims);
    calibration(period, &mut claims);
    claims
}

/// Forecasters other than the model, by how their score compares with its.
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

fn chances(period: &Period, model: &str, claims: &mut Claims) {
    let of = |verdict| compared(period, model, Score::WinLogScore, verdict);
    let (worse, same, better) = (of(Verdict::Worse), of(Verdict::Same), of(Verdict::Better));
    let seasons = span(period);
    if !worse.is_empty() {
        let all = if same.is_empty() && better.is_empty() {
            "every simpler forecast it is compared with"
        } else {
            "some simpler forecasts"
        };
        claims.holds.push(format!(
            "In {seasons} it gave the winner better chances than {all}: {}. The interval of each difference leaves zero out.",
            quoted(&worse, model)
        ));
    }
    if !same.is_empty() {
        claims.does_not.push(format!(
            "That its chances for the winner are better than {}: the interval of the difference includes zero.",
            quoted(&same, model)
        ));
    }
    if !better.is_empty() {
        claims.does_not.push(format!(
            "That it is the best there is: {} gave the winner better chances in {seasons}.",
            quoted(&better, model)
        ));
    }
}

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
        Verdict::Worse => claims.holds.push(format!(
            "Its favourite won more often, {ours} % of races, than the first on the grid, {theirs} %; the interval of the difference leaves zero out."
        )),
        Verdict::Same => claims.does_not.push(format!(
            "That it names the winner more often than “the first on the grid wins”: {ours} % of races against {theirs} %, a difference that luck can explain."
        )),
        Verdict::Better => claims.does_not.push(format!(
            "That it names the winner more often than “the first on the grid wins”: {ours} % of races against {theirs} %. It does so less often."
        )),
    }
}

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
        let (held, all) = (bins.iter().filter(|bin| holds(bin)).count(), bins.len());
        // Of intervals of 90 %, about one in ten misses even where every chance is right.
        if held * 5 >= all * 4 {
            claims.holds.push(format!(
                "Its chances {name} came true about as often as they said: {held} of {all} groups agree within their 90 % interval."
            ));
        } else {
            claims.does_not.push(format!(
                "That its chances {name} can be taken at their word: only {held} of {all} groups agree within their 90 % interval."
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
        let Claims { holds, does_not } = claims(&period(), "mine");
        assert_eq!(holds.len(), 1, "{holds:?}");
        assert!(holds[0].contains("some simpler") && holds[0].contains("“Grid alone”"));
        assert_eq!(does_not.len(), 3, "{does_not:?}");
        assert!(does_not[0].contains("“Elo ratings of drivers”"));
        assert!(does_not[1].contains("58 % of races against 53 %"));
        assert!(does_not[2].contains("0 of 1 groups"));
    }
}
