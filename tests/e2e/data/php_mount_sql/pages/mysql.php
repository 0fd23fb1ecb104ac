<?php
// PDO's driver `mysql`: statements, placeholders, transactions, attributes, errors.
$d = mysql_pdo();
$d->exec('DROP TABLE IF EXISTS t, child');
show($d->exec('CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(20) UNIQUE, b DOUBLE, c BLOB) ENGINE=InnoDB'));
show($d->errorCode(), $d->errorInfo(), $d->getAttribute(PDO::ATTR_DRIVER_NAME), PDO::getAvailableDrivers());
foreach ([true, false] as $emulates) {
    $d->setAttribute(PDO::ATTR_EMULATE_PREPARES, $emulates);
    show('emulates', $d->getAttribute(PDO::ATTR_EMULATE_PREPARES));
    $d->exec('TRUNCATE t');
    $st = $d->prepare('INSERT INTO t (a, b, c) VALUES (:a, :b, :c)');
    foreach ([['a' => 1, 'b' => 2.5, 'c' => null], [':a' => "z'\"\\", ':b' => '7', ':c' => "bin\0\x1a\n\r"], ['a' => 'k'],
              ['a' => 'k2', 'b' => 1, 'c' => 2, 'd' => 3], [1, 2, 3], ['a' => 1, 'b' => 1, 'c' => 1],
              ['a' => 'bad', 'b' => 'text', 'c' => 1]] as $given) {
        attempt(fn() => [$st->execute($given), $st->rowCount(), $d->lastInsertId()]);
        show($st->errorCode(), $st->errorInfo());
    }
    $q = $d->prepare('SELECT a, b, c FROM t WHERE id > ? ORDER BY id');
    attempt(fn() => [$q->execute([0]), $q->rowCount(), $q->columnCount(), $q->fetchAll(PDO::FETCH_ASSOC)]);
    attempt(fn() => [$q->execute([]), $q->fetchAll()]);
    attempt(fn() => $q->execute([1, 2]));
    attempt(fn() => $q->bindValue(0, 1));
    attempt(fn() => [$q->bindValue(7, 1), $q->execute()]);
    attempt(fn() => [$q->bindValue('name', 1), $q->execute()]);
    attempt(fn() => [$q->execute(['1 or 1=1']), $q->fetchAll(PDO::FETCH_NUM)]);
    $one = $d->prepare('SELECT ? a, ? b, ? c, ? d, ? e');
    attempt(fn() => [$one->bindValue(1, 5, PDO::PARAM_INT), $one->bindValue(2, '7', PDO::PARAM_INT),
                     $one->bindValue(3, true, PDO::PARAM_BOOL), $one->bindValue(4, 1e25), $one->bindValue(5, null),
                     $one->execute(), $one->fetch(PDO::FETCH_NUM)]);
    attempt(fn() => [$one->execute([1, 2.5, true, false, null]), $one->fetch(PDO::FETCH_ASSOC)]);
    $x = 1;
    $one->bindParam(1, $x, PDO::PARAM_INT);
    $x = '9 lives';
    attempt(fn() => [$one->execute(), $one->fetchColumn(), $one->fetchColumn()]);
    show($x);
    $twice = $d->prepare("SELECT :v v, :v w, ':v' x, \"?\" y -- :z\n, 1 /* ? */");
    attempt(fn() => [$twice->execute(['v' => 'a']), $twice->fetch(PDO::FETCH_NUM)]);
    attempt(fn() => $d->prepare('SELECT ?, :a')->execute([1]));
    attempt(fn() => $d->prepare('SELEC 1')->execute());
    attempt(fn() => $d->prepare('SELECT 1 FROM nope')->execute());
    attempt(fn() => [($s = $d->query('SELECT id FROM t')) instanceof PDOStatement, $s->rowCount(), $s->fetchAll(PDO::FETCH_COLUMN)]);
    attempt(fn() => [($s = $d->query('UPDATE t SET b = 7')) instanceof PDOStatement, $s->rowCount(), $s->columnCount()]);
    attempt(fn() => [($s = $d->query('UPDATE t SET b = 7'))->rowCount(), $s->fetch()]);
    foreach ([PDO::FETCH_BOTH, PDO::FETCH_OBJ, PDO::FETCH_KEY_PAIR, PDO::FETCH_ASSOC | PDO::FETCH_UNIQUE,
              PDO::FETCH_COLUMN | PDO::FETCH_GROUP] as $mode) {
        attempt(fn() => json_encode($d->query('SELECT b, a FROM t ORDER BY id')->fetchAll($mode), JSON_INVALID_UTF8_SUBSTITUTE));
    }
    attempt(fn() => $d->query('SHOW COLUMNS FROM t')->fetchAll(PDO::FETCH_NUM));
}
$d->setAttribute(PDO::ATTR_EMULATE_PREPARES, true);
attempt(fn() => $d->query('SELECT 1 a; SELECT 2 b, 3 c'));
$several = $d->query('SELECT 1 a; SELECT 2 b, 3 c; UPDATE t SET b = 8; SELEC');
attempt(fn() => [$several->fetchAll(), $several->nextRowset(), $several->fetchAll(), $several->nextRowset(),
                 $several->rowCount(), $several->columnCount()]);
