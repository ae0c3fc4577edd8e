//! Which row of ours an upstream means. A release is matched by key, and a new key by facts that do not change when a key
//! is renamed. Other upstreams have keys of their own: they are matched by drivers and the cars they share (`roster`). A
//! driver or team that they have first gets a provisional row (`provisional`), which the release that has it takes over.

pub mod names;
pub mod provisional;
pub mod roster;

use std::{collections::HashMap, hash::Hash};

/// A row of ours that a release may contain.
#[derive(Debug, Clone)]
pub struct KnownEntity<I, F> {
    /// Surrogate id.
    pub id: I,
    /// Present key.
    pub key: String,
    /// What is true of it under any key.
    pub fact: F,
    /// Whether no release has had it yet.
    pub provisional: bool,
}

/// How the keys of a release map to our ids.
#[derive(Debug)]
pub struct Matches<I> {
    /// Release key to id, for known entities.
    pub ids: HashMap<String, I>,
    /// Keys of unknown entities, in the order of the release.
    pub new: Vec<String>,
    /// Entities with another key in the release: (id, former key).
    pub renamed: Vec<(I, String)>,
    /// Provisional rows of entities that have another row here.
    pub duplicates: Vec<Duplicate<I>>,
}

/// Two rows of ours that are one driver or team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate<I> {
    /// The provisional row.
    pub id: I,
    /// Its key.
    pub key: String,
    /// The row to keep.
    pub kept: I,
}

/// Matches `release` (keys and facts) to `known`: by key, else with a row whose key the release lacks and whose fact
/// `agrees`. A remaining provisional row that agrees with exactly one matched row is its duplicate.
pub fn match_keys<I: Copy + Eq + Hash, F, G>(
    known: Vec<KnownEntity<I, F>>,
    release: &[(String, G)],
    agrees: impl Fn(&KnownEntity<I, F>, &G) -> bool,
) -> Matches<I> {
    let mut by_key: HashMap<String, KnownEntity<I, F>> = known
        .into_iter()
        .map(|row| (row.key.clone(), row))
        .collect();
    let mut ids = HashMap::new();
    let mut unseen = Vec::new();
    for (key, fact) in release {
        match by_key.remove(key) {
            Some(row) => {
                ids.insert(key.clone(), row.id);
            }
            None => unseen.push((key, fact)),
        }
    }
    let mut dropped: Vec<KnownEntity<I, F>> = by_key.into_values().collect();
    dropped.sort_by(|a, b| a.key.cmp(&b.key));
    let mut matches = Matches {
        ids,
        new: Vec::new(),
        renamed: Vec::new(),
        duplicates: Vec::new(),
    };
    for (key, fact) in unseen {
        match dropped.iter().position(|row| agrees(row, fact)) {
            Some(index) => {
                let row = dropped.remove(index);
                matches.ids.insert(key.clone(), row.id);
                matches.renamed.push((row.id, row.key));
            }
            None => matches.new.push(key.clone()),
        }
    }
    for row in dropped.into_iter().filter(|row| row.provisional) {
        let alike = release.iter().filter(|(_, fact)| agrees(&row, fact));
        let mut matched = alike.filter_map(|(key, _)| matches.ids.get(key).copied());
        if let (Some(kept), None) = (matched.next(), matched.next()) {
            matches.duplicates.push(Duplicate {
                id: row.id,
                key: row.key,
                kept,
            });
        }
    }
    matches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(id: i32, key: &str, fact: i32) -> KnownEntity<i32, i32> {
        KnownEntity {
            id,
            key: key.to_owned(),
            fact,
            provisional: false,
        }
    }

    #[test]
    fn a_renamed_key_keeps_its_id_and_a_new_one_is_new() {
        let ours = vec![known(1, "a", 10), known(2, "b", 20), known(3, "c", 30)];
        let release: Vec<_> = [("a", 10), ("bee", 20), ("d", 40)]
            .map(|(key, fact)| (key.to_owned(), fact))
            .into();
        let matches = match_keys(ours, &release, |a, b| a.fact == *b);
        assert_eq!(
            matches.ids,
            HashMap::from([("a".to_owned(), 1), ("bee".to_owned(), 2)])
        );
        assert_eq!(matches.renamed, [(2, "b".to_owned())]);
        assert_eq!(matches.new, ["d"]);
    }

    #[test]
    fn a_provisional_row_that_fits_one_other_is_its_duplicate() {
        let provisional = |id, key, fact| KnownEntity {
            provisional: true,
            ..known(id, key, fact)
        };
        let ours = vec![
            known(1, "a", 10),
            provisional(2, "a-for-now", 10),
            provisional(3, "b-for-now", 20),
            provisional(4, "nobody", 30),
            provisional(5, "of-two", 40),
            known(6, "of-two-1", 40),
            known(7, "of-two-2", 40),
        ];
        let release: Vec<_> = [("a", 10), ("b", 20), ("of-two-1", 40), ("of-two-2", 40)]
            .map(|(key, fact)| (key.to_owned(), fact))
            .into();
        let matches = match_keys(ours, &release, |a, b| a.fact == *b);
        assert_eq!(matches.renamed, [(3, "b-for-now".to_owned())]);
        let duplicate = Duplicate {
            id: 2,
            key: "a-for-now".to_owned(),
            kept: 1,
        };
        assert_eq!(
            matches.duplicates,
            [duplicate],
            "a row that fits two is no duplicate"
        );
    }

    #[test]
    fn entities_with_the_same_fact_are_matched_by_key() {
        let ours = vec![known(1, "twin", 10), known(2, "other-twin", 10)];
        let release: Vec<_> = [("other-twin", 10), ("twin", 10)]
            .map(|(key, fact)| (key.to_owned(), fact))
            .into();
        let matches = match_keys(ours, &release, |a, b| a.fact == *b);
        assert_eq!(matches.ids["twin"], 1);
        assert!(matches.renamed.is_empty());
    }
}
