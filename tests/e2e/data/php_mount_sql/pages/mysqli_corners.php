<?php
// Corners of mysqli: results in rare states, report modes, what is left of what was closed.
class Shut { private $a = 'mine'; public function read() { return $this->a; } }
class Setting { public $seen = []; public function __set($name, $value) { $this->seen[$name] = $value; } }
class Ready { public function __construct(public $given = 'none') {} }

$m = link_to_mysql();
$m->query('DROP TABLE IF EXISTS mc');
$m->query('CREATE TABLE mc (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(20) UNIQUE, n INT) ENGINE=InnoDB');
$m->query("INSERT INTO mc (a, n) VALUES ('x', 1), ('y', NULL), ('z', 3)");
attempt(fn() => $m->query('SELECT 1 AS `1`, 2 AS `0`, 3 AS `1`')->fetch_array());
attempt(fn() => $m->query('SELECT 1 AS `1`, 2 AS `0`')->fetch_assoc());
attempt(fn() => $m->query('SELECT id a, a, n a FROM mc LIMIT 1')->fetch_object());
attempt(fn() => $m->query("SELECT 'x' a, 1 b")->fetch_object('Shut')->read());
attempt(fn() => $m->query("SELECT 'x' a, 1 b")->fetch_object('Setting')->seen);
attempt(fn() => $m->query("SELECT 'x' given")->fetch_object('Ready')->given);
attempt(fn() => $m->query("SELECT 'x' given")->fetch_object('Ready', ['mine'])->given);
attempt(fn() => $m->query("SELECT 'x' a")->fetch_object('Setting', [1]));
attempt(fn() => $m->query("SELECT 'x' a")->fetch_object('stdClass', 5));
attempt(fn() => $m->query('SELECT 1 WHERE 1 = 0')->fetch_object());
attempt(fn() => [($r = $m->query('SELECT 1 WHERE 1 = 0'))->num_rows, $r->fetch_assoc(), $r->fetch_all(), $r->fetch_column(), $r->lengths, $r->data_seek(0)]);
attempt(fn() => [($r = $m->query('SELECT id FROM mc'))->fetch_all(MYSQLI_ASSOC), $r->fetch_all(), $r->fetch_row()]);
attempt(fn() => $m->query('SELECT id FROM mc')->fetch_all(9));
attempt(fn() => iterator_to_array($m->query('SELECT id, a FROM mc')));
attempt(fn() => get_class($m->query('SELECT 1')->getIterator()));
$u = $m->query('SELECT id FROM mc', MYSQLI_USE_RESULT);
foreach ($u as $row) {
    show($row);
}
foreach ($u as $row) {
    show($row);
}
attempt(function () use ($m) { $u = $m->query('SELECT id FROM mc', MYSQLI_USE_RESULT); $u->fetch_row(); $u->free(); return $m->query('SELECT 5')->fetch_row(); });
attempt(function () use ($m) { $u = $m->query('SELECT id FROM mc', MYSQLI_USE_RESULT); $u->fetch_row(); $u = null; return $m->query('SELECT 6')->fetch_row(); });
attempt(function () use ($m) { $m->real_query('SELECT id FROM mc'); return $m->query('SELECT 7'); });
attempt(fn() => [($r = $m->store_result())->num_rows, $m->query('SELECT 8')->fetch_row()]);
attempt(fn() => [$m->real_query('UPDATE mc SET n = 4 WHERE id = 1'), $m->store_result(), $m->use_result(), $m->errno, $m->field_count, $m->affected_rows]);
attempt(fn() => new mysqli_result($m));
attempt(fn() => new mysqli_result($m, 7));
attempt(fn() => (new mysqli_result(mysqli_init()))->fetch_row());
attempt(fn() => [$m->multi_query('SELECT 1; INSERT INTO mc (a) VALUES (\'w\'); SELECT 2'), $m->query('SELECT 3')]);
attempt(fn() => [$m->errno, $m->more_results(), $m->next_result(), $m->errno]);
attempt(fn() => [$m->store_result()->fetch_row(), $m->more_results(), $m->next_result(), $m->insert_id, $m->affected_rows, $m->next_result(), $m->use_result()->fetch_all(), $m->more_results(), $m->next_result()]);
attempt(fn() => [$m->query('SELECT 3')->fetch_row(), $m->errno]);
attempt(fn() => [$m->prepare('SELECT 1; SELECT 2')]);
$st = $m->prepare('SELECT id, a, n FROM mc WHERE id > ? ORDER BY id');
attempt(function () use ($st) { $st->bind_param('i', $x); $x = 1; return [$st->execute(), $st->get_result()->fetch_all()]; });
attempt(function () use ($st) { $x = '1.9'; $st->bind_param('i', $x); return [$st->execute(), $st->get_result()->num_rows, $x]; });
attempt(function () use ($st) { $x = null; $st->bind_param('s', $x); return [$st->execute(), $st->get_result()->num_rows]; });
attempt(function () use ($st) { $x = true; $st->bind_param('i', $x); return [$st->execute(), $st->get_result()->num_rows, $x]; });
attempt(function () use ($st) { $x = [1]; $st->bind_param('s', $x); return [$st->execute(), $st->get_result()->num_rows]; });
attempt(fn() => [$st->execute([true]), $st->get_result()->num_rows, $st->execute([1.5]), $st->get_result()->num_rows, $st->execute([null]), $st->get_result()->num_rows]);
attempt(fn() => [$st->execute([0]), $st->num_rows, $st->store_result(), $st->num_rows, $st->store_result()]);
attempt(fn() => [$st->execute([0]), $st->bind_result($id, $a, $n), $st->fetch(), [$id, $a, $n], $st->fetch(), [$id, $a, $n], $st->fetch(), $st->fetch(), $st->fetch(), [$id, $a, $n]]);
attempt(fn() => $st->bind_result($id, $a));
attempt(fn() => $st->bind_result($id, $a, $n, $more));
attempt(fn() => [$st->execute([0]), $m->query('SELECT 1')]);
attempt(fn() => [$st->free_result(), $m->query('SELECT 1')->fetch_row()]);
attempt(fn() => [$st->execute([0]), $st->execute([1]), $st->get_result()->num_rows]);
attempt(fn() => [$st->execute([0]), ($r = $st->get_result())->num_rows, $st->execute([2]), $r->num_rows, $r->fetch_row(), $st->get_result()->num_rows]);
attempt(fn() => [$st->execute([0]), $st->affected_rows, $m->affected_rows, $st->get_result()->num_rows, $st->affected_rows, $m->affected_rows]);
attempt(fn() => [$st->execute([0]), $st->fetch(), $st->data_seek(0), $st->fetch(), $st->reset(), $st->fetch()]);
attempt(fn() => $st->bind_param('i'));
attempt(fn() => $st->bind_param('', $x));
attempt(fn() => $st->nope());
attempt(fn() => $st->nope);
$ins = $m->prepare('INSERT INTO mc (a, n) VALUES (?, ?)');
attempt(fn() => [$ins->execute(['i1', 5]), $ins->affected_rows, $ins->insert_id, $m->insert_id, $ins->get_result(), $ins->store_result(), $ins->result_metadata(), $ins->field_count]);
attempt(fn() => $ins->bind_result($x));
attempt(fn() => $ins->fetch());
attempt(fn() => [$ins->execute(['x', 5])]);
attempt(fn() => [$ins->errno, $m->errno, $ins->affected_rows, $m->affected_rows]);
attempt(fn() => [$ins->execute(['i2', 5]), $ins->errno, $m->errno]);
attempt(fn() => [$ins->prepare('SELECT ?'), $ins->execute(['q']), $ins->get_result()->fetch_row()]);
attempt(fn() => [$ins->prepare('SELEC ?')]);
attempt(fn() => [$ins->errno, $ins->execute(['q'])]);
attempt(fn() => [$m->begin_transaction(), $m->query('DELETE FROM mc'), $m->autocommit(true), $m->query('SELECT COUNT(*) FROM mc')->fetch_row()]);
attempt(fn() => [$m->query("INSERT INTO mc (a) VALUES ('after')"), $m->begin_transaction(), $m->query('DELETE FROM mc'), $m->begin_transaction(), $m->rollback(), $m->query('SELECT COUNT(*) FROM mc')->fetch_row()]);
attempt(fn() => $m->begin_transaction(99));
attempt(fn() => $m->begin_transaction(-1));
attempt(fn() => $m->begin_transaction(MYSQLI_TRANS_START_READ_WRITE, "a;b*/c"));
attempt(fn() => $m->commit(MYSQLI_TRANS_COR_AND_CHAIN, 'n'));
attempt(fn() => $m->rollback(MYSQLI_TRANS_COR_RELEASE));
attempt(fn() => $m->query('SELECT 1'));
$m = link_to_mysql();
foreach ([MYSQLI_REPORT_OFF, MYSQLI_REPORT_ERROR, MYSQLI_REPORT_STRICT, MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT] as $mode) {
    show('mode', mysqli_report($mode));
    attempt(fn() => [$m->query('SELEC'), $m->errno]);
    attempt(fn() => [$m->prepare('SELEC'), $m->errno]);
    attempt(fn() => [$m->multi_query('SELEC'), $m->errno]);
    attempt(fn() => [$m->real_query('SELEC'), $m->errno]);
    attempt(fn() => [$m->select_db('nope'), $m->errno]);
    attempt(fn() => [$m->set_charset('nope'), $m->errno, $m->error]);
    attempt(fn() => [$m->savepoint('a`b'), $m->release_savepoint('nope'), $m->errno]);
    attempt(fn() => [($s = $m->prepare('SELECT ?'))->execute(), $s->errno, $s->error]);
    attempt(fn() => [($s = $m->prepare('SELECT ?'))->fetch(), $s->errno, $s->get_result(), $s->errno]);
    attempt(fn() => [($s = $m->prepare('DELETE FROM nope WHERE id = ?')), $m->errno]);
    attempt(fn() => [(mysqli_init())->real_connect('localhost', 'nobody', 'x', 'banyan', 0, getenv('MYSQL_SOCKET'))]);
    attempt(fn() => [($u = $m->query('SELECT 1', MYSQLI_USE_RESULT)) instanceof mysqli_result, $m->query('SELECT 2'), $m->errno]);
    attempt(fn() => [$m->begin_transaction(), $m->commit()]);
    attempt(fn() => $m->store_result());
}
$m->close();
attempt(fn() => $m->close());
attempt(fn() => $m->query('SELECT 1'));
attempt(fn() => $m->thread_id);
attempt(fn() => $m->connect_errno);
$m = link_to_mysql();
$st = $m->prepare('SELECT 5');
$rows = $m->query('SELECT 6');
$m->close();
attempt(fn() => $rows->fetch_row());
attempt(fn() => $st->execute());
attempt(fn() => [$st->errno, $st->error]);
attempt(fn() => $st->close());
$m = link_to_mysql();
attempt(fn() => mysqli_stmt_execute($m));
attempt(fn() => mysqli_fetch_assoc(false));
attempt(fn() => mysqli_num_rows(true));
attempt(fn() => [$m->real_escape_string("\xc3'"), $m->set_charset('latin1'), $m->real_escape_string("\xe4'\\"), $m->query("SELECT '\xe4' a")->fetch_row() === ["\xe4"]]);
attempt(fn() => [$m->query("SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'"), $m->real_escape_string("a'\\\0\n")]);
$m->query('DROP TABLE mc');
