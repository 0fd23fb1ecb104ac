<?php
// PDO's driver `pgsql`: statements, placeholders, transactions, attributes, errors.
$d = pgsql_pdo();
$d->exec('DROP TABLE IF EXISTS child; DROP TABLE IF EXISTS t');
show($d->exec('CREATE TABLE t (id SERIAL PRIMARY KEY, a TEXT UNIQUE, b FLOAT8 CHECK (b < 1000), c INT NOT NULL DEFAULT 1)'));
show($d->errorCode(), $d->errorInfo(), $d->getAttribute(PDO::ATTR_DRIVER_NAME));
foreach ([[false, false], [true, false], [false, true]] as [$emulates, $disables]) {
    $d->setAttribute(PDO::ATTR_EMULATE_PREPARES, $emulates);
    $d->setAttribute(PDO::PGSQL_ATTR_DISABLE_PREPARES, $disables);
    show($d->getAttribute(PDO::ATTR_EMULATE_PREPARES), $d->getAttribute(PDO::PGSQL_ATTR_DISABLE_PREPARES));
    $d->exec('TRUNCATE t RESTART IDENTITY');
    $st = $d->prepare('INSERT INTO t (a, b, c) VALUES (:a, :b, :c)');
    foreach ([['a' => 1, 'b' => 2.5, 'c' => 3], [':a' => "z'\"\\", ':b' => '7', ':c' => '8'], ['a' => 'k'],
              ['a' => 'k2', 'b' => 1, 'c' => 2, 'd' => 3], ['e', 2, 3], ['a' => 1, 'b' => 1, 'c' => 1],
              ['a' => 'n', 'b' => 1, 'c' => null], ['a' => 'w', 'b' => 1, 'c' => 'text'], ['a' => 'x', 'b' => 2000, 'c' => 1],
              ['a' => 'ä€😀', 'b' => null, 'c' => false]] as $given) {
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
    attempt(fn() => [$q->execute(['x y']), $q->fetchAll(PDO::FETCH_NUM)]);
    $one = $d->prepare('SELECT ?::int a, ?::text b, ?::bool c, ?::text d, ?::text e');
    attempt(fn() => [$one->bindValue(1, 5, PDO::PARAM_INT), $one->bindValue(2, '7', PDO::PARAM_INT),
                     $one->bindValue(3, true, PDO::PARAM_BOOL), $one->bindValue(4, 1e25), $one->bindValue(5, null),
                     $one->execute(), $one->fetch(PDO::FETCH_NUM)]);
    attempt(fn() => [$one->bindValue(3, false, PDO::PARAM_BOOL), $one->execute(), $one->fetch(PDO::FETCH_NUM)]);
    $x = 1;
    $one->bindParam(1, $x, PDO::PARAM_INT);
    $x = '9';
    attempt(fn() => [$one->execute(), $one->fetchColumn(), $one->fetchColumn()]);
    show($x);
    $twice = $d->prepare("SELECT :v::text v, :v::text || 'x' w, ':v' x, '{\"a\":1}'::jsonb ?? 'a' y -- :z\n, 1 /* ? */");
    attempt(fn() => [$twice->execute(['v' => 'a']), $twice->fetch(PDO::FETCH_NUM)]);
    attempt(fn() => $d->prepare('SELECT ?, :a')->execute([1]));
    attempt(fn() => $d->prepare('SELEC 1')->execute());
    attempt(fn() => $d->prepare("SELECT 1,\n 2\tAS \"ä\", x FROM (SELECT 1) s WHERE a_very_long_name_of_a_column = another_long_name_of_one")->execute());
    attempt(fn() => $d->prepare('SELECT 1 FROM nope')->execute());
    attempt(fn() => [($s = $d->query('SELECT id FROM t ORDER BY id')) instanceof PDOStatement, $s->rowCount(), $s->fetchAll(PDO::FETCH_COLUMN)]);
    attempt(fn() => [($s = $d->query('UPDATE t SET b = 7'))->rowCount(), $s->columnCount(), $s->fetch()]);
    foreach ([PDO::FETCH_BOTH, PDO::FETCH_OBJ, PDO::FETCH_KEY_PAIR, PDO::FETCH_ASSOC | PDO::FETCH_UNIQUE,
              PDO::FETCH_COLUMN | PDO::FETCH_GROUP] as $mode) {
        attempt(fn() => json_encode($d->query('SELECT b, a FROM t ORDER BY id')->fetchAll($mode)));
    }
    attempt(fn() => $d->query("INSERT INTO t (a) VALUES ('r') RETURNING id, a")->fetchAll(PDO::FETCH_ASSOC));
    attempt(fn() => $d->query('SELECT 1 a; SELECT 2 b')->fetchAll());
    attempt(fn() => $d->query(';'));
    attempt(fn() => $d->query('SELECT 1')->nextRowset());
}
$d = pgsql_pdo();
attempt(fn() => $d->exec('UPDATE t SET b = 9; UPDATE t SET b = 10 WHERE id = 1'));
attempt(fn() => $d->exec('UPDATE t SET b = 9; SELEC'));
attempt(fn() => $d->exec('SELECT 1'));
attempt(fn() => $d->exec(' '));
attempt(fn() => [$d->lastInsertId('t_id_seq')]);
attempt(fn() => [$d->query("SELECT nextval('t_id_seq')")->fetchColumn(), $d->lastInsertId('t_id_seq'), $d->lastInsertId()]);
attempt(fn() => [$d->lastInsertId('nope')]);
attempt(fn() => [pgsql_pdo()->lastInsertId()]);
attempt(fn() => [$d->inTransaction(), $d->beginTransaction(), $d->inTransaction()]);
attempt(fn() => $d->beginTransaction());
attempt(fn() => [$d->exec("DELETE FROM t"), $d->rollBack(), $d->inTransaction(), $d->query('SELECT count(*) FROM t')->fetchColumn()]);
attempt(fn() => $d->commit());
attempt(fn() => [$d->exec('BEGIN'), $d->inTransaction(), $d->commit()]);
attempt(fn() => [$d->beginTransaction(), $d->exec('SELEC')]);
attempt(fn() => $d->query('SELECT 1'));
attempt(fn() => [$d->inTransaction(), $d->commit(), $d->inTransaction()]);
attempt(fn() => $d->exec('CREATE TABLE child (id INT REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)'));
attempt(fn() => [$d->beginTransaction(), $d->exec("INSERT INTO child VALUES (999)"), $d->commit()]);
attempt(fn() => $d->inTransaction());
attempt(fn() => $d->exec("DO $$ BEGIN RAISE EXCEPTION 'boo' USING DETAIL = 'd', HINT = 'h', ERRCODE = '12345'; END $$"));
attempt(fn() => $d->exec("DO $$ BEGIN RAISE NOTICE 'nothing'; END $$"));
attempt(fn() => $d->exec("DO $$ BEGIN EXECUTE 'SELEC 1'; END $$"));
attempt(fn() => [$d->quote("a'b\\c"), $d->quote("\x01a'b", PDO::PARAM_LOB), $d->quote("a\0b"), $d->quote("\xff"), $d->quote('ä')]);
attempt(fn() => [$d->exec("SET standard_conforming_strings = off"), $d->quote("a'b\\c"), $d->quote("\x01", PDO::PARAM_LOB)]);
attempt(fn() => $d->getAttribute(PDO::ATTR_SERVER_VERSION));
attempt(fn() => (int) $d->getAttribute(PDO::ATTR_CLIENT_VERSION)); // PHP's libpq moves with Debian's updates
attempt(fn() => $d->getAttribute(PDO::ATTR_CONNECTION_STATUS));
attempt(fn() => preg_replace('/PID: \d+/', 'PID', $d->getAttribute(PDO::ATTR_SERVER_INFO)));
attempt(fn() => $d->getAttribute(PDO::ATTR_AUTOCOMMIT));
attempt(fn() => $d->setAttribute(PDO::ATTR_AUTOCOMMIT, 0));
attempt(fn() => $d->setAttribute(PDO::ATTR_EMULATE_PREPARES, 'x'));
attempt(fn() => $d->query("SELECT current_setting('client_encoding'), current_setting('application_name'), current_setting('datestyle'), current_setting('timezone')")->fetch(PDO::FETCH_NUM));
attempt(fn() => pgsql_pdo([], 'banyan', null, ';application_name=page;client_encoding=LATIN1')->query("SELECT current_setting('client_encoding'), current_setting('application_name')")->fetch(PDO::FETCH_NUM));
attempt(fn() => pgsql_pdo([], 'banyan', null, ";options='-c geqo=off'")->query("SELECT current_setting('geqo')")->fetchColumn());
attempt(fn() => $d->prepare('SELECT :a::int', [PDO::ATTR_EMULATE_PREPARES => true])->execute(['a' => 'x']));
foreach ([false, true] as $disables) {
    $many = implode(',', array_fill(0, 65536, '?'));
    attempt(fn() => $d->prepare("SELECT 1 IN ($many)", [PDO::PGSQL_ATTR_DISABLE_PREPARES => $disables])->execute(array_fill(0, 65536, '1')));
}
attempt(fn() => [($s = $d->prepare('SELECT ?::text, length(?::text)'))->execute(["a\0b", "ä\0"]), $s->fetch(PDO::FETCH_NUM)]);
$d->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_SILENT);
attempt(fn() => [$d->exec('NOPE'), $d->errorCode(), $d->errorInfo(), $d->query('NOPE'), $d->errorInfo(), $d->exec('SELECT 1'), $d->errorInfo()]);
$d->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_WARNING);
show($d->exec('NOPE'), $d->query('NOPE'), $d->prepare('SELECT ?::int')->execute([1, 2]));
$d->exec('DROP TABLE child; DROP TABLE t');
