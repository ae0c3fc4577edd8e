//! The dependencies between the crates of the workspace, and the crates that only some may use.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Each crate of the workspace, and the workspace crates that it may depend on.
const ARROWS: [(&str, &[&str]); 9] = [
    ("vocabulary", &[]),
    ("schema", &["vocabulary"]),
    ("model", &[]),
    ("client", &["vocabulary"]),
    ("demo", &["vocabulary"]),
    ("etl", &["schema", "model"]),
    ("api", &["schema", "client"]),
    ("web", &["client"]),
    (
        "local",
        &["schema", "model", "client", "demo", "etl", "api", "web"],
    ),
];

/// External crates, and the only workspace crates that may depend on them.
const RESTRICTED: [(&str, &[&str]); 4] = [
    ("sqlx", &["vocabulary", "schema", "etl", "api", "local"]),
    ("polars", &["etl"]),
    ("reqwest", &["client", "etl"]),
    // etl serves only health and metrics, demo only tests.
    ("axum", &["api", "web", "demo", "etl", "local"]),
];

/// Crates for I/O and time. The model is a pure function of its input.
const FORBIDDEN_FOR_MODEL: [&str; 5] = ["sqlx", "tokio", "reqwest", "polars", "chrono"];

/// The crates of the workspace.
fn packages() -> Vec<Package> {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .no_deps()
        .exec()
        .expect("`cargo metadata` works")
        .packages
}

/// The normal dependencies of each crate of the workspace; not those of tests and builds.
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
fn crates_depend_only_along_the_arrows() {
    let dependencies = dependencies();
    let known: BTreeSet<_> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let found: BTreeSet<_> = dependencies.keys().cloned().collect();
    assert_eq!(found, known, "crates without a rule in ARROWS");
    for (name, allowed) in ARROWS {
        for used in dependencies[name].intersection(&known) {
            assert!(
                allowed.contains(&&**used),
                "{name} must not depend on {used}"
            );
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
fn restricted_crates_are_used_only_where_allowed() {
    for (name, used) in dependencies() {
        for (restricted, allowed) in RESTRICTED {
            let may = allowed.contains(&&*name);
            assert!(
                may || !used.contains(restricted),
                "{name} must not depend on {restricted}"
            );
        }
        if name == "model" {
            for forbidden in FORBIDDEN_FOR_MODEL {
                assert!(
                    !used.contains(forbidden),
                    "{name} must not depend on {forbidden}"
                );
            }
        }
    }
}
