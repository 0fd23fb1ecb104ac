<?php
// Rows as PDO gives them.
class Named
{
    public $a;
    public $b;
    public $seen;
    public function __construct(...$given) { $this->seen = [$this->a, $given]; }
}

$d = new PDO('sqlite::memory:', null, null, [PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC]);
$d->exec("CREATE TABLE t (a TEXT, b REAL); INSERT INTO t VALUES ('x', 1.5), ('y', 2), ('x', NULL), ('7', 1e100)");
foreach ([PDO::FETCH_ASSOC, PDO::FETCH_NUM, PDO::FETCH_BOTH, PDO::FETCH_OBJ, PDO::FETCH_COLUMN, PDO::FETCH_KEY_PAIR,
          PDO::FETCH_NAMED, PDO::FETCH_ASSOC | PDO::FETCH_UNIQUE, PDO::FETCH_ASSOC | PDO::FETCH_GROUP,
          PDO::FETCH_COLUMN | PDO::FETCH_GROUP, PDO::FETCH_NUM | PDO::FETCH_GROUP] as $mode) {
    attempt(fn() => json_encode($d->query('SELECT a, b FROM t')->fetchAll($mode)));
    attempt(fn() => json_encode($d->query('SELECT a, b FROM t')->fetch($mode)));
}
attempt(fn() => $d->query('SELECT a, b, 1 c FROM t')->fetchAll(PDO::FETCH_KEY_PAIR));
attempt(fn() => $d->query('SELECT a, b FROM t')->fetchAll(PDO::FETCH_COLUMN, 1));
attempt(fn() => $d->query('SELECT a, b FROM t')->fetchAll(PDO::FETCH_FUNC, fn($a, $b) => "$a-$b"));
attempt(fn() => json_encode($d->query('SELECT a, b FROM t LIMIT 2')->fetchAll(PDO::FETCH_CLASS, 'Named', [1, 2])));
attempt(fn() => json_encode($d->query('SELECT a, b FROM t')->fetchAll(PDO::FETCH_CLASS | PDO::FETCH_PROPS_LATE, 'Named')));
attempt(fn() => json_encode($d->query('SELECT a, b FROM t')->fetchObject()));
attempt(fn() => json_encode($d->query('SELECT a, b FROM t')->fetchObject('Named', [3])));
attempt(fn() => $d->query('SELECT 1 a, 2 a, 3 b')->fetch());
attempt(fn() => $d->query('SELECT 1 a, 2 a, 3 b')->fetchAll(PDO::FETCH_NAMED));
attempt(fn() => $d->query('SELECT 1 "1", 2 "0"')->fetch(PDO::FETCH_BOTH));
attempt(fn() => $d->query('SELECT NULL a, 2 b')->fetchAll(PDO::FETCH_GROUP | PDO::FETCH_COLUMN));
attempt(fn() => $d->query('SELECT 1.0 a, 1e20 b, 0.1 c, -0.0 d, 9223372036854775807 e')->fetch(PDO::FETCH_NUM));
attempt(fn() => $d->query('SELECT 1; SELECT 2')->fetchAll());
attempt(fn() => $d->query('SELECT a, b FROM t', PDO::FETCH_COLUMN, 0)->fetch());
foreach ($d->query('SELECT a FROM t') as $key => $row) {
    show($key, $row);
}
$q = $d->query('SELECT a, b FROM t');
$q->bindColumn('a', $name);
$q->bindColumn(2, $number, PDO::PARAM_INT);
while ($q->fetch(PDO::FETCH_BOUND)) {
    show($name, $number);
}
$q->setFetchMode(PDO::FETCH_COLUMN, 1);
show($q->execute(), $q->fetchAll());
$d->setAttribute(PDO::ATTR_STRINGIFY_FETCHES, true);
show($d->query('SELECT 1 a, 1.5 b, 2.0 c, 1e100 d, NULL e')->fetch());
$d->setAttribute(PDO::ATTR_CASE, PDO::CASE_UPPER);
show($d->query('SELECT 1 abc')->fetch());
$d->setAttribute(PDO::ATTR_ORACLE_NULLS, PDO::NULL_TO_STRING);
show($d->query('SELECT NULL a')->fetch());
