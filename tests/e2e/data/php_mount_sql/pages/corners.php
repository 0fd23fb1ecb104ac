<?php
// Corners of PDO, on every driver: rows in rare forms, mistakes, what is bound to what, and what is left behind.
class Hidden
{
    private $a = 'mine';
    public $seen = [];
    public function read() { return [$this->a, $this->seen]; }
}

class Magic
{
    public $seen = [];
    public function __set($name, $value) { $this->seen[$name] = $value; }
}

class Taking
{
    public $a;
    public $b;
    public function __construct(public $given = null) {}
}

function pdo_corners($d)
{
    $d->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
    $q = "SELECT 'x' a, 1 b, 'one' c UNION ALL SELECT 'y', 2, 'two' UNION ALL SELECT 'x', 3, 'three'";
    $rows = fn() => $d->query($q);
    foreach ([[PDO::FETCH_GROUP | PDO::FETCH_COLUMN, 0], [PDO::FETCH_GROUP | PDO::FETCH_COLUMN, 1], [PDO::FETCH_GROUP | PDO::FETCH_COLUMN, 2],
              [PDO::FETCH_UNIQUE | PDO::FETCH_COLUMN], [PDO::FETCH_UNIQUE | PDO::FETCH_COLUMN, 1], [PDO::FETCH_UNIQUE | PDO::FETCH_COLUMN, 2],
              [PDO::FETCH_GROUP | PDO::FETCH_OBJ], [PDO::FETCH_UNIQUE | PDO::FETCH_NUM], [PDO::FETCH_GROUP | PDO::FETCH_BOTH],
              [PDO::FETCH_GROUP | PDO::FETCH_CLASS, 'Taking'], [PDO::FETCH_UNIQUE | PDO::FETCH_CLASS, 'Taking', [7]], [PDO::FETCH_GROUP | PDO::FETCH_NAMED],
              [PDO::FETCH_BOUND], [PDO::FETCH_GROUP | PDO::FETCH_FUNC, fn(...$v) => implode('-', $v)], [PDO::FETCH_FUNC, 'implode'],
              [PDO::FETCH_CLASS | PDO::FETCH_CLASSTYPE], [PDO::FETCH_KEY_PAIR | PDO::FETCH_GROUP], [PDO::FETCH_GROUP], [PDO::FETCH_INTO],
              [PDO::FETCH_COLUMN, 9], [PDO::FETCH_COLUMN, -1], [PDO::FETCH_COLUMN, '1'], [PDO::FETCH_ASSOC, 1],
              [PDO::FETCH_CLASS, 5], [PDO::FETCH_FUNC], [PDO::FETCH_FUNC, 'nope'], [PDO::FETCH_FUNC, null], [PDO::FETCH_ASSOC | PDO::FETCH_CLASSTYPE]] as $how) {
        attempt(fn() => json_encode($rows()->fetchAll(...$how)));
    }
    attempt(fn() => json_encode($d->query("SELECT 'Taking' k, 1 a, 2 b UNION ALL SELECT 'Nope', 3, 4 UNION ALL SELECT NULL, 5, 6")->fetchAll(PDO::FETCH_CLASS | PDO::FETCH_CLASSTYPE)));
    attempt(fn() => json_encode($d->query("SELECT 'Taking' k, 1 a, 2 b")->fetch(PDO::FETCH_CLASS | PDO::FETCH_CLASSTYPE)));
    $into = new Taking();
    attempt(function () use ($rows, $into) { $s = $rows(); $s->setFetchMode(PDO::FETCH_INTO, $into); return [$s->fetch() === $into, $into->a, $into->b, $into->c ?? null]; });
    attempt(function () use ($rows) { $s = $rows(); $s->setFetchMode(PDO::FETCH_INTO, new Hidden()); return $s->fetch()->read(); });
    attempt(fn() => $rows()->fetchObject('Hidden')->read());
    attempt(fn() => $rows()->fetchObject('Magic')->seen);
    attempt(fn() => $rows()->fetchObject('Magic', [1])->seen);
    attempt(fn() => $rows()->fetchObject('Nope'));
    attempt(fn() => $rows()->fetchObject(null)->b);
    attempt(fn() => $rows()->fetchAll(PDO::FETCH_CLASS, 'Magic', [1]));
    attempt(fn() => $rows()->fetch(PDO::FETCH_CLASS)->b);
    attempt(fn() => $rows()->fetch(PDO::FETCH_INTO));
    attempt(fn() => $rows()->fetch(PDO::FETCH_FUNC));
    attempt(fn() => $rows()->fetch(PDO::FETCH_ASSOC | PDO::FETCH_GROUP));
    attempt(fn() => $rows()->fetch(PDO::FETCH_COLUMN | PDO::FETCH_GROUP));
    attempt(function () use ($rows) { $s = $rows(); return [$s->fetchAll(PDO::FETCH_COLUMN, 2), $s->execute(), $s->fetch(PDO::FETCH_COLUMN), $s->fetchAll(PDO::FETCH_COLUMN), $s->execute(), $s->fetch(PDO::FETCH_COLUMN)]; });
    attempt(function () use ($rows) { $s = $rows(); return [$s->fetchAll(PDO::FETCH_COLUMN | PDO::FETCH_UNIQUE), $s->execute(), $s->fetch(PDO::FETCH_COLUMN)]; });
    attempt(function () use ($rows) { $s = $rows(); $s->setFetchMode(PDO::FETCH_ASSOC | PDO::FETCH_GROUP); return json_encode([$s->fetch(), $s->fetchAll()]); });
    attempt(function () use ($rows) { $s = $rows(); $s->setFetchMode(PDO::FETCH_KEY_PAIR); return $s->fetch(); });
    foreach ([[PDO::FETCH_COLUMN], [PDO::FETCH_COLUMN, 1, 2], [PDO::FETCH_COLUMN, 'x'], [PDO::FETCH_COLUMN, -1], [PDO::FETCH_CLASS], [PDO::FETCH_CLASS, 'Nope'],
              [PDO::FETCH_CLASS, 5], [PDO::FETCH_CLASS, 'Taking', 5], [PDO::FETCH_CLASS, 'Taking', [1], 2], [PDO::FETCH_INTO], [PDO::FETCH_INTO, 5],
              [PDO::FETCH_ASSOC, 5], [PDO::FETCH_FUNC, 'implode'], [99], [-1], [PDO::FETCH_CLASS | PDO::FETCH_CLASSTYPE, 'Taking'], [0]] as $how) {
        attempt(function () use ($rows, $how) { $s = $rows(); return [$s->setFetchMode(...$how), $s->fetch()]; });
        attempt(fn() => json_encode($d->query("SELECT 'x' a, 1 b", ...$how)->fetch()));
    }
    attempt(function () use ($rows) {
        $s = $rows();
        $s->bindColumn(1, $one);
        $s->bindColumn(1, $two);
        $s->bindColumn('b', $three);
        $s->bindColumn(2, $four, PDO::PARAM_STR);
        $s->bindColumn('b', $five, PDO::PARAM_BOOL);
        return [$s->fetch(PDO::FETCH_BOUND), $one, $two, $three, $four, $five];
    });
    attempt(function () use ($rows) { $s = $rows(); return [$s->bindColumn('nope', $x), $s->fetch(PDO::FETCH_NUM), $x]; });
    attempt(function () use ($rows) { $s = $rows(); return [$s->bindColumn(9, $x), $s->fetch(PDO::FETCH_NUM), $x]; });
    attempt(function () use ($rows) { $s = $rows(); $x = 5; $s->bindColumn(1, $x); return $x; });
    attempt(function () use ($d, $q) { $s = $d->prepare($q); $s->bindColumn('b', $b); $s->bindColumn(3, $c); $s->execute(); $s->fetch(); return [$b, $c, $s->fetchAll(PDO::FETCH_NUM), $b, $c]; });
    attempt(fn() => [($s = $rows())->fetchColumn(2), $s->fetchColumn(), $s->fetchColumn(1), $s->fetchColumn(), $s->fetch(), $s->fetchAll()]);
    attempt(fn() => $rows()->fetchColumn(-1));
    attempt(fn() => [($s = $rows())->fetch(PDO::FETCH_NUM), $s->closeCursor(), $s->fetch(), $s->execute(), $s->fetch(PDO::FETCH_NUM)]);
    attempt(function () use ($d) { $s = $d->prepare('SELECT 1 a WHERE 1 = ?'); return [$s->execute([1]), $s->closeCursor(), $s->execute([2]), $s->fetch(), $s->fetch()]; });
    attempt(function () use ($d) { $s = $d->prepare('SELECT ? a'); $v = 'before'; $s->bindParam(1, $v); $v = 'after'; $s->execute(); return [$s->fetchColumn(), $s->execute(['other']), $s->fetchColumn(), $v]; });
    attempt(function () use ($d) { $s = $d->prepare('SELECT ? a'); $v = 12; $s->bindParam(1, $v); return $v; });
    attempt(function () use ($d) { $s = $d->prepare('SELECT ? a'); $v = 12; $s->bindParam(1, $v, PDO::PARAM_BOOL); return $v; });
    attempt(function () use ($d) { $s = $d->prepare('SELECT ? a'); $v = null; $s->bindParam(1, $v, PDO::PARAM_INT); $v = '7x'; $s->execute(); return [$s->fetchColumn(), $v]; });
    attempt(function () use ($d) { $s = $d->prepare('SELECT ? a, ? b'); $v = 'r'; $s->execute([1 => &$v, 0 => 5]); return [$s->fetch(PDO::FETCH_NUM), $v]; });
    attempt(fn() => [($s = $d->prepare('SELECT ? a'))->execute([[1, 2]]), $s->fetchColumn()]);
    attempt(fn() => [($s = $d->prepare('SELECT ? a'))->execute([new stdClass]), $s->fetchColumn()]);
    attempt(fn() => [($s = $d->prepare('SELECT ? a'))->bindValue(1, [1], PDO::PARAM_INT), $s->execute()]);
    attempt(fn() => [($s = $d->prepare('SELECT ? a'))->bindValue(1, 'b', PDO::PARAM_LOB), $s->execute(), $s->fetchColumn()]);
    attempt(fn() => [($s = $d->prepare('SELECT ? a'))->bindValue(1, 'b', PDO::PARAM_NULL), $s->execute(), $s->fetchColumn()]);
    attempt(fn() => [($s = $d->prepare('SELECT ? a'))->bindValue(1, 'b', 99), $s->execute(), $s->fetchColumn()]);
    attempt(fn() => [($s = $d->prepare('SELECT :a a, :ab b'))->execute(['ab' => 2, 'a' => 1]), $s->fetch(PDO::FETCH_NUM)]);
    attempt(fn() => [($s = $d->prepare('SELECT :a a, :b b, :a c'))->execute(['b' => 2, 'a' => 1]), $s->fetch(PDO::FETCH_NUM)]);
    attempt(fn() => [($s = $d->prepare('SELECT :a a'))->execute([':b' => 2, 'a' => 1])]);
    attempt(fn() => [($s = $d->prepare('SELECT :a a'))->execute([])]);
    attempt(fn() => [($s = $d->prepare('SELECT 1 a'))->execute([1])]);
    attempt(fn() => [($s = $d->prepare('SELECT 1 a'))->execute(['x' => 1])]);
    attempt(fn() => [($s = $d->prepare("SELECT 'it''s ?' a, ? b"))->execute([1]), $s->fetch(PDO::FETCH_NUM)]);
    attempt(fn() => [($s = $d->prepare("SELECT '\\\\' a, ? b"))->execute([1]), $s->fetch(PDO::FETCH_NUM)]);
    attempt(fn() => [($s = $d->prepare("SELECT ? a /* ' ? */ -- ' ?\n, ? b"))->execute([1, 2]), $s->fetch(PDO::FETCH_NUM)]);
    attempt(fn() => [($s = $d->prepare("SELECT ?"))->execute(["a\0b'\\\"\n\r\x1a"]), bin2hex($s->fetchColumn())]);
    attempt(fn() => [($s = $d->prepare("SELECT ?"))->execute(["\xff\xfe"]), bin2hex($s->fetchColumn())]);
    attempt(fn() => [$d->quote("\xff'"), $d->quote(''), $d->quote('5', PDO::PARAM_INT), $d->quote('x', PDO::PARAM_BOOL), $d->quote('x', PDO::PARAM_NULL)]);
    attempt(function () use ($d) { foreach ($d->query('SELECT 1 a') as $key => $row) { show($key, $row); } });
    attempt(function () use ($d) { $s = $d->query('SELECT 1 a UNION ALL SELECT 2'); $s->fetch(); foreach ($s as $key => $row) { show($key, $row); } foreach ($s as $row) { show($row); } });
    attempt(fn() => iterator_to_array($d->query('SELECT 1 a UNION ALL SELECT 2', PDO::FETCH_COLUMN, 0)));
    attempt(fn() => get_class($d->query('SELECT 1')->getIterator()));
    attempt(fn() => clone $d->query('SELECT 1'));
    attempt(fn() => serialize($d));
    attempt(fn() => serialize(['s' => $d->query('SELECT 1')]));
    attempt(fn() => unserialize('O:3:"PDO":0:{}'));
    attempt(fn() => [$d->getAttribute(PDO::ATTR_PERSISTENT), (new PDO('sqlite::memory:', null, null, [PDO::ATTR_PERSISTENT => 'x']))->getAttribute(PDO::ATTR_PERSISTENT)]);
    attempt(fn() => $d->prepare('SELECT 1', null));
    attempt(fn() => [$d->prepare('SELECT 1', [PDO::ATTR_CURSOR => PDO::CURSOR_FWDONLY]) instanceof PDOStatement]);
    attempt(fn() => $d->query());
    attempt(fn() => $d->query('SELECT 1', 'x'));
    attempt(fn() => (new PDOStatement())->fetch());
    attempt(fn() => $d->setAttribute(PDO::ATTR_DEFAULT_FETCH_MODE, 0));
    attempt(fn() => $d->setAttribute(PDO::ATTR_DEFAULT_FETCH_MODE, [PDO::FETCH_CLASS, 'A']));
    attempt(fn() => $d->setAttribute(PDO::ATTR_ORACLE_NULLS, 'x'));
    attempt(fn() => $d->setAttribute(PDO::ATTR_CASE, 7));
    attempt(fn() => [$d->setAttribute(PDO::ATTR_ORACLE_NULLS, PDO::NULL_EMPTY_STRING), $d->query("SELECT '' a, NULL b, 'x' c")->fetch(PDO::FETCH_NUM), $d->setAttribute(PDO::ATTR_ORACLE_NULLS, 0)]);
    attempt(fn() => [$d->setAttribute(PDO::ATTR_STRINGIFY_FETCHES, true), $d->query("SELECT 1 a, NULL b, 2.50 c, 1 = 1 d, 1 = 2 e")->fetch(PDO::FETCH_NUM), $d->setAttribute(PDO::ATTR_STRINGIFY_FETCHES, false)]);
    attempt(fn() => [$d->query("SELECT 1 a, NULL b, 2.50 c, 1 = 1 d, 1 = 2 e, 'ab' || 'c' f")->fetch(PDO::FETCH_NUM)]);
    foreach ([PDO::ERRMODE_SILENT, PDO::ERRMODE_WARNING, PDO::ERRMODE_EXCEPTION] as $mode) {
        $d->setAttribute(PDO::ATTR_ERRMODE, $mode);
        attempt(fn() => [$d->query('SELEC'), $d->errorCode(), $d->errorInfo()[0]]);
        attempt(fn() => [$d->prepare('SELECT ? FROM nope'), $d->errorCode(), $d->errorInfo()[0]]);
        attempt(fn() => [($s = $d->prepare('SELECT ?')), $s->execute([1, 2, 3]), $s->errorCode(), $s->errorInfo()[0], $d->errorCode(), $d->errorInfo()]);
        attempt(fn() => [($s = $d->prepare('SELECT :a')), $s->bindValue(':b', 1), $s->errorCode(), $s->execute(), $s->errorCode()]);
        attempt(fn() => $d->query('SELECT 1 a, 2 b, 3 c')->fetchAll(PDO::FETCH_KEY_PAIR));
        attempt(fn() => [$d->commit()]);
        attempt(fn() => [$d->lastInsertId('nope'), $d->errorCode()]);
        attempt(fn() => [$d->getAttribute(PDO::ATTR_PREFETCH), $d->errorCode()]);
        attempt(fn() => [$d->setAttribute(PDO::ATTR_CURSOR_NAME, 'x'), $d->errorCode()]);
    }
    $d->exec('DROP TABLE IF EXISTS corner');
    $d->exec('CREATE TABLE corner (id INTEGER PRIMARY KEY, a VARCHAR(20) UNIQUE)');
    $s = $d->prepare('INSERT INTO corner VALUES (?, ?)');
    foreach ([[1, 'x'], [1, 'y'], [2, 'x'], [3, 'z'], [4, 'w']] as $given) {
        attempt(fn() => [$s->execute($given), $s->rowCount(), $s->columnCount(), $s->fetch()]);
        show($s->errorInfo(), $s->rowCount());
    }
    attempt(fn() => [$d->exec("UPDATE corner SET a = a"), $d->exec("DELETE FROM corner WHERE id > 2"), $d->exec("SELECT * FROM corner WHERE id = 99")]);
}

