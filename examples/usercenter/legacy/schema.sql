-- The user centre's one database. The PHP service and its native successor open the same file. seed.py makes the same
-- tables in PostgreSQL and MariaDB, from this text.
CREATE TABLE users (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL,
    email      TEXT    NOT NULL UNIQUE,   -- stored in lower case
    password   TEXT    NOT NULL,          -- "sha256$SALT$HEX" from before 2018, else password_hash()
    roles      TEXT    NOT NULL,          -- comma separated, "user,editor"
    score      INTEGER NOT NULL,          -- hundredths of a point
    active     INTEGER NOT NULL,          -- 1 or 0
    settings   TEXT    NOT NULL,          -- JSON object, '' when never set
    created_at TEXT    NOT NULL,          -- "2019-03-04 05:06:07", UTC
    updated_at TEXT    NOT NULL,
    last_login TEXT
);
CREATE TABLE tokens (
    token      TEXT    PRIMARY KEY,       -- 40 hexadecimal digits
    user_id    INTEGER NOT NULL REFERENCES users(id),
    expires_at INTEGER NOT NULL           -- seconds since 1970
);
CREATE INDEX users_by_score ON users (score DESC, id);
-- What only the native service shows.
CREATE TABLE profiles (
    id         INTEGER PRIMARY KEY,
    user_id    INTEGER NOT NULL UNIQUE REFERENCES users(id),
    city       TEXT    NOT NULL,
    about      TEXT    NOT NULL
);
CREATE TABLE posts (
    id         INTEGER PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users(id),
    title      TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    created_at TEXT    NOT NULL
);
CREATE INDEX posts_by_user ON posts (user_id, id);
