//! An error with its causes, as one line for people.

/// The error and its causes, joined by colons. A cause that the text before it already ends with is not repeated.
#[must_use]
pub fn error_chain(error: &anyhow::Error) -> String {
    let mut chain = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if chain.is_empty() {
            chain = cause;
        } else if !chain.ends_with(&cause) {
            chain = format!("{chain}: {cause}");
        }
    }
    chain
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_repeated_cause_is_written_once() {
        let error = anyhow!("no route").context("cannot ask: no route");
        assert_eq!(
            error_chain(&error.context("failed")),
            "failed: cannot ask: no route"
        );
    }
}
