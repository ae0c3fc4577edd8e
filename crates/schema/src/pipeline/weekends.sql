-- The sessions of the weekends at hand at $1 in chronological order, a row for each list that follows.
SELECT r.year AS "year!", r.round AS "round!", r.name AS "name!", s.session AS "session!: SessionKind", s.date AS "date!",
       s.starts_at, s.scheduled_end AS "scheduled_end!", l.list AS "list?: RaceList", l.source AS "source?: Upstream",
       l.first_seen AS "first_seen?", coalesce(l.awaited AND s.scheduled_end <= $1, false) AS "awaited!"
FROM current_weekends($1) w
JOIN races r ON r.id = w.race_id
JOIN weekend_sessions s ON s.race_id = r.id
LEFT JOIN weekend_lists l ON l.race_id = r.id AND l.session = s.session
ORDER BY r.date, r.year, r.round, s.date, s.starts_at NULLS LAST, s.session, l.list
