-- How often upstreams were asked: the budget that all processes share.

CREATE TABLE upstream_requests (
    upstream text NOT NULL CHECK (upstream IN ('jolpica', 'openf1', 'live_timing')),
    at timestamptz NOT NULL,
    requests integer NOT NULL CHECK (requests > 0),
    PRIMARY KEY (upstream, at)
);
COMMENT ON TABLE upstream_requests IS 'Requests sent, also failed ones; older than the longest window of an upstream''s manners they are removed';

-- Whether an answer is new is asked of the newest one to the same URL.
CREATE INDEX raw_responses_url ON raw_responses (url, id DESC);
