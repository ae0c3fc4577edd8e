//! Official standings: after every race, and of finished seasons.

use std::collections::HashMap;

use schema::{Championship, RaceId, StandingSource, championships::Standing};

use super::{
    sessions::Ids,
    sheet::{Row, Sheet, SheetError},
};

/// Reads `races-driver-standings` or `races-constructor-standings`: the table after each race.
pub fn after_races(
    sheet: &Sheet,
    championship: Championship,
    ids: &Ids<'_>,
) -> Result<Vec<Standing>, SheetError> {
    sheet.read(|row| {
        standing(
            row,
            row.lookup("raceId", &ids.races)?,
            false,
            championship,
            ids,
        )
    })
}

/// Reads `seasons-driver-standings` or `seasons-constructor-standings`; `last_races` has the last race of every
/// season that is over, and the table of a running season is left out, since it equals the one after its newest race.
pub fn of_seasons(
    sheet: &Sheet,
    championship: Championship,
    ids: &Ids<'_>,
    last_races: &HashMap<i16, RaceId>,
) -> Result<Vec<Standing>, SheetError> {
    let rows = sheet.read(|row| match last_races.get(&row.get("year")?) {
        Some(race) => standing(row, *race, true, championship, ids).map(Some),
        None => Ok(None),
    })?;
    Ok(rows.into_iter().flatten().collect())
}

fn standing(
    row: Row<'_>,
    race_id: RaceId,
    is_final: bool,
    championship: Championship,
    ids: &Ids<'_>,
) -> Result<Standing, SheetError> {
    let (driver_id, team_id, engine) = match championship {
        Championship::Drivers => (Some(row.lookup("driverId", ids.drivers)?), None, None),
        Championship::Teams => {
            let team = row.lookup("constructorId", ids.teams)?;
            (
                None,
                Some(team),
                Some(row.word("engineManufacturerId")?.to_owned()),
            )
        }
    };
    Ok(Standing {
        race_id,
        is_final,
        championship,
        display_order: row.get("positionDisplayOrder")?,
        source: StandingSource::Official,
        position: row.place("positionNumber")?,
        position_text: row.word("positionText")?.to_owned(),
        driver_id,
        team_id,
        engine,
        points: row.get("points")?,
        champion: row.get("championshipWon")?,
    })
}
