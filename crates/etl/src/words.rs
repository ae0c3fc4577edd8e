//! Errors as people read them.

/// An error and its causes in one line. Some repeat their cause in their own words: it is said once.
#[must_use]
pub fn words(error: &anyhow::Error) -> String {
    let mut words = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if words.is_empty() {
            words = cause;
        } else if !words.ends_with(&cause) {
            words = format!("{words}: {cause}");
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_cause_is_said_once() {
        let error = anyhow!("no route").context("cannot ask: no route");
        assert_eq!(
            words(&error.context("failed")),
            "failed: cannot ask: no route"
        );
    }
}
