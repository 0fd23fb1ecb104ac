<?php
// mysqli's objects.
class Row
{
    public $id;
    public $a;
    public $seen;
    public function __construct(...$given) { $this->seen = [$this->a, $given]; }
}

class Database extends mysqli
{
    public function __construct() { parent::__construct('localhost', 'banyan', '', 'banyan', 0, getenv('MYSQL_SOCKET')); }
    public function one($query) { return $this->query($query)->fetch_row()[0]; }
}

$m = link_to_mysql();
show(get_class($m), $m->connect_errno, $m->connect_error, $m->errno, $m->error, $m->sqlstate, $m->host_info, $m->protocol_version);
show($m->server_info, $m->server_version, $m->client_version === PHP_VERSION_ID, $m->character_set_name(), $m->get_charset());
attempt(fn() => [$m->query('DROP TABLE IF EXISTS m'), $m->affected_rows, $m->insert_id, $m->warning_count, $m->info, $m->field_count]);
attempt(fn() => $m->query('CREATE TABLE m (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(20) UNIQUE, b DOUBLE, c BIGINT UNSIGNED, d DATETIME(3))'));
attempt(fn() => [$m->query("INSERT INTO m (a, b, c, d) VALUES ('x', 1.5, 18446744073709551615, '2024-02-29 12:34:56.789'), ('y', NULL, 1, NULL), ('z', 1e100, 0, NULL)"),
                 $m->affected_rows, $m->insert_id, $m->info, $m->warning_count]);