// What SQLite alone has.
function sqlite_corners()
{
    $d = new PDO('sqlite::memory:');
    $d->exec("PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (a TEXT UNIQUE, b BLOB); INSERT INTO t VALUES ('aä€😀', x'00ff'), ('', '')");
    attempt(fn() => $d->query("SELECT a, a || 1 c, b, b || '' e FROM t")->fetchAll(PDO::FETCH_ASSOC));
    attempt(function () use ($d) {
        $s = $d->prepare('SELECT ? a, typeof(?) b, length(?) c');
        $s->bindValue(1, "x\0y");
        $s->bindValue(2, 'x', PDO::PARAM_LOB);
        $s->bindValue(3, "ä\0y", PDO::PARAM_LOB);
        return [$s->execute(), $s->fetch(PDO::FETCH_NUM)];
    });
    attempt(fn() => $d->exec("INSERT INTO t VALUES ('', '')"));
    attempt(fn() => [$d->setAttribute(PDO::SQLITE_ATTR_EXTENDED_RESULT_CODES, 1), $d->exec("INSERT INTO t VALUES ('', '')")]);
    attempt(fn() => $d->exec("ATTACH 'file:other?mode=memory' AS other; CREATE TABLE other.o (a); INSERT INTO other.o VALUES (1)"));
    attempt(fn() => $d->query('SELECT count(*) FROM other.o')->fetchColumn());
    attempt(function () use ($d) {
        $s = $d->query('SELECT a FROM t');
        $s->fetch();
        return $d->exec('DROP TABLE t');
    });
    attempt(fn() => [$d->beginTransaction(), $d->exec('ROLLBACK'), $d->inTransaction(), $d->commit()]);
}

