// Uses the generated TypeScript client: the races of 2025, and the forecast of the last one.
import { strict as assert } from "node:assert";
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const client = createClient<paths>({ baseUrl: process.argv[2] });

const calendar = await client.GET("/v1/seasons/{year}/races", { params: { path: { year: 2025 } } });
assert(calendar.data, calendar.error?.detail);
const races = calendar.data.races;
assert(races.length > 10 && races.every((race, index) => race.round === index + 1 && race.winners.length > 0));

const { data: forecast, error, response } = await client.GET("/v1/seasons/{year}/races/{round}/prediction", {
    params: { path: { year: 2025, round: "last" }, query: { moment: "official_grid" } },
});
assert(forecast, error?.detail);
assert.equal(forecast.race.round, races.length);
assert.equal(response.headers.get("content-location")?.split("/")[5], String(races.length));
const sum = forecast.drivers.reduce((sum, car) => sum + car.win, 0);
assert(Math.abs(sum - 1) < 1e-9 && forecast.drivers[0].result !== null);

const missing = await client.GET("/v1/drivers/{key}", { params: { path: { key: "nobody" } } });
assert.equal(missing.error?.status, 404);

const { driver, win } = forecast.drivers[0];
console.log(`TypeScript: ${races.length} races of 2025; ${driver.name} was the favourite of the last with ${win.toFixed(3)}`);
