//! Drivers as sentences name them.

use client::races::DriverRef;

/// The names of the drivers of one field: family names, with an initial where two drivers share one.
pub(crate) struct DriverNames {
    shared: Vec<String>,
}

impl DriverNames {
    /// Names within the field of these drivers.
    pub(crate) fn new<'a>(field: impl Iterator<Item = &'a DriverRef>) -> Self {
        let mut seen: Vec<&DriverRef> = Vec::new();
        let mut shared = Vec::new();
        for driver in field {
            if seen
                .iter()
                .any(|other| other.family_name == driver.family_name && other.key != driver.key)
            {
                shared.push(driver.family_name.clone());
            }
            seen.push(driver);
        }
        Self { shared }
    }

    /// `Verstappen`, or `M. Schumacher` in a race with R. Schumacher.
    pub(crate) fn of(&self, driver: &DriverRef) -> String {
        let family = &driver.family_name;
        let initial = driver
            .name
            .strip_suffix(family)
            .and_then(|first| first.chars().next())
            .filter(|_| self.shared.contains(family));
        initial.map_or_else(|| family.clone(), |initial| format!("{initial}. {family}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn driver(name: &str, family_name: &str) -> DriverRef {
        DriverRef {
            key: name.to_lowercase().replace(' ', "-"),
            code: String::new(),
            name: name.to_owned(),
            family_name: family_name.to_owned(),
        }
    }

    #[test]
    fn drivers_who_share_a_family_name_get_their_initial() {
        let field = [
            driver("Michael Schumacher", "Schumacher"),
            driver("Ralf Schumacher", "Schumacher"),
            driver("Carlos Sainz Jr.", "Sainz Jr."),
            driver("Mononym", "Mononym"),
        ];
        let names = DriverNames::new(field.iter());
        assert_eq!(
            field.each_ref().map(|driver| names.of(driver)),
            ["M. Schumacher", "R. Schumacher", "Sainz Jr.", "Mononym"]
        );
        let alone = DriverNames::new(field[1..].iter());
        assert_eq!(alone.of(&field[1]), "Schumacher");
    }
}
