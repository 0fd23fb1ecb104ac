CREATE TABLE customers (
  id int unsigned AUTO_INCREMENT PRIMARY KEY,
  email varchar(190) NOT NULL UNIQUE,
  status int NOT NULL DEFAULT 1,
  priority smallint NOT NULL DEFAULT -1,
  active tinyint(1) NOT NULL DEFAULT 1,
  verified bit(1) NOT NULL DEFAULT b'0',
  since year NOT NULL DEFAULT 2020,
  kind enum('person', 'firm') NOT NULL DEFAULT 'person',
  note text DEFAULT 'it''s "quoted"',
  created_at timestamp NOT NULL DEFAULT current_timestamp()
);
CREATE TABLE orders (
  id bigint AUTO_INCREMENT PRIMARY KEY,
  customer_id int unsigned NOT NULL,
  class varchar(255) NOT NULL DEFAULT 'plain',
  cents bigint NOT NULL DEFAULT 0,
  price decimal(12, 2),
  photo mediumblob,
  FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
CREATE INDEX orders_by_class ON orders (class, cents);
