//! The files of a release and their columns, in F1DB's order.

/// The first columns of every row about a car.
const CAR: &str = "raceId year round positionDisplayOrder positionNumber positionText \
    driverNumber driverId constructorId engineManufacturerId tyreManufacturerId";
const PRACTICE: &str = "time timeMillis gap gapMillis interval intervalMillis laps";
const QUALIFYING: &str = "time timeMillis q1 q1Millis q2 q2Millis q3 q3Millis gap gapMillis interval intervalMillis laps";
const GRID: &str = "qualificationPositionNumber qualificationPositionText gridPenalty gridPenaltyPositions time timeMillis";
const RACE: &str = "sharedCar laps time timeMillis timePenalty timePenaltyMillis gap gapMillis gapLaps \
    interval intervalMillis reasonRetired points polePosition qualificationPositionNumber qualificationPositionText \
    gridPositionNumber gridPositionText positionsGained pitStops fastestLap driverOfTheDay grandSlam";

/// Every file: its name without prefix and suffix, its first columns, and the others.
#[rustfmt::skip]
pub(crate) const FILES: [(&str, &str, &str); 27] = [
    ("races-free-practice-1-results", CAR, PRACTICE),
    ("races-free-practice-2-results", CAR, PRACTICE),
    ("races-free-practice-3-results", CAR, PRACTICE),
    ("races-free-practice-4-results", CAR, PRACTICE),
    ("races-qualifying-results", CAR, QUALIFYING),
    ("races-sprint-qualifying-results", CAR, QUALIFYING),
    ("races-sprint-starting-grid-positions", CAR, GRID),
    ("races-sprint-race-results", CAR, RACE),
    ("races-starting-grid-positions", CAR, GRID),
    ("races-race-results", CAR, RACE),
    ("races-fastest-laps", CAR, "lap time timeMillis gap gapMillis interval intervalMillis"),
    ("races-pit-stops", CAR, "stop lap time timeMillis"),
    ("drivers", "", "id name firstName lastName fullName abbreviation permanentNumber gender dateOfBirth dateOfDeath placeOfBirth \
        countryOfBirthCountryId nationalityCountryId secondNationalityCountryId bestChampionshipPosition \
        bestStartingGridPosition bestRaceResult bestSprintRaceResult totalChampionshipWins totalRaceEntries \
        totalRaceStarts totalRaceWins totalRaceLaps totalPodiums totalPoints totalChampionshipPoints \
        totalPolePositions totalFastestLaps totalSprintRaceStarts totalSprintRaceWins totalDriverOfTheDay \
        totalGrandSlams"),
    ("constructors", "", "id name fullName countryId bestChampionshipPosition bestStartingGridPosition bestRaceResult \
        bestSprintRaceResult totalChampionshipWins totalRaceEntries totalRaceStarts totalRaceWins total1And2Finishes \
        totalRaceLaps totalPodiums totalPodiumRaces totalPoints totalChampionshipPoints totalPolePositions \
        totalFastestLaps totalSprintRaceStarts totalSprintRaceWins"),
    ("constructors-chronology", "", "parentConstructorId positionDisplayOrder constructorId yearFrom yearTo"),
    ("circuits", "", "id name fullName previousNames type direction placeName countryId latitude longitude length turns \
        totalRacesHeld"),
    ("grands-prix", "", "id name fullName shortName abbreviation countryId totalRacesHeld"),
    ("countries", "", "id alpha2Code alpha3Code iocCode name demonym continentId"),
    ("entrants", "", "id name"),
    ("engine-manufacturers", "", "id name countryId bestChampionshipPosition bestStartingGridPosition bestRaceResult bestSprintRaceResult \
        totalChampionshipWins totalRaceEntries totalRaceStarts totalRaceWins totalRaceLaps totalPodiums \
        totalPodiumRaces totalPoints totalChampionshipPoints totalPolePositions totalFastestLaps totalSprintRaceStarts \
        totalSprintRaceWins"),
    ("seasons", "", "year"),
    ("seasons-entrants-drivers", "", "year entrantId constructorId engineManufacturerId driverId rounds roundsText testDriver"),
    ("races", "", "id year round date time grandPrixId officialName qualifyingFormat sprintQualifyingFormat circuitId \
        circuitLayoutId circuitType direction courseLength turns laps distance scheduledLaps scheduledDistance \
        driversChampionshipDecider constructorsChampionshipDecider preQualifyingDate preQualifyingTime \
        freePractice1Date freePractice1Time freePractice2Date freePractice2Time freePractice3Date freePractice3Time \
        freePractice4Date freePractice4Time qualifying1Date qualifying1Time qualifying2Date qualifying2Time \
        qualifyingDate qualifyingTime sprintQualifyingDate sprintQualifyingTime sprintRaceDate sprintRaceTime \
        sprintRaceLaps sprintRaceDistance sprintRaceScheduledLaps sprintRaceScheduledDistance warmingUpDate \
        warmingUpTime"),
    ("races-driver-standings", "", "raceId year round positionDisplayOrder positionNumber positionText driverId points positionsGained \
        championshipWon"),
    ("races-constructor-standings", "", "raceId year round positionDisplayOrder positionNumber positionText constructorId engineManufacturerId points \
        positionsGained championshipWon"),
    ("seasons-driver-standings", "", "year positionDisplayOrder positionNumber positionText driverId points championshipWon"),
    ("seasons-constructor-standings", "", "year positionDisplayOrder positionNumber positionText constructorId engineManufacturerId points \
        championshipWon"),
];
