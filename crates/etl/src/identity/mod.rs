//! Which row of ours an upstream means. A release: by key, and where a key is new, by the facts that stay when a key is
//! renamed. The others, which have keys of their own: by people and the cars they share (`roster`); whom they bring first
//! has a provisional row (`provisional`), which the release that brings him takes over.

pub mod names;
pub mod provisional;
pub mod roster;

use std::{collections::HashMap, hash::Hash};

/// Something of ours that a release may mention.
#[derive(Debug, Clone)]
pub struct Known<I, F> {
    /// Its surrogate id.
    pub id: I,
    /// The key it has.
    pub key: String,
    /// What is true of it under any key.
    pub fact: F,
    /// Whether no release has brought it yet.
    pub provisional: bool,
}

/// How the keys of a release map to ours.
#[derive(Debug)]
pub struct Matches<I> {
    /// Release key to id, for what we have.
    pub ids: HashMap<String, I>,
    /// Keys of the release that we have not seen, in its order.
    pub new: Vec<String>,
    /// What the release calls otherwise: (id, the key it had).
    pub renamed: Vec<(I, String)>,
    /// What we have twice: a provisional row, and the row that the release means by its key.
    pub doubles: Vec<Double<I>>,
}

/// Two rows of ours that are one person or team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Double<I> {
    /// The provisional row.
    pub id: I,
    /// The key it has.
    pub key: String,
    /// The row that stays.
    pub stays: I,
}

/// Matches `release` (keys and facts) to `known`: same key, else one that the release lacks and whose fact `agrees`.
/// A provisional row that is left over and agrees with exactly one that has been matched is its double.
pub fn match_keys<I: Copy + Eq + Hash, F, G>(
    known: Vec<Known<I, F>>,
    release: &[(String, G)],
    agrees: impl Fn(&Known<I, F>, &G) -> bool,
) -> Matches<I> {
    let mut by_key: HashMap<String, Known<I, F>> = known
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
    let mut dropped: Vec<Known<I, F>> = by_key.into_values().collect();
    dropped.sort_by(|a, b| a.key.cmp(&b.key));
    let mut matches = Matches {
        ids,
        new: Vec::new(),
        renamed: Vec::new(),
        doubles: Vec::new(),
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
        let mut stay = alike.filter_map(|(key, _)| matches.ids.get(key).copied());
        if let (Some(stays), None) = (stay.next(), stay.next()) {
            matches.doubles.push(Double {
                id: row.id,
                key: row.key,
                stays,
            });
        }
    }
    matches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(id: i32, key: &str, fact: i32) -> Known<i32, i32> {
        Known {
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
    fn a_provisional_row_beside_the_one_meant_is_its_double() {
        let provisional = |id, key, fact| Known {
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
        let double = Double {
            id: 2,
            key: "a-for-now".to_owned(),
            stays: 1,
        };
        assert_eq!(matches.doubles, [double], "of two that fit none is taken");
    }

    #[test]
    fn two_with_the_same_fact_stay_apart_by_key() {
        let ours = vec![known(1, "twin", 10), known(2, "other-twin", 10)];
        let release: Vec<_> = [("other-twin", 10), ("twin", 10)]
            .map(|(key, fact)| (key.to_owned(), fact))
            .into();
        let matches = match_keys(ours, &release, |a, b| a.fact == *b);
        assert_eq!(matches.ids["twin"], 1);
        assert!(matches.renamed.is_empty());
    }
}
