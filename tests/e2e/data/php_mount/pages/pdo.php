<?php
// PDO and how it fails.
class Row
{
    public $a;
    public $b;
    public $seen;
    public function __construct(...$given) { $this->seen = [$this->a, $given]; }
}

$d = new PDO('sqlite::memory:');
show($d->errorCode(), $d->errorInfo(), $d->getAttribute(PDO::ATTR_ERRMODE), $d->getAttribute(PDO::ATTR_DRIVER_NAME));
show($d->exec('CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b REAL, c BLOB)'));
$st = $d->prepare('INSERT INTO t (a,b,c) VALUES (:a, :b, :c)');
foreach ([['a' => 1, 'b' => true, 'c' => null], [':a' => 'z', ':b' => false, ':c' => 'bin'], ['a' => 'k'],
          ['a' => 'k2', 'b' => 1, 'c' => 2, 'd' => 3], [1, 2, 3], ['a' => 1]] as $given) {
    attempt(fn() => [$st->execute($given), $st->rowCount(), $d->lastInsertId()]);
}
attempt(fn() => $d->exec("INSERT INTO t VALUES (1,'q',1,1)"));
attempt(fn() => $d->prepare('SELEC 1'));
attempt(fn() => $d->query('SELECT a FROM nope'));
attempt(fn() => $d->query(''));
attempt(fn() => $d->prepare(''));
attempt(fn() => $d->exec(''));
attempt(fn() => $d->inTransaction());
attempt(fn() => $d->beginTransaction());
attempt(fn() => $d->beginTransaction());
attempt(fn() => [$d->exec("UPDATE t SET b = 7"), $d->inTransaction(), $d->rollBack(), $d->inTransaction()]);
attempt(fn() => $d->commit());
attempt(fn() => [$d->exec('BEGIN'), $d->inTransaction()]);
attempt(fn() => $d->beginTransaction());
attempt(fn() => $d->exec('COMMIT'));
attempt(fn() => [$d->quote("a'b"), $d->quote("a\0b"), $d->quote('x', PDO::PARAM_LOB)]);
attempt(fn() => $d->getAttribute(999));
attempt(fn() => $d->setAttribute(999, 9));
attempt(fn() => $d->setAttribute(PDO::ATTR_ERRMODE, 9));
attempt(fn() => new PDO('sqlite:/nonexistent/x'));
attempt(fn() => new PDO('nope:x'));
attempt(fn() => new PDO('sqlite'));
attempt(fn() => clone $d);
attempt(fn() => $d->nope());
$s = $d->prepare('SELECT * FROM t WHERE id = ?');
attempt(fn() => [$s->fetch(), $s->columnCount(), $s->rowCount(), $s->queryString]);
attempt(fn() => $s->fetchColumn());
attempt(fn() => [$s->execute([1]), $s->fetchColumn(7)]);
attempt(fn() => $s->bindValue(0, 1));
attempt(fn() => [$s->bindValue(7, 1), $s->execute()]);
attempt(fn() => $s->fetch(99));
attempt(fn() => $s->fetchAll(99));
attempt(fn() => $s->execute('x'));
attempt(fn() => $s->setFetchMode(77));
attempt(fn() => $s->nextRowset());
attempt(fn() => [$s->execute([1]), $s->closeCursor(), $s->fetch()]);
$d->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_SILENT);
attempt(fn() => [$d->exec('NOPE'), $d->errorCode(), $d->errorInfo(), $d->query('NOPE'), $d->prepare('NOPE')]);
$st = $d->prepare('SELECT ? a, typeof(?) b');
attempt(fn() => [$st->execute([1]), $st->fetch(PDO::FETCH_ASSOC), $st->execute([1, 2, 3]), $st->errorInfo()]);
$st = $d->prepare('SELECT ? a, typeof(?) b, :n c, ? d');
attempt(fn() => [$st->bindValue(1, 5, PDO::PARAM_INT), $st->bindValue(2, '7', PDO::PARAM_INT),
                 $st->bindValue('n', true, PDO::PARAM_BOOL), $st->bindValue(4, 1e25), $st->execute(),
                 $st->fetch(PDO::FETCH_NUM), $st->columnCount()]);
$x = 1;
$st->bindParam(1, $x, PDO::PARAM_INT);
$x = '9 lives';
attempt(fn() => [$st->execute(), $st->fetchColumn(), $st->fetchColumn()]);
show($x);
$d->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_WARNING);
show($d->exec('NOPE'), error_get_last()['message']);
