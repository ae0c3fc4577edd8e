//! The circuits, all fictional.

use super::round;

/// A circuit, where always the same Grand Prix is held.
pub(crate) struct Circuit {
    pub(crate) name: &'static str,
    pub(crate) place: &'static str,
    pub(crate) country: &'static str,
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    /// Length of a lap.
    pub(crate) metres: u32,
    pub(crate) turns: u8,
    /// `RACE` or `STREET`.
    pub(crate) kind: &'static str,
    /// `CLOCKWISE` or `ANTI_CLOCKWISE`.
    pub(crate) direction: &'static str,
}

impl Circuit {
    /// The hour of the day (UTC) at which it is about 15:00 by the sun.
    pub(crate) fn race_hour(&self) -> u32 {
        (0..24)
            .min_by_key(|&hour| self.minutes_off(hour))
            .unwrap_or_default()
    }

    /// Minutes between an hour of the day (UTC) and 15:00 by the sun.
    pub(crate) fn minutes_off(&self, hour: u32) -> i64 {
        let local = i64::from(hour) * 60 + round(self.longitude * 4.0);
        let late = (local - 15 * 60).rem_euclid(24 * 60);
        late.min(24 * 60 - late)
    }

    /// Name and country of the Grand Prix held here; one Grand Prix has no country.
    pub(crate) fn grand_prix(&self) -> (&'static str, Option<&'static str>) {
        match self.country {
            "sweden" => ("Baltic", None),
            country => (self.place, Some(country)),
        }
    }

    /// The least number of laps that cover a distance in metres.
    pub(crate) fn laps(&self, metres: u32) -> u32 {
        metres.div_ceil(self.metres)
    }

    /// Milliseconds of a perfect qualifying lap.
    pub(crate) fn lap_millis(&self) -> f64 {
        f64::from(self.metres) * if self.kind == "STREET" { 17.4 } else { 16.1 }
    }
}

/// The most rounds of a season: no circuit is visited twice.
pub(crate) const MOST_ROUNDS: u16 = 24;

/// A row of [`CIRCUITS`].
#[expect(
    clippy::too_many_arguments,
    reason = "a row of a table, in the order of the fields"
)]
const fn circuit(
    name: &'static str,
    place: &'static str,
    country: &'static str,
    latitude: f64,
    longitude: f64,
    metres: u32,
    turns: u8,
    kind: &'static str,
    direction: &'static str,
) -> Circuit {
    Circuit {
        name,
        place,
        country,
        latitude,
        longitude,
        metres,
        turns,
        kind,
        direction,
    }
}

/// Every circuit; a season of fewer rounds visits the first of them.
#[rustfmt::skip]
pub(crate) static CIRCUITS: [Circuit; MOST_ROUNDS as usize] = [
    circuit("Herdade Alta", "Évora", "portugal", 38.571, -7.913, 4_653, 15, "RACE", "CLOCKWISE"),
    circuit("Serra Azul", "Londrina", "brazil", -23.304, -51.170, 4_487, 13, "RACE", "ANTI_CLOCKWISE"),
    circuit("Hoshino", "Matsumoto", "japan", 36.238, 137.972, 5_702, 18, "RACE", "CLOCKWISE"),
    circuit("Pearl Quay", "Da Nang", "vietnam", 16.054, 108.202, 5_118, 21, "STREET", "ANTI_CLOCKWISE"),
    circuit("Rift Ring", "Naivasha", "kenya", -0.717, 36.431, 5_264, 14, "RACE", "CLOCKWISE"),
    circuit("Thornby Fell", "Kendal", "united-kingdom", 54.328, -2.747, 5_941, 17, "RACE", "CLOCKWISE"),
    circuit("Plateau du Vent", "Millau", "france", 44.101, 3.078, 5_377, 16, "RACE", "CLOCKWISE"),
    circuit("Lindenfeld", "Göttingen", "germany", 51.541, 9.916, 4_829, 14, "RACE", "CLOCKWISE"),
    circuit("Vikholm", "Karlskrona", "sweden", 56.161, 15.586, 4_312, 12, "RACE", "ANTI_CLOCKWISE"),
    circuit("Mazury", "Olsztyn", "poland", 53.778, 20.480, 5_036, 15, "RACE", "CLOCKWISE"),
    circuit("Lough Mór", "Sligo", "ireland", 54.270, -8.476, 4_198, 11, "RACE", "CLOCKWISE"),
    circuit("Harbourfront", "Halifax", "canada", 44.649, -63.575, 4_905, 19, "STREET", "CLOCKWISE"),
    circuit("Mesa Blanca", "Albuquerque", "united-states-of-america", 35.084, -106.651, 5_583, 20, "RACE", "ANTI_CLOCKWISE"),
    circuit("Sierra Clara", "Querétaro", "mexico", 20.588, -100.390, 4_417, 14, "RACE", "CLOCKWISE"),
    circuit("Valle Seco", "Antofagasta", "chile", -23.650, -70.390, 5_211, 16, "RACE", "CLOCKWISE"),
    circuit("Pampa Larga", "Córdoba", "argentina", -31.420, -64.188, 5_492, 13, "RACE", "CLOCKWISE"),
    circuit("Medina Park", "Fez", "morocco", 34.033, -5.000, 4_764, 20, "STREET", "CLOCKWISE"),
    circuit("Karoo Loop", "Bloemfontein", "south-africa", -29.118, 26.225, 4_951, 15, "RACE", "CLOCKWISE"),
    circuit("Argo Bay", "Volos", "greece", 39.361, 22.943, 4_066, 18, "STREET", "CLOCKWISE"),
    circuit("Deccan", "Nagpur", "india", 21.146, 79.088, 5_329, 16, "RACE", "CLOCKWISE"),
    circuit("Red Gum", "Bendigo", "australia", -36.757, 144.279, 5_145, 14, "RACE", "CLOCKWISE"),
    circuit("Kawau Hills", "Hamilton", "new-zealand", -37.787, 175.279, 4_598, 13, "RACE", "ANTI_CLOCKWISE"),
    circuit("Svartsandur", "Selfoss", "iceland", 63.933, -21.003, 4_733, 15, "RACE", "CLOCKWISE"),
    circuit("Lahe", "Tartu", "estonia", 58.378, 26.729, 4_882, 14, "RACE", "CLOCKWISE"),
];