// What MySQL alone has: results of procedures, one after the other.
function mysql_corners($d)
{
    $d->exec('DROP PROCEDURE IF EXISTS corner_p');
    $d->exec('CREATE PROCEDURE corner_p (n INT) BEGIN SELECT n a; SELECT n + 1 b, n + 2 c; END');
    $s = $d->prepare('CALL corner_p(?)');
    attempt(fn() => [$s->execute([5]), $s->columnCount(), $s->fetchAll(PDO::FETCH_NUM), $s->nextRowset(), $s->columnCount(), $s->fetchAll(PDO::FETCH_NUM)]);
    attempt(fn() => [$s->nextRowset(), $s->columnCount(), $s->rowCount()]);
    attempt(fn() => [$s->nextRowset(), $s->fetch()]);
    attempt(fn() => [$s->execute([6]), $s->fetch(PDO::FETCH_NUM), $s->closeCursor(), $d->query('SELECT 1')->fetchColumn()]);
    attempt(fn() => [$s->execute([7]), $s->fetch(PDO::FETCH_NUM)]);
    attempt(fn() => $d->exec('DO 1'));
    attempt(fn() => [$s->closeCursor(), $s->execute([8]), $s->fetchAll(PDO::FETCH_NUM)]);
    $s = null;
    attempt(fn() => $d->query('SELECT 2')->fetchColumn());
    attempt(fn() => $d->exec('DO 2'));
    attempt(fn() => [$d->beginTransaction(), $d->inTransaction()]);
    attempt(fn() => $d->exec('SELEC'));
    attempt(fn() => [$d->inTransaction(), $d->rollBack(), $d->inTransaction()]);
    $d->exec('DROP PROCEDURE corner_p');
}

switch ($_GET['of']) {
    case 'sqlite':           pdo_corners(new PDO('sqlite::memory:')); sqlite_corners(); break;
    case 'mysql':            pdo_corners(mysql_pdo()); mysql_corners(mysql_pdo()); break;
    case 'mysql_native':
        pdo_corners(mysql_pdo([PDO::ATTR_EMULATE_PREPARES => false]));
        mysql_corners(mysql_pdo([PDO::ATTR_EMULATE_PREPARES => false]));
        break;
    case 'mysql_unbuffered': pdo_corners(mysql_pdo([PDO::MYSQL_ATTR_USE_BUFFERED_QUERY => false])); break;
    case 'pgsql':            pdo_corners(pgsql_pdo()); break;
    case 'pgsql_emulated':   pdo_corners(pgsql_pdo([PDO::ATTR_EMULATE_PREPARES => true])); break;
}
