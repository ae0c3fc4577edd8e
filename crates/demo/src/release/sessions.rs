//! Rows about the sessions of a weekend.

use vocabulary::{Contest, ResultStatus};

use super::{
    csv::{Cell, cells, gap, time},
    writer::{Place, Writer},
};
use crate::simulation::{Finish, Penalty, Practised, Qualified, Race, Slot, Weekend};

impl Writer<'_> {
    /// Writes the sessions of a weekend that have happened.
    pub(crate) fn weekend(&mut self, race: &Race, weekend: &Weekend) {
        let practices = [
            "races-free-practice-1-results",
            "races-free-practice-2-results",
            "races-free-practice-3-results",
        ];
        for (file, practice) in practices.into_iter().zip(&weekend.practices) {
            self.practice(file, race, practice);
        }
        self.qualifying("races-qualifying-results", race, &weekend.qualifying);
        self.qualifying(
            "races-sprint-qualifying-results",
            race,
            &weekend.sprint_qualifying,
        );
        self.grid(
            "races-sprint-starting-grid-positions",
            race,
            &weekend.sprint_grid,
        );
        self.results(
            "races-sprint-race-results",
            race,
            &weekend.sprint,
            Contest::Sprint,
        );
        self.grid("races-starting-grid-positions", race, &weekend.grid);
        self.results(
            "races-race-results",
            race,
            &weekend.results,
            Contest::GrandPrix,
        );
        self.fastest_laps(race, &weekend.results);
        self.pit_stops(race, &weekend.results);
    }

    fn practice(&mut self, file: &'static str, race: &Race, session: &[Practised]) {
        let gaps = gaps(session.iter().map(|practised| practised.millis));
        for ((order, practised), gaps) in (1..).zip(session).zip(gaps) {
            let mut row = self.car(race, order, &Place::Number(order), &practised.car);
            row.extend(time(practised.millis));
            row.extend(gaps);
            row.push(practised.laps.into());
            self.row(file, &row);
        }
    }

    fn qualifying(&mut self, file: &'static str, race: &Race, session: &[Qualified]) {
        let gaps = gaps(session.iter().map(|qualified| qualified.parts[2]));
        for ((order, qualified), gaps) in (1..).zip(session).zip(gaps) {
            let mut row = self.car(
                race,
                order,
                &Place::of(qualified.position, "NC"),
                &qualified.car,
            );
            row.extend([Cell::Null, Cell::Null]);
            row.extend(qualified.parts.into_iter().flat_map(time));
            row.extend(gaps);
            row.push(qualified.laps.into());
            self.row(file, &row);
        }
    }

    fn grid(&mut self, file: &'static str, race: &Race, grid: &[Slot]) {
        for (order, slot) in (1..).zip(grid) {
            let mut row = self.car(race, order, &Place::of(slot.place, "PL"), &slot.car);
            row.extend(Place::of(slot.qualified, "NC").cells());
            row.extend(match slot.penalty {
                Some(Penalty::Places(places)) => [places.to_string().into(), places.into()],
                Some(Penalty::BackOfGrid) => ["SFB".into(), Cell::Null],
                Some(Penalty::PitLane) | None => [Cell::Null, Cell::Null],
            });
            row.extend(time(slot.millis));
            self.row(file, &row);
        }
    }

    fn results(&mut self, file: &'static str, race: &Race, results: &[Finish], contest: Contest) {
        let winning = results.first().and_then(|winner| winner.millis);
        let grand_prix = contest == Contest::GrandPrix;
        let fastest = results
            .iter()
            .filter_map(|finish| finish.fastest)
            .map(|(_, millis)| millis)
            .min();
        // The driver of the day: the one who gained most places.
        let most_gained = results
            .iter()
            .filter_map(|finish| Some((positions_gained(finish)?, finish.slot.car.driver)))
            .max();
        let mut ahead = None;
        for (order, finish) in (1..).zip(results) {
            let slot = &finish.slot;
            let behind = (order > 1).then_some(finish.millis).flatten();
            let interval = behind.zip(ahead).filter(|_| finish.classified);
            ahead = finish.millis.or(ahead);
            let quickest = finish
                .fastest
                .is_some_and(|(_, millis)| Some(millis) == fastest);
            let started = finish.status != ResultStatus::DidNotStart;
            let place = Place::of(slot.place, "PL");

            let mut row = self.car(race, order, &finish_place(finish), &slot.car);
            row.extend(cells![false, finish.laps]);
            row.extend(time(finish.millis));
            row.extend(time(finish.penalty));
            row.extend(race_gap(
                finish,
                behind
                    .zip(winning)
                    .map(|(millis, winning)| millis - winning),
            ));
            row.extend(gap(interval.map(|(millis, ahead)| millis - ahead)));
            row.extend(cells![
                finish.reason,
                finish.points,
                grand_prix && slot.place == Some(1)
            ]);
            row.extend(Place::of(slot.qualified, "NC").cells());
            row.extend(if started {
                place.cells()
            } else {
                [Cell::Null, Cell::Null]
            });
            row.extend(cells![
                positions_gained(finish),
                grand_prix.then_some(finish.stops.len()),
                grand_prix && quickest,
                grand_prix && most_gained.is_some_and(|(_, driver)| driver == slot.car.driver),
                grand_prix && quickest && order == 1 && slot.place == Some(1),
            ]);
            self.row(file, &row);
        }
    }

    fn fastest_laps(&mut self, race: &Race, results: &[Finish]) {
        let mut ranked: Vec<_> = results
            .iter()
            .filter_map(|finish| Some((finish, finish.fastest?)))
            .collect();
        ranked.sort_by_key(|(_, (_, millis))| *millis);
        let gaps = gaps(ranked.iter().map(|(_, (_, millis))| Some(*millis)));
        for ((order, (finish, (lap, millis))), gaps) in (1..).zip(&ranked).zip(gaps) {
            let mut row = self.car(race, order, &Place::Number(order), &finish.slot.car);
            row.push((*lap).into());
            row.extend(time(Some(*millis)));
            row.extend(gaps);
            self.row("races-fastest-laps", &row);
        }
    }

    fn pit_stops(&mut self, race: &Race, results: &[Finish]) {
        let mut stops = Vec::new();
        for finish in results {
            stops.extend(
                (1_u16..)
                    .zip(&finish.stops)
                    .map(|(number, stop)| (stop, number, finish)),
            );
        }
        stops.sort_by_key(|(stop, ..)| stop.lap);
        for (order, (stop, number, finish)) in (1..).zip(stops) {
            let mut row = self.car(race, order, &Place::Number(order), &finish.slot.car);
            row.extend(cells![number, stop.lap]);
            row.extend(time(Some(stop.millis)));
            self.row("races-pit-stops", &row);
        }
    }
}

