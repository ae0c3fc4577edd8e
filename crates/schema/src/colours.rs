//! Team colours by team and season. An unknown colour is `None`, never a guess.

/// The colour of the team with key `team` in `year`, as `#rrggbb`.
#[must_use]
pub fn of(team: &str, year: i16) -> Option<&'static str> {
    COLOURS
        .iter()
        .find(|(key, from, to, _)| *key == team && (*from..=*to).contains(&year))
        .map(|(.., colour)| *colour)
}

/// Team key, first and last season, colour.
const COLOURS: &[(&str, i16, i16, &str)] = &[
    ("alpine", 2021, 2200, "#00a1e8"),
    ("renault", 2016, 2020, "#fff500"),
    ("lotus-f1", 2012, 2015, "#b6862c"),
    ("renault", 2002, 2011, "#ffd800"),
    ("benetton", 1986, 2001, "#00a0dd"),
    ("aston-martin", 2021, 2200, "#229971"),
    ("racing-point", 2019, 2020, "#f596c8"),
    ("force-india", 2017, 2018, "#f596c8"),
    ("force-india", 2008, 2016, "#ff8000"),
    ("jordan", 1991, 2005, "#ffcc00"),
    ("haas", 2016, 2200, "#9c9fa2"),
    ("caterham", 2012, 2014, "#006f45"),
    ("marussia", 2012, 2015, "#c4161c"),
    ("virgin", 2010, 2011, "#c4161c"),
    ("manor", 2016, 2016, "#c4161c"),
    ("ferrari", 1950, 2200, "#e8002d"),
    ("mclaren", 2018, 2200, "#ff8000"),
    ("mclaren", 1966, 2017, "#a7a9ac"),
    ("mercedes", 2020, 2200, "#27f4d2"),
    ("mercedes", 2010, 2019, "#00d2be"),
    ("brawn", 2009, 2009, "#b8fd6e"),
    ("racing-bulls", 2025, 2200, "#6692ff"),
    ("rb", 2024, 2024, "#6692ff"),
    ("alphatauri", 2020, 2023, "#5e8faa"),
    ("toro-rosso", 2006, 2019, "#469bff"),
    ("red-bull", 2005, 2200, "#3671c6"),
    ("jaguar", 2000, 2004, "#00665e"),
    ("audi", 2026, 2200, "#f50537"),
    ("kick-sauber", 2024, 2025, "#52e252"),
    ("alfa-romeo", 2019, 2023, "#c92d4b"),
    ("sauber", 1993, 2018, "#006eff"),
    ("bmw-sauber", 2006, 2009, "#7f9fd0"),
    ("williams", 1977, 2200, "#1868db"),
    ("cadillac", 2026, 2200, "#aaaaad"),
    ("lotus", 1958, 1994, "#006a4d"),
    ("tyrrell", 1970, 1998, "#003f87"),
    ("brabham", 1962, 1992, "#1f6f43"),
    ("toyota", 2002, 2009, "#d8232a"),
    ("honda", 2006, 2008, "#b0bec5"),
    ("bar", 1999, 2005, "#8d99a6"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_team_has_at_most_one_colour_a_season() {
        for (index, (key, from, to, colour)) in COLOURS.iter().enumerate() {
            assert!(
                from <= to && colour.len() == 7 && colour.starts_with('#'),
                "{key} {from}"
            );
            for (other, other_from, other_to, _) in &COLOURS[index + 1..] {
                assert!(
                    key != other || to < other_from || other_to < from,
                    "{key} {from} and {other_from} overlap"
                );
            }
        }
        assert_eq!(of("ferrari", 2025), Some("#e8002d"));
        assert_eq!(of("haas", 2015), None);
    }
}
