//! Forecasters: the model, and the simpler ones that it is compared with.

/// Forecasters in the order of tables: name in the API, name on pages, short name.
const KNOWN: [(&str, &str, &str); 6] = [
    ("grid_and_gap", "Grid and qualifying gap", "Grid, gap"),
    ("grid", "Grid alone", "Grid"),
    (
        "grid_frequencies",
        "How often each grid place won",
        "Grid places",
    ),
    ("elo", "Elo ratings of drivers", "Elo"),
    ("peer", "A published weighted-score formula", "Formula"),
    ("uniform", "Everyone equally likely", "Uniform"),
];

fn known(name: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    let name = name.replace('-', "_");
    KNOWN.iter().find(|(known, ..)| *known == name)
}

/// The name of a forecaster on pages; an unknown one keeps its name in the API.
pub(super) fn named(name: &str, model: &str) -> String {
    if name == model {
        return "This model".to_owned();
    }
    known(name).map_or_else(|| name.to_owned(), |(_, long, _)| (*long).to_owned())
}

/// The short name, for a column or the end of a line.
pub(super) fn short(name: &str, model: &str) -> String {
    if name == model {
        return "Model".to_owned();
    }
    known(name).map_or_else(|| name.to_owned(), |(.., short)| (*short).to_owned())
}

/// The rank of a forecaster in tables: the model first, then [`KNOWN`], unknown ones last.
pub(super) fn rank(name: &str, model: &str) -> usize {
    if name == model {
        return 0;
    }
    let name = name.replace('-', "_");
    let place = KNOWN.iter().position(|(known, ..)| *known == name);
    1 + place.unwrap_or(KNOWN.len())
}

/// Names in the order of [`rank`].
pub(super) fn ranked<'a>(names: impl Iterator<Item = &'a String>, model: &str) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    names.sort_by_key(|name| (rank(name, model), *name));
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forecasters_have_names_and_an_order() {
        let names = ["uniform", "mine", "grid-and-gap", "new"].map(str::to_owned);
        assert_eq!(
            ranked(names.iter(), "mine"),
            ["mine", "grid-and-gap", "uniform", "new"]
        );
        assert_eq!(named("mine", "mine"), "This model");
        assert_eq!(named("grid-and-gap", "mine"), "Grid and qualifying gap");
        assert_eq!(named("new", "mine"), "new");
        assert_eq!(short("elo", "mine"), "Elo");
    }
}