attempt(fn() => $m->query("INSERT INTO m (a) VALUES ('x')"));
show($m->errno, $m->error, $m->sqlstate, $m->error_list, $m->affected_rows);
attempt(fn() => $m->query('SELEC 1'));
attempt(fn() => $m->query('SELECT * FROM nope'));
attempt(fn() => $m->query(''));
attempt(fn() => $m->query('SELECT 1', 99));
attempt(fn() => [$m->query('UPDATE m SET b = 2 WHERE id < 3'), $m->affected_rows, $m->info]);
attempt(fn() => [$m->query('UPDATE m SET b = 2 WHERE id < 3'), $m->affected_rows, $m->info]);
$r = $m->query('SELECT id, a, b, c, d FROM m ORDER BY id');
show(get_class($r), $r->num_rows, $r->field_count, $r->current_field, $r->lengths, $r->type, $m->affected_rows, $m->field_count);
attempt(fn() => [$r->fetch_assoc(), $r->lengths]);
attempt(fn() => $r->fetch_row());
attempt(fn() => $r->fetch_array());
attempt(fn() => [$r->fetch_assoc(), $r->lengths, $r->fetch_row(), $r->fetch_object(), $r->fetch_column(), $r->fetch_all()]);
attempt(fn() => [$r->data_seek(1), $r->fetch_array(MYSQLI_ASSOC), $r->data_seek(99)]);
attempt(fn() => $r->data_seek(-1));
attempt(fn() => [$r->data_seek(0), $r->fetch_object(), $r->fetch_object('Row', [1, 2])->seen]);
attempt(fn() => [$r->data_seek(0), $r->fetch_all(), $r->data_seek(1), $r->fetch_all(MYSQLI_ASSOC), $r->data_seek(2), $r->fetch_all(MYSQLI_BOTH)]);
attempt(fn() => [$r->data_seek(0), $r->fetch_column(), $r->fetch_column(1)]);
attempt(fn() => $r->fetch_column(99));
attempt(fn() => $r->fetch_array(9));
attempt(fn() => $r->fetch_object('Nope'));
attempt(fn() => [$r->fetch_field(), $r->current_field, $r->field_seek(3), $r->fetch_field()->name, $r->fetch_field_direct(4)]);
attempt(fn() => $r->field_seek(9));
attempt(fn() => array_map(fn($f) => [$f->name, $f->orgname, $f->table, $f->type, $f->length, $f->flags, $f->decimals, $f->charsetnr], $r->fetch_fields()));
foreach ($r as $key => $row) {
    show($key, $row['a']);
}
foreach ($r as $key => $row) {
    show($key, $row['a']);
}
attempt(fn() => $r->free());
attempt(fn() => $r->fetch_row());
attempt(fn() => $r->num_rows);
attempt(fn() => $m->nope);
attempt(fn() => isset($m->errno, $m->nope) || isset($m->errno));
attempt(function () use ($m) { $m->errno = 1; });
$u = $m->query('SELECT id FROM m ORDER BY id', MYSQLI_USE_RESULT);
attempt(fn() => [$u->num_rows, $u->type, $u->fetch_row()]);
attempt(fn() => $m->query('SELECT 1'));
attempt(fn() => $u->data_seek(0));
attempt(fn() => [$u->fetch_all(), $u->num_rows, $m->query('SELECT 1')->fetch_row()]);
foreach ([['isd', 7, 'seven', 7.5], ['sss', 8, 'eight', '8.5'], ['iis', '9 lives', 'nine', null], ['ddd', '1e1', 2, 3]] as $given) {
    attempt(function () use ($m, $given) {
        [$types, $a, $b, $c] = $given;
        $st = $m->prepare('SELECT ?, ?, ?');
        $st->bind_param($types, $a, $b, $c);
        $st->execute();
        $first = $st->get_result()->fetch_row();
        $a = 'changed';
        $st->execute();
        return [$first, $st->get_result()->fetch_row()];
    });
}
$st = $m->prepare('INSERT INTO m (a, b) VALUES (?, ?)');
show(get_class($st), $st->param_count, $st->field_count, $st->affected_rows, $st->errno, $st->error, $st->sqlstate, $st->insert_id, $st->num_rows);
attempt(fn() => [$st->execute(['p', 3.5]), $st->affected_rows, $st->insert_id, $m->insert_id, $m->affected_rows]);
attempt(fn() => $st->execute(['p', 3.5]));
show($st->errno, $st->error, $st->sqlstate, $st->error_list, $m->errno);
attempt(fn() => $st->execute(['p']));
attempt(fn() => $st->execute(['a' => 1, 'b' => 2]));
attempt(function () use ($st) { $x = 1; return $st->bind_param('s', $x); });
attempt(function () use ($st) { $x = 1; return $st->bind_param('ss', $x); });
attempt(function () use ($st) { $x = 1; return $st->bind_param('sq', $x, $x); });
attempt(fn() => $st->get_result());
attempt(fn() => [$st->close(), 1]);
attempt(fn() => $st->execute());
attempt(fn() => $st->errno);
$st = $m->prepare('SELECT id, a, b, c, d FROM m WHERE id > ? ORDER BY id');
attempt(fn() => $st->execute());
attempt(fn() => $st->fetch());
show($st->execute([0]), $st->bind_result($id, $a, $b, $c, $d), $st->store_result(), $st->num_rows, $st->affected_rows);
while ($st->fetch()) {
    show($id, $a, $b, $c, $d);
}
show($st->fetch(), $st->data_seek(1), $st->fetch(), $id, $st->free_result(), $id);
attempt(fn() => $st->bind_result($id));
show($st->execute([1]), $st->num_rows, $st->fetch(), $id, $st->fetch(), $id, $a, $d);
attempt(fn() => $m->query('SELECT 1'));
attempt(fn() => [$st->free_result(), $m->query('SELECT 1')->fetch_row()]);
attempt(fn() => [$st->execute([2]), ($res = $st->get_result())->num_rows, $res->fetch_all(MYSQLI_ASSOC), $res->type]);
attempt(fn() => $st->get_result());
attempt(fn() => [$st->reset(), $st->execute([2]), $st->get_result()->fetch_assoc()]);
attempt(fn() => array_map(fn($f) => $f->name, $st->result_metadata()->fetch_fields()));
attempt(fn() => $m->prepare('SELEC ?'));
attempt(fn() => $m->prepare('SELECT * FROM nope WHERE a = ?'));
attempt(fn() => ($s = $m->stmt_init())->execute());
attempt(fn() => [($s = $m->stmt_init())->prepare('SELECT ?'), $s->execute([5]), $s->get_result()->fetch_row()]);
attempt(fn() => (new mysqli_stmt($m, 'SELECT 5'))->execute());
attempt(fn() => $m->execute_query('SELECT ? + ?', [1, 2])->fetch_row());
attempt(fn() => [$m->execute_query('UPDATE m SET b = ? WHERE a = ?', [9, 'x']), $m->affected_rows]);
attempt(fn() => $m->execute_query('SELECT ?', [1, 2]));
attempt(fn() => $m->execute_query('SELEC ?', [1]));
attempt(fn() => [$m->begin_transaction(), $m->query('DELETE FROM m'), $m->affected_rows, $m->rollback(), $m->query('SELECT COUNT(*) FROM m')->fetch_row()]);
attempt(fn() => [$m->autocommit(false), $m->query("INSERT INTO m (a) VALUES ('t')"), $m->commit(), $m->autocommit(true), $m->query('SELECT @@autocommit')->fetch_column()]);
attempt(fn() => [$m->begin_transaction(MYSQLI_TRANS_START_READ_ONLY, 'a name'), $m->query("DELETE FROM m")]);
attempt(fn() => [$m->rollback(), $m->begin_transaction(), $m->savepoint('s'), $m->query("DELETE FROM m"), $m->query('ROLLBACK TO s'), $m->release_savepoint('s'), $m->commit()]);
attempt(fn() => $m->savepoint(''));
attempt(fn() => [$m->real_escape_string("a'b\"c\\d\0e\nf\rg\x1ah"), $m->escape_string('ä')]);
attempt(fn() => $m->set_charset('latin1') && $m->character_set_name());
attempt(fn() => $m->set_charset('klingon'));
attempt(fn() => [$m->set_charset('utf8mb4'), $m->select_db('banyan'), $m->ping()]);
attempt(fn() => $m->select_db('nope'));
attempt(fn() => $m->multi_query("SELECT 1 a; SELECT 2 b, 3 c; UPDATE m SET b = 4; SELECT 5"));
do {
    attempt(fn() => [($res = $m->store_result()) ? $res->fetch_all(MYSQLI_ASSOC) : $res, $m->affected_rows, $m->more_results()]);
} while ($m->more_results() && $m->next_result());
attempt(fn() => [$m->multi_query("SELECT 1; SELEC"), $m->store_result()->fetch_row(), $m->next_result()]);
attempt(fn() => $m->multi_query("SELEC"));
attempt(fn() => $m->query("SELECT 1; SELECT 2"));
attempt(fn() => [$m->real_query('SELECT 6'), $m->field_count, $m->use_result()->fetch_row()]);
attempt(fn() => $m->store_result());
attempt(fn() => (new Database())->one('SELECT 7'));
$n = mysqli_init();
attempt(fn() => $n->query('SELECT 1'));
attempt(fn() => $n->affected_rows);
attempt(fn() => [$n->options(MYSQLI_OPT_INT_AND_FLOAT_NATIVE, 1), $n->options(MYSQLI_OPT_CONNECT_TIMEOUT, 5), $n->options(MYSQLI_INIT_COMMAND, 'SET @v = 5'),
                 $n->options(MYSQLI_SET_CHARSET_NAME, 'utf8mb4'), $n->options(9999, 1)]);
attempt(fn() => [$n->real_connect('localhost', 'banyan', '', 'banyan', 0, getenv('MYSQL_SOCKET'), MYSQLI_CLIENT_FOUND_ROWS),
                 $n->query('SELECT @v, id, b, c FROM m LIMIT 1')->fetch_assoc(), $n->query('UPDATE m SET b = 4'), $n->affected_rows]);
attempt(fn() => [$n->close(), 1]);
attempt(fn() => $n->query('SELECT 1'));
attempt(fn() => $n->errno);
attempt(fn() => $n->affected_rows);
attempt(fn() => clone $m);
mysqli_report(MYSQLI_REPORT_OFF);
attempt(fn() => [$m->query('SELEC'), $m->errno, $m->error, $m->prepare('SELEC'), $m->execute_query('SELEC')]);
mysqli_report(MYSQLI_REPORT_ERROR);
attempt(fn() => [$m->query('SELEC'), $m->prepare('SELEC')]);
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
attempt(fn() => $m->query('DROP TABLE m'));
attempt(fn() => $m->query('SELECT 1')->fetch_assoc(1));
attempt(fn() => $m->query());
