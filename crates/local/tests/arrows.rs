//! The dependency arrows between our crates, and who may use what is easily misused.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Each crate and those of ours that it may use.
const ARROWS: [(&str, &[&str]); 8] = [
    ("vocabulary", &[]),
    ("schema", &["vocabulary"]),
    ("model", &[]),
    ("client", &["vocabulary"]),
    ("etl", &["schema", "model"]),
    ("api", &["schema", "client"]),
    ("web", &["client"]),
    ("local", &["schema", "model", "client", "etl", "api", "web"]),
];

/// Crates of others, and those of ours that alone may use them.
const WARDS: [(&str, &[&str]); 4] = [
    ("sqlx", &["vocabulary", "schema", "etl", "api", "local"]),
    ("polars", &["etl"]),
    ("reqwest", &["client", "etl"]),
    // In etl for health and metrics alone.
    ("axum", &["api", "web", "etl", "local"]),
];

/// What does I/O or knows the time, of which the model does nothing.
const FOREIGN_TO_MODEL: [&str; 5] = ["sqlx", "tokio", "reqwest", "polars", "chrono"];

/// The crates of the workspace.
fn packages() -> Vec<Package> {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .no_deps()
        .exec()
        .expect("`cargo metadata` works")
        .packages
}

/// The normal dependencies of each crate of the workspace.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    packages()
        .into_iter()
        .map(|package| {
            let used = package
                .dependencies
                .into_iter()
                .filter(|dependency| dependency.kind == DependencyKind::Normal)
                .map(|dependency| dependency.name)
                .collect();
            (package.name.to_string(), used)
        })
        .collect()
}

#[test]
fn no_other_arrow_exists() {
    let dependencies = dependencies();
    let known: BTreeSet<_> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let found: BTreeSet<_> = dependencies.keys().cloned().collect();
    assert_eq!(found, known, "a crate that no rule speaks of");
    for (name, allowed) in ARROWS {
        for used in dependencies[name].intersection(&known) {
            assert!(allowed.contains(&&**used), "{name} must not use {used}");
        }
    }
}

#[test]
fn only_schema_enables_the_database_in_the_vocabulary() {
    for package in packages() {
        let enabled = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.name == "vocabulary")
            .any(|dependency| dependency.features.iter().any(|feature| feature == "sqlx"));
        assert_eq!(enabled, *package.name == "schema", "{}", package.name);
    }
}

#[test]
fn the_easily_misused_stays_where_it_belongs() {
    for (name, used) in dependencies() {
        for (ward, allowed) in WARDS {
            let may = allowed.contains(&&*name);
            assert!(may || !used.contains(ward), "{name} must not use {ward}");
        }
        if name == "model" {
            for foreign in FOREIGN_TO_MODEL {
                assert!(!used.contains(foreign), "{name} must not use {foreign}");
            }
        }
    }
}
