CREATE TABLE customers (
  id INTEGER PRIMARY KEY,
  email VARCHAR(255) NOT NULL UNIQUE,
  status INTEGER NOT NULL DEFAULT 1,
  note TEXT,
  "odd name" TEXT
);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  class TEXT NOT NULL DEFAULT 'plain',
  cents INTEGER NOT NULL DEFAULT 0,
  photo BLOB
);
CREATE INDEX orders_by_class ON orders (class, cents);
CREATE TABLE order_tags (order_id INTEGER, tag TEXT, PRIMARY KEY (order_id, tag));
CREATE TABLE log (line TEXT);