fn finish_place(finish: &Finish) -> Place {
    let otherwise = match finish.status {
        ResultStatus::Retired => "DNF",
        ResultStatus::Disqualified => "DSQ",
        ResultStatus::DidNotStart => "DNS",
        _ => "NC",
    };
    Place::of(finish.position, otherwise)
}

/// The gap to the winner as text, in milliseconds and in laps; it is either a time or laps.
fn race_gap(finish: &Finish, millis: Option<i64>) -> [Cell; 3] {
    if let Some(laps @ 1..) = finish.laps_down {
        let plural = if laps == 1 { "" } else { "s" };
        [
            format!("+{laps} lap{plural}").into(),
            Cell::Null,
            laps.into(),
        ]
    } else {
        let [text, millis] = gap(millis);
        [text, millis, Cell::Null]
    }
}

/// Places gained from grid to finish. A pit-lane start counts as one from its number in the list.
fn positions_gained(finish: &Finish) -> Option<i32> {
    Some(i32::from(finish.slot.order) - i32::from(finish.position?))
}

/// The gaps to the first car and to the car ahead, each as text and in milliseconds.
fn gaps(times: impl Iterator<Item = Option<i64>>) -> Vec<[Cell; 4]> {
    let mut first = None;
    let mut before = None;
    times
        .map(|millis| {
            let [gap_text, gap_millis] =
                gap(millis.zip(first).map(|(millis, first)| millis - first));
            let [interval, interval_millis] =
                gap(millis.zip(before).map(|(millis, before)| millis - before));
            first = first.or(millis);
            before = millis.or(before);
            [gap_text, gap_millis, interval, interval_millis]
        })
        .collect()
}
