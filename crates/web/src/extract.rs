//! `Path` and `Query` whose rejection is an error page, and the API as the request sees it.
#![expect(clippy::disallowed_types, reason = "the wrappers themselves")]

use std::str::FromStr;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, HeaderName, request::Parts},
};
use client::Client;
use serde::de::DeserializeOwned;
use tower_http::request_id::RequestId;

use crate::error::Error;

/// Characters of a wrong value that an error page repeats.
const SHOWN: usize = 60;

/// Path parameters; an address that does not parse is a page that does not exist.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Error::not_found()),
        }
    }
}

/// Query parameters; a wrong or repeated one is a 400 that names it, an unknown one is ignored.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: FromParameters, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let pairs = axum::extract::Query::from_request_parts(parts, state).await;
        let axum::extract::Query(pairs) =
            pairs.map_err(|rejection| Error::BadRequest(rejection.body_text()))?;
        T::from_parameters(&Parameters(pairs)).map(Self)
    }
}

/// What a page reads from its query parameters.
pub(crate) trait FromParameters: Sized {
    /// Takes the parameters that the page knows.
    fn from_parameters(parameters: &Parameters) -> Result<Self, Error>;
}

/// Query parameters as names and values.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The value of the parameter `name`, if it is there; `kind` is what it should be, such as "a year".
    pub(crate) fn get<T: FromStr>(&self, name: &str, kind: &str) -> Result<Option<T>, Error> {
        let Some(value) = self.text(name)? else {
            return Ok(None);
        };
        value.parse().map(Some).map_err(|_| {
            let value: String = value.chars().take(SHOWN).collect();
            Error::BadRequest(format!(
                "“{value}” is not {kind}. Correct “{name}” in the address."
            ))
        })
    }

    /// The same, where an empty value stands for none: the first option of a form.
    pub(crate) fn get_unless_empty<T: FromStr>(
        &self,
        name: &str,
        kind: &str,
    ) -> Result<Option<T>, Error> {
        match self.text(name)? {
            Some("") => Ok(None),
            _ => self.get(name, kind),
        }
    }

    fn text(&self, name: &str) -> Result<Option<&str>, Error> {
        let mut values = self.0.iter().filter(|(other, _)| other == name);
        match (values.next(), values.next()) {
            (value, None) => Ok(value.map(|(_, value)| value.as_str())),
            (_, Some(_)) => Err(Error::BadRequest(format!(
                "The address has “{name}” more than once."
            ))),
        }
    }
}

/// The API, asked under this request's id.
pub(crate) struct Api(pub(crate) Client);

impl<S> FromRequestParts<S> for Api
where
    S: Send + Sync,
    Client: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        if let Some(id) = parts.extensions.get::<RequestId>() {
            headers.insert(
                HeaderName::from_static("x-request-id"),
                id.header_value().clone(),
            );
        }
        Ok(Self(Client::from_ref(state).with_headers(headers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(pairs: &[(&str, &str)]) -> Parameters {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Parameters(pairs.iter().map(owned).collect())
    }

    fn sentence<T>(answer: Result<T, Error>) -> String {
        match answer {
            Err(Error::BadRequest(sentence)) => sentence,
            _ => String::new(),
        }
    }

    #[test]
    fn a_wrong_parameter_is_named_in_a_sentence() {
        let year = |pairs: &[(&str, &str)]| parameters(pairs).get::<i16>("season", "a year");
        assert_eq!(
            sentence(year(&[("season", "abc")])),
            "“abc” is not a year. Correct “season” in the address."
        );
        assert_eq!(
            sentence(year(&[("season", "2025"), ("season", "2026")])),
            "The address has “season” more than once."
        );
        assert!(sentence(year(&[("season", &"x".repeat(1000))])).len() < 200);
        assert!(matches!(year(&[("season", "2025")]), Ok(Some(2025))));
        assert!(matches!(year(&[("other", "abc")]), Ok(None)));
    }

    #[test]
    fn an_empty_parameter_is_none_only_where_a_form_sends_it() {
        let empty = parameters(&[("after_round", "")]);
        assert!(matches!(
            empty.get_unless_empty::<i16>("after_round", "a round"),
            Ok(None)
        ));
        assert_eq!(
            sentence(empty.get::<i16>("after_round", "a round")),
            "“” is not a round. Correct “after_round” in the address."
        );
    }
}
