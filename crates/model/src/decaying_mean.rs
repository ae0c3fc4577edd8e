//! A mean in which old values count less.

/// An exponentially weighted mean, shrunk towards a prior while there is little data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DecayingMean {
    sum: f64,
    weight: f64,
    /// Factor on the weight of all earlier values when one is added.
    decay: f64,
}

impl DecayingMean {
    /// An empty mean whose weights halve every `half_life` values.
    pub(crate) fn new(half_life: f64) -> Self {
        Self {
            sum: 0.0,
            weight: 0.0,
            decay: 0.5_f64.powf(half_life.recip()),
        }
    }

    /// Adds the newest value.
    pub(crate) fn add(&mut self, value: f64) {
        self.sum = self.sum * self.decay + value;
        self.weight = self.weight * self.decay + 1.0;
    }

    /// The mean, with `prior` counting as `strength` values.
    pub(crate) fn mean(&self, prior: f64, strength: f64) -> f64 {
        (self.sum + strength * prior) / (self.weight + strength)
    }

    /// Multiplies the weight of all values so far by `share`.
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
        let mut mean = DecayingMean::new(2.0);
        mean.add(1.0);
        mean.add(0.0);
        mean.add(0.0);
        // Weights 1/2, 1/sqrt 2, 1.
        let expected = 0.5 / (0.5 + 0.5_f64.sqrt() + 1.0);
        assert!((mean.mean(7.0, 0.0) - expected).abs() < 1e-12);
    }

    #[test]
    fn without_data_the_mean_is_the_prior() {
        let mut mean = DecayingMean::new(8.0);
        assert!((mean.mean(0.15, 50.0) - 0.15).abs() < 1e-15);
        mean.add(1.0);
        mean.fade(0.5);
        assert!((mean.mean(0.0, 1.0) - 0.5 / 1.5).abs() < 1e-12);
    }
}
