<?php
// Which PHP values the columns of MariaDB become.
$d = mysql_pdo();
$d->exec('DROP TABLE IF EXISTS v');
$d->exec("CREATE TABLE v (a TINYINT, b TINYINT UNSIGNED, c SMALLINT, d MEDIUMINT, e INT, f INT UNSIGNED, g BIGINT,
          h BIGINT UNSIGNED, i FLOAT, j DOUBLE, k DECIMAL(20,4), l DATE, m TIME, n TIME(3), o DATETIME, p DATETIME(6),
          q TIMESTAMP NULL, r YEAR, s CHAR(3), t VARCHAR(9), u TEXT, v BLOB, w ENUM('x','y'), x SET('a','b'), y BIT(1),
          z BIT(64), aa INT(5) ZEROFILL, bb FLOAT(7,2), cc JSON, dd BOOL, ee BINARY(3), ff DOUBLE(9,3)) CHARSET utf8mb4");
$d->exec("SET time_zone = '+00:00'");
$d->exec("INSERT INTO v VALUES (-128, 255, -32768, -8388608, -2147483648, 4294967295, -9223372036854775808,
          18446744073709551615, 1.1, 0.1, '1234567890123456.7890', '2024-02-29', '-838:59:59', '12:34:56.789',
          '2024-02-29 12:34:56', '2024-02-29 12:34:56.000001', '2024-02-29 12:34:56', 2024, 'ä', 'b€😀', 'text', 'bl\\0b',
          'y', 'a,b', b'1', 18446744073709551615, 42, 12345.678, '{\"a\": 1}', TRUE, 'b', 123456.7895)");
$d->exec("INSERT INTO v (a, i, j, bb, ff, n, p, h, z) VALUES (0, 1e30, 1e300, 0.1, 2, '00:00:00', '0001-01-01', 1, 5),
          (NULL, 16777217, -0.0, NULL, NULL, NULL, NULL, 9223372036854775807, 0)");
$d->exec("SET sql_mode = ''");
$d->exec("INSERT INTO v (l, o, q) VALUES ('0000-00-00', '0000-00-00 00:00:00', NULL)");
foreach ([true, false] as $emulates) {
    foreach ([false, true] as $stringifies) {
        $d->setAttribute(PDO::ATTR_EMULATE_PREPARES, $emulates);
        $d->setAttribute(PDO::ATTR_STRINGIFY_FETCHES, $stringifies);
        $st = $d->prepare('SELECT * FROM v');
        $st->execute();
        foreach ($st->fetchAll(PDO::FETCH_ASSOC) as $row) {
            foreach ($row as $name => $value) {
                show($name, gettype($value), $value);
            }
        }
        show($d->query("SELECT 1, 1.0, 1e0, 'x', NULL, NOW() IS NULL, 2 > 1, 1/3, 10 DIV 3, COUNT(*), SUM(a), AVG(a) FROM v")->fetch(PDO::FETCH_NUM));
    }
}
$d->setAttribute(PDO::ATTR_STRINGIFY_FETCHES, false);
$d->setAttribute(PDO::ATTR_CASE, PDO::CASE_UPPER);
show($d->query('SELECT a FROM v')->fetch(PDO::FETCH_ASSOC));
$d->setAttribute(PDO::ATTR_ORACLE_NULLS, PDO::NULL_TO_STRING);
show($d->query('SELECT NULL a')->fetch(PDO::FETCH_ASSOC));
$st = $d->query('SELECT e, j FROM v LIMIT 2');
$st->bindColumn(1, $e, PDO::PARAM_STR);
$st->bindColumn('J', $j, PDO::PARAM_INT);
while ($st->fetch(PDO::FETCH_BOUND)) {
    show($e, $j);
}
$long = str_repeat('0123456789', 400000);
$st = $d->prepare('SELECT ? a, LENGTH(?) b');
show($st->execute([$long, $long]), md5(serialize($st->fetch(PDO::FETCH_NUM))));
$d->exec('DROP TABLE v');
