-- what the columns of foreign files mean, as somebody said it once; ended_at NULL: in force
CREATE TABLE profiles (name VARCHAR NOT NULL, fingerprint VARCHAR NOT NULL, profile JSON NOT NULL, saved_by VARCHAR NOT NULL,
    saved_at TIMESTAMP NOT NULL, ended_by VARCHAR, ended_at TIMESTAMP);
