//! A mean that forgets.

/// An exponentially weighted mean, pulled towards a prior while there is little data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Decaying {
    sum: f64,
    weight: f64,
    keep: f64,
}

impl Decaying {
    /// A mean in which a value `half_life` values ago weighs half.
    pub(crate) fn new(half_life: f64) -> Self {
        Self {
            sum: 0.0,
            weight: 0.0,
            keep: 0.5_f64.powf(half_life.recip()),
        }
    }

    pub(crate) fn add(&mut self, value: f64) {
        self.sum = self.sum * self.keep + value;
        self.weight = self.weight * self.keep + 1.0;
    }

    /// The mean with `prior` counted as `strength` values.
    pub(crate) fn mean(&self, prior: f64, strength: f64) -> f64 {
        (self.sum + strength * prior) / (self.weight + strength)
    }

    /// Makes everything so far count only `share` as much.
    pub(crate) fn fade(&mut self, share: f64) {
        self.sum *= share;
        self.weight *= share;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_value_weighs_half_after_a_half_life() {
        let mut mean = Decaying::new(2.0);
        mean.add(1.0);
        mean.add(0.0);
        mean.add(0.0);
        // Weights 1/2, 1/sqrt 2, 1.
        let expected = 0.5 / (0.5 + 0.5_f64.sqrt() + 1.0);
        assert!((mean.mean(7.0, 0.0) - expected).abs() < 1e-12);
    }

    #[test]
    fn without_data_the_prior_speaks() {
        let mut mean = Decaying::new(8.0);
        assert!((mean.mean(0.15, 50.0) - 0.15).abs() < 1e-15);
        mean.add(1.0);
        mean.fade(0.5);
        assert!((mean.mean(0.0, 1.0) - 0.5 / 1.5).abs() < 1e-12);
    }
}
