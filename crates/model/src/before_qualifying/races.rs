//! How races end that start from drawn grids: the winner exactly, the other places counted in simulated races.

use std::sync::LazyLock;

use gauss_quad::GaussLegendre;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, Exp1};

use crate::{distribution::Positions, specification::Component};

/// Simulated races for each grid, shared out among the components.
const RACES: u16 = 8;
/// Added to the chance of each place, so that none is impossible.
const UNSEEN: f64 = 1.5e-5;
/// Quadrature nodes for the winner, over the range in which the best performance of a race is.
const NODES: usize = 32;
const BELOW: f64 = 10.0;
const ABOVE: f64 = 3.0;

static QUADRATURE: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| {
    let degree = NODES.try_into().expect("32 is not zero");
    let middle = (ABOVE - BELOW) / 2.0;
    let half = f64::midpoint(ABOVE, BELOW);
    let rule = GaussLegendre::new(degree);
    let nodes = rule.as_node_weight_pairs().iter();
    nodes
        .map(|(node, weight)| ((middle + half * node).exp(), weight * half))
        .collect()
});

/// Sums over the races so far.
pub(super) struct Races<'a> {
    components: &'a [Component],
    win: Vec<f64>,
    places: Vec<f64>,
    dnf: Vec<f64>,
    grids: f64,
    random: ChaCha8Rng,
}

impl<'a> Races<'a> {
    pub(super) fn new(size: usize, components: &'a [Component], seed: u32) -> Self {
        Self {
            components,
            win: vec![0.0; size],
            places: vec![0.0; size * size],
            dnf: vec![0.0; size],
            grids: 0.0,
            random: ChaCha8Rng::seed_from_u64(u64::from(seed)),
        }
    }

    /// Adds the races from one grid, given the strengths and the chances of retiring of the cars.
    pub(super) fn add(&mut self, strengths: &[f64], retirement: &[f64]) {
        let mean = strengths.iter().sum::<f64>() / strengths.len() as f64;
        for component in self.components {
            let weaknesses: Vec<f64> = strengths
                .iter()
                .map(|eta| (-component.scale * (eta - mean)).exp())
                .collect();
            self.add_winners(component.weight, &weaknesses, retirement);
            let share = component.weight * f64::from(RACES);
            let races = (1..=RACES).rfind(|races| f64::from(*races) <= share.round());
            let races = races.unwrap_or(1);
            for _ in 0..races {
                let weight = component.weight / f64::from(races);
                self.simulate(weight, &weaknesses, retirement);
            }
        }
        for (sum, chance) in self.dnf.iter_mut().zip(retirement) {
            *sum += chance;
        }
        self.grids += 1.0;
    }

    /// Adds `weight` to the chances to win, by quadrature over the winner's performance: every other car is behind it or
    /// retired. The weakness of a car is `exp(-eta)`.
    fn add_winners(&mut self, weight: f64, weaknesses: &[f64], retirement: &[f64]) {
        let size = weaknesses.len();
        let strongest = weaknesses.iter().copied().fold(f64::INFINITY, f64::min);
        let mut chances = vec![0.0; size];
        let (mut density, mut behind) = (vec![0.0; size], vec![0.0; size]);
        for (level, step) in QUADRATURE.iter() {
            let mut all_behind = *step;
            for car in 0..size {
                let growth = level * weaknesses[car] / strongest;
                let survival = (-growth).exp();
                let finishes = 1.0 - retirement[car];
                density[car] = finishes * survival * growth;
                behind[car] = 1.0 - finishes * survival;
                all_behind *= behind[car];
            }
            for car in 0..size {
                chances[car] += density[car] * all_behind / behind[car].max(f64::MIN_POSITIVE);
            }
        }
        let sum: f64 = chances.iter().sum();
        for (win, chance) in self.win.iter_mut().zip(chances) {
            *win += weight * chance / sum;
        }
    }

    /// Adds `weight` to the places of one simulated race. Retired cars take the last places in random order.
    fn simulate(&mut self, weight: f64, weaknesses: &[f64], retirement: &[f64]) {
        let size = weaknesses.len();
        let mut order: Vec<(f64, usize)> = weaknesses
            .iter()
            .zip(retirement)
            .enumerate()
            .map(|(car, (weakness, retires))| {
                let draw: f64 = self.random.random();
                if draw < *retires {
                    return (-draw, car);
                }
                let exponential: f64 = Exp1.sample(&mut self.random);
                (exponential / weakness, car)
            })
            .collect();
        order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (place, (_, car)) in order.into_iter().enumerate() {
            self.places[car * size + place] += weight;
        }
    }

    /// The chances of every place, and those of retiring.
    pub(super) fn finish(self) -> (Positions, Vec<f64>) {
        let size = self.win.len();
        let mut places: Vec<f64> = self
            .places
            .iter()
            .map(|sum| sum / self.grids + UNSEEN)
            .collect();
        for (row, win) in places.chunks_exact_mut(size).zip(&self.win) {
            let win = win / self.grids;
            let others: f64 = row[1..].iter().sum();
            for chance in &mut row[1..] {
                *chance *= (1.0 - win) / others;
            }
            row[0] = win;
        }
        let dnf = self.dnf.iter().map(|sum| sum / self.grids).collect();
        (Positions::from_weights(size, places), dnf)
    }
}