attempt(fn() => $several->nextRowset());
attempt(fn() => $several->nextRowset());
attempt(fn() => $d->exec('UPDATE t SET b = 9; UPDATE t SET b = 10'));
attempt(fn() => $d->exec('UPDATE t SET b = 9; SELEC'));
attempt(fn() => [$d->exec('SELECT 1'), $d->exec('SELECT 2')]);
$d = mysql_pdo();
attempt(fn() => [$d->inTransaction(), $d->beginTransaction(), $d->inTransaction()]);
attempt(fn() => $d->beginTransaction());
attempt(fn() => [$d->exec("DELETE FROM t"), $d->rollBack(), $d->inTransaction(), $d->query('SELECT count(*) FROM t')->fetchColumn()]);
attempt(fn() => $d->commit());
attempt(fn() => $d->rollBack());
attempt(fn() => [$d->exec('START TRANSACTION'), $d->inTransaction(), $d->commit()]);
attempt(fn() => [$d->beginTransaction(), $d->exec('CREATE TABLE IF NOT EXISTS child (id INT, FOREIGN KEY (id) REFERENCES t (id))'), $d->inTransaction()]);
attempt(fn() => $d->commit());
attempt(fn() => $d->exec("INSERT INTO child VALUES (999)"));
attempt(fn() => $d->exec("INSERT INTO t (id, a) VALUES (50, REPEAT('x', 21))"));
attempt(fn() => $d->exec("INSERT INTO t (id, a) VALUES (NULL, 'new')"));
attempt(fn() => [$d->lastInsertId(), $d->query('SELECT 1')->fetchColumn(), $d->lastInsertId()]);
attempt(fn() => [$d->setAttribute(PDO::ATTR_AUTOCOMMIT, 0), $d->getAttribute(PDO::ATTR_AUTOCOMMIT),
                 $d->query('SELECT @@autocommit')->fetchColumn(), $d->setAttribute(PDO::ATTR_AUTOCOMMIT, 1)]);
attempt(fn() => [$d->quote("a'b\"c\\d\0e\nf\rg\x1ah"), $d->quote('ä€😀'), $d->quote("\xc3"), $d->quote('x', PDO::PARAM_STR | PDO::PARAM_STR_NATL)]);
attempt(fn() => [$d->exec("SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'"), $d->quote("a'b\\"), $d->exec("SET SESSION sql_mode = DEFAULT")]);
attempt(fn() => $d->getAttribute(PDO::ATTR_SERVER_VERSION));
attempt(fn() => $d->getAttribute(PDO::ATTR_CLIENT_VERSION));
attempt(fn() => $d->getAttribute(PDO::ATTR_CONNECTION_STATUS));
attempt(fn() => $d->getAttribute(PDO::ATTR_PREFETCH));
attempt(fn() => $d->setAttribute(PDO::ATTR_PREFETCH, 1));
attempt(fn() => $d->setAttribute(PDO::ATTR_EMULATE_PREPARES, 'x'));
attempt(fn() => $d->setAttribute(PDO::ATTR_ERRMODE, 9));
attempt(fn() => $d->setAttribute(PDO::ATTR_ERRMODE, 'x'));
attempt(fn() => [$d->setAttribute(PDO::ATTR_FETCH_TABLE_NAMES, true), $d->query('SELECT a, 1 x FROM t LIMIT 1')->fetch(PDO::FETCH_ASSOC),
                 $d->setAttribute(PDO::ATTR_FETCH_TABLE_NAMES, false)]);
attempt(fn() => $d->query("SELECT @@character_set_client, @@collation_connection, @@time_zone, @@autocommit, @@sql_mode")->fetch(PDO::FETCH_NUM));
attempt(fn() => mysql_pdo([], 'banyan', '', '')->query("SELECT @@character_set_client")->fetchColumn());
attempt(fn() => mysql_pdo([], 'banyan', '', ';charset=latin1')->query("SELECT @@character_set_client")->fetchColumn());
attempt(fn() => mysql_pdo([PDO::MYSQL_ATTR_INIT_COMMAND => "SET @v = 5"])->query("SELECT @v")->fetchColumn());
attempt(fn() => mysql_pdo([PDO::MYSQL_ATTR_INIT_COMMAND => "SELEC"]));
attempt(fn() => mysql_pdo([PDO::ATTR_AUTOCOMMIT => false])->query("SELECT @@autocommit")->fetchColumn());
attempt(fn() => [($f = mysql_pdo([PDO::MYSQL_ATTR_FOUND_ROWS => true]))->exec("UPDATE t SET b = 3"), $f->exec("UPDATE t SET b = 3")]);
attempt(fn() => mysql_pdo([PDO::MYSQL_ATTR_MULTI_STATEMENTS => false])->query("SELECT 1; SELECT 2"));
$u = mysql_pdo([PDO::MYSQL_ATTR_USE_BUFFERED_QUERY => false, PDO::ATTR_EMULATE_PREPARES => true]);
$rows = $u->query('SELECT 1 UNION SELECT 2');
attempt(fn() => [$rows->rowCount(), $rows->fetchColumn()]);
attempt(fn() => $u->query('SELECT 3'));
attempt(fn() => [$rows->fetchAll(), $u->query('SELECT 3')->fetchAll()]);
attempt(fn() => [($r = $u->query('SELECT 1 UNION SELECT 2'))->closeCursor(), $u->query('SELECT 4')->fetchColumn()]);
$d->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_SILENT);
attempt(fn() => [$d->exec('NOPE'), $d->errorCode(), $d->errorInfo(), $d->query('NOPE'), $d->errorInfo(), $d->exec('DO 1'), $d->errorInfo()]);
$d->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_WARNING);
show($d->exec('NOPE'), $d->query('NOPE'), $d->prepare('SELECT ?')->execute([1, 2]));
$d->exec('DROP TABLE child, t');
