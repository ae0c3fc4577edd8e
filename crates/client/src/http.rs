//! A typed client over HTTP.

use std::time::Duration;

pub use reqwest::Url;
use reqwest::{StatusCode, header::HeaderMap};
use serde::de::DeserializeOwned;

use crate::{
    accuracy::Accuracy,
    corrections::Corrections,
    drivers::{Driver, Drivers},
    model::ModelDescription,
    predictions::{Prediction, PredictionHistory, Predictions},
    problem::Problem,
    races::{RaceDetail, Races},
    seasons::Seasons,
    sessions::{Grid, PitStops, Practice, Qualifying, Results},
    standings::{DriverStandings, TeamStandings},
    status::{Status, Summary},
    teams::{Team, Teams},
    title_odds::TitleOdds,
    vocabulary::{Contest, Moment},
};

/// The reason why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API has no such thing (404), or refuses an address that is too long to be of anything (414).
    #[error("not found: {0}")]
    NotFound(String),
    /// The thing is at another address (301).
    #[error("moved to {0}")]
    Moved(String),
    /// The API refused a parameter (400).
    #[error("bad request: {0}")]
    BadRequest(String),
    /// The API did not answer, or its answer could not be read.
    #[error("the API is away: {0}")]
    Away(String),
}

/// No HTTP client can be made on this system.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up TLS, the package ca-certificates may be missing")]
pub struct SetupError(#[from] reqwest::Error);

/// A client of the API at one address.
#[derive(Debug, Clone)]
pub struct Client {
    base: Url,
    http: reqwest::Client,
    headers: HeaderMap,
}

impl Client {
    /// A client of the API at `base`, such as `http://127.0.0.1:8080`.
    pub fn new(base: Url) -> Result<Self, SetupError> {
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy() // the API is on the local network
            .build()?;
        Ok(Self {
            base,
            http,
            headers: HeaderMap::new(),
        })
    }

    /// A client that adds `headers`, such as a request id, to every request.
    #[must_use]
    pub fn with_headers(&self, headers: HeaderMap) -> Self {
        Self {
            headers,
            ..self.clone()
        }
    }

    /// All seasons.
    pub async fn seasons(&self) -> Result<Seasons, Error> {
        self.get(&["seasons"], &[]).await
    }

    /// The calendar of a season.
    pub async fn races(&self, year: i16) -> Result<Races, Error> {
        self.get(&["seasons", &year.to_string(), "races"], &[])
            .await
    }

    /// A race.
    pub async fn race(&self, year: i16, round: i16) -> Result<RaceDetail, Error> {
        self.of_race(year, round, &[], &[]).await
    }

    /// The result of the Grand Prix or the sprint.
    pub async fn results(&self, year: i16, round: i16, contest: Contest) -> Result<Results, Error> {
        let part = match contest {
            Contest::GrandPrix => "results",
            Contest::Sprint => "sprint",
        };
        self.of_race(year, round, &[part], &[]).await
    }

    /// The classification that set the grid of the Grand Prix or the sprint.
    pub async fn qualifying(
        &self,
        year: i16,
        round: i16,
        contest: Contest,
    ) -> Result<Qualifying, Error> {
        let part = match contest {
            Contest::GrandPrix => "qualifying",
            Contest::Sprint => "sprint-qualifying",
        };
        self.of_race(year, round, &[part], &[]).await
    }

    /// The starting grid of the Grand Prix or the sprint.
    pub async fn grid(&self, year: i16, round: i16, contest: Contest) -> Result<Grid, Error> {
        let part = match contest {
            Contest::GrandPrix => "grid",
            Contest::Sprint => "sprint-grid",
        };
        self.of_race(year, round, &[part], &[]).await
    }

    /// Practice of a weekend.
    pub async fn practice(&self, year: i16, round: i16) -> Result<Practice, Error> {
        self.of_race(year, round, &["practice"], &[]).await
    }

    /// Pit stops of a Grand Prix.
    pub async fn pit_stops(&self, year: i16, round: i16) -> Result<PitStops, Error> {
        self.of_race(year, round, &["pit-stops"], &[]).await
    }

    /// The forecast of the Grand Prix or the sprint: the one at `moment`, or the one the API selects.
    pub async fn prediction(
        &self,
        year: i16,
        round: i16,
        contest: Contest,
        moment: Option<Moment>,
    ) -> Result<Prediction, Error> {
        let part = match contest {
            Contest::GrandPrix => "prediction",
            Contest::Sprint => "sprint-prediction",
        };
        let query: Vec<(&str, String)> = moment
            .map(|moment| ("moment", moment.to_string()))
            .into_iter()
            .collect();
        self.of_race(year, round, &[part], &query).await
    }

    /// Every forecast of the Grand Prix or the sprint.
    pub async fn prediction_history(
        &self,
        year: i16,
        round: i16,
        contest: Contest,
    ) -> Result<PredictionHistory, Error> {
        let part = match contest {
            Contest::GrandPrix => "predictions",
            Contest::Sprint => "sprint-predictions",
        };
        self.of_race(year, round, &[part], &[]).await
    }

    /// The accuracy of forecasts.
    pub async fn accuracy(&self) -> Result<Accuracy, Error> {
        self.get(&["accuracy"], &[]).await
    }

    /// The model in service.
    pub async fn model(&self) -> Result<ModelDescription, Error> {
        self.get(&["model"], &[]).await
    }

    /// Title odds of a season, round by round.
    pub async fn title_odds(&self, year: i16) -> Result<TitleOdds, Error> {
        self.get(&["seasons", &year.to_string(), "title-odds"], &[])
            .await
    }

    /// The forecast of the next race that has one.
    pub async fn upcoming(&self) -> Result<Prediction, Error> {
        self.get(&["predictions", "upcoming"], &[]).await
    }

    /// The forecasts of a season.
    pub async fn predictions(&self, season: i16) -> Result<Predictions, Error> {
        self.get(&["predictions"], &[("season", season.to_string())])
            .await
    }

    /// The drivers' championship after a round, or the latest.
    pub async fn driver_standings(
        &self,
        year: i16,
        after_round: Option<i16>,
    ) -> Result<DriverStandings, Error> {
        self.get(
            &["seasons", &year.to_string(), "standings", "drivers"],
            &after(after_round),
        )
        .await
    }

    /// The constructors' championship after a round, or the latest.
    pub async fn team_standings(
        &self,
        year: i16,
        after_round: Option<i16>,
    ) -> Result<TeamStandings, Error> {
        self.get(
            &["seasons", &year.to_string(), "standings", "teams"],
            &after(after_round),
        )
        .await
    }

    /// The drivers of a season, or of all seasons.
    pub async fn drivers(&self, season: Option<i16>) -> Result<Drivers, Error> {
        self.get(&["drivers"], &of_season(season)).await
    }

    /// A driver.
    pub async fn driver(&self, key: &str) -> Result<Driver, Error> {
        self.get(&["drivers", key], &[]).await
    }

    /// The teams of a season, or of all seasons.
    pub async fn teams(&self, season: Option<i16>) -> Result<Teams, Error> {
        self.get(&["teams"], &of_season(season)).await
    }

    /// A team.
    pub async fn team(&self, key: &str) -> Result<Team, Error> {
        self.get(&["teams", key], &[]).await
    }

    /// The corrections of a race's lists.
    pub async fn corrections(&self, year: i16, round: i16) -> Result<Corrections, Error> {
        self.of_race(year, round, &["corrections"], &[]).await
    }

    /// The state of the data and of the pipeline.
    pub async fn status(&self) -> Result<Status, Error> {
        self.get(&["status"], &[]).await
    }

    /// The state of the data alone. Cheap enough for every page.
    pub async fn summary(&self) -> Result<Summary, Error> {
        self.get(&["status", "summary"], &[]).await
    }

    async fn of_race<T: DeserializeOwned>(
        &self,
        year: i16,
        round: i16,
        parts: &[&str],
        query: &[(&str, String)],
    ) -> Result<T, Error> {
        let (year, round) = (year.to_string(), round.to_string());
        let path = [&["seasons", year.as_str(), "races", round.as_str()], parts].concat();
        self.get(&path, query).await
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Result<T, Error> {
        // In a URL these segments mean another path, and no key of the API is one of them.
        if path.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return Err(Error::NotFound(path.join("/")));
        }
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Error::Away(format!("{} is no base", self.base)))?
            .pop_if_empty()
            .push("v1")
            .extend(path);
        let away = |cause: reqwest::Error| Error::Away(cause.to_string());
        let mut request = self.http.get(url).headers(self.headers.clone());
        if !query.is_empty() {
            request = request.query(query);
        }
        let response = request.send().await.map_err(away)?;
        let status = response.status();
        if status.is_success() {
            return response.json().await.map_err(away);
        }
        if status.is_redirection() {
            let target = response
                .headers()
                .get("location")
                .and_then(|value| value.to_str().ok());
            return Err(target.map_or_else(
                || Error::Away(status.to_string()),
                |target| Error::Moved(target.to_owned()),
            ));
        }
        let detail = response
            .json::<Problem>()
            .await
            .map(|problem| problem.detail);
        match status {
            StatusCode::NOT_FOUND | StatusCode::URI_TOO_LONG => {
                Err(Error::NotFound(detail.unwrap_or_default()))
            }
            StatusCode::BAD_REQUEST => Err(Error::BadRequest(detail.unwrap_or_default())),
            _ => Err(Error::Away(format!("answered {status}"))),
        }
    }
}

fn after(round: Option<i16>) -> Vec<(&'static str, String)> {
    round
        .map(|round| ("after_round", round.to_string()))
        .into_iter()
        .collect()
}

fn of_season(season: Option<i16>) -> Vec<(&'static str, String)> {
    season
        .map(|season| ("season", season.to_string()))
        .into_iter()
        .collect()
}
