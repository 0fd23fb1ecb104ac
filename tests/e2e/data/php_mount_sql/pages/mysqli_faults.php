<?php
// Connections of mysqli that cannot be made, or are lost.
$socket = getenv('MYSQL_SOCKET');
attempt(fn() => new mysqli('localhost', 'banyan', '', 'banyan', 0, '/nonexistent/x'));
show(mysqli_connect_errno(), mysqli_connect_error());
attempt(fn() => mysqli_connect('127.0.0.1', 'banyan', '', 'banyan', 1));
attempt(function () {
    $m = mysqli_init();
    return [$m->options(MYSQLI_OPT_CONNECT_TIMEOUT, 1), $m->real_connect('127.0.0.1', 'banyan', '', 'banyan', (int) getenv('DEAF_PORT'))];
});
attempt(fn() => new mysqli('nosuch.invalid', 'banyan'));
attempt(fn() => new mysqli('localhost', 'pw', 'wrong', 'banyan', 0, $socket));
attempt(fn() => new mysqli('localhost', 'banyan', '', 'nope', 0, $socket));
show(mysqli_connect_errno(), mysqli_connect_error());
attempt(fn() => (new mysqli('localhost', 'pw', 'right', 'banyan', 0, $socket))->query('SELECT CURRENT_USER()')->fetch_row());
show(mysqli_connect_errno(), mysqli_connect_error());
mysqli_report(MYSQLI_REPORT_OFF);
attempt(function () use ($socket) {
    $m = new mysqli('localhost', 'pw', 'wrong', 'banyan', 0, $socket);
    return [$m->connect_errno, $m->connect_error];
});
attempt(fn() => [mysqli_connect('localhost', 'pw', 'wrong', 'banyan', 0, $socket), mysqli_connect_errno()]);
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
$k = link_to_mysql();
$m = link_to_mysql();
$st = $m->prepare('SELECT ? + 1');
$rows = $m->query('SELECT 1 UNION SELECT 2');
$k->query('KILL ' . $m->thread_id);
usleep(200000);
attempt(fn() => $st->execute([1]));
show($st->errno, $st->error, $m->errno, $m->error);
attempt(fn() => $m->query('SELECT 1'));
attempt(fn() => $m->prepare('SELECT 1'));
attempt(fn() => $m->ping());
attempt(fn() => [$rows->fetch_all(), $m->real_escape_string("'"), $m->insert_id, $m->affected_rows]);
attempt(fn() => $m->begin_transaction());
attempt(fn() => $m->commit());
attempt(fn() => $m->close());
$m = link_to_mysql();
attempt(fn() => $m->query('KILL CONNECTION_ID()'));
attempt(fn() => $m->query('SELECT 1'));
$m = link_to_mysql();
attempt(fn() => $m->query('KILL QUERY CONNECTION_ID()'));
attempt(fn() => $m->query('SELECT 1')->fetch_row());
