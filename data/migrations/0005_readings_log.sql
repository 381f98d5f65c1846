-- What was published and when: what we said then. Rows are only ever added; pilot_id or product_id NULL: of all of them.
CREATE TABLE readings_log (published_at TIMESTAMP NOT NULL, published_by VARCHAR NOT NULL, data_version BIGINT NOT NULL,
    metric VARCHAR NOT NULL, definition_hash VARCHAR NOT NULL, product_id VARCHAR, pilot_id VARCHAR, since DATE NOT NULL,
    until DATE NOT NULL, value DOUBLE, low DOUBLE, high DOUBLE, level DOUBLE NOT NULL, units BIGINT NOT NULL,
    events BIGINT NOT NULL, method VARCHAR NOT NULL, status VARCHAR NOT NULL, decides BOOLEAN NOT NULL, missing VARCHAR NOT NULL);
