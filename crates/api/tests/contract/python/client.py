"""Uses the generated Python client: the races of 2025, and the forecast of the last one."""

import sys

from f1_client import Client
from f1_client.api.predictions import prediction
from f1_client.api.races import list_races, race
from f1_client.models import Prediction, Problem, RaceDetail, Races, RoundWord

with Client(base_url=sys.argv[1]) as client:
    races = list_races.sync(2025, client=client)
    assert isinstance(races, Races) and races.season == 2025, races
    rounds = [listed.round_ for listed in races.races]
    assert rounds == list(range(1, len(rounds) + 1)) and len(rounds) > 10, rounds
    assert all(listed.winners for listed in races.races)

    forecast = prediction.sync(2025, RoundWord.LAST, client=client)
    assert isinstance(forecast, Prediction), forecast
    assert forecast.race.round_ == rounds[-1]
    assert abs(sum(car.win for car in forecast.drivers) - 1) < 1e-9
    assert forecast.drivers[0].result and forecast.drivers[0].team.key

    missing = race.sync_detailed(2025, 99, client=client)
    assert missing.status_code == 404 and isinstance(missing.parsed, Problem), missing
    assert isinstance(race.sync(2025, 1, client=client), RaceDetail)

favourite = forecast.drivers[0]
print(f"Python: {len(rounds)} races of 2025; {favourite.driver.name} was the favourite of the last with {favourite.win:.3f}")
