<?php
// Connections to MariaDB that cannot be made, or are lost.
$socket = getenv('MYSQL_SOCKET');
attempt(fn() => new PDO("mysql:unix_socket=/nonexistent/x;dbname=banyan", 'banyan', ''));
attempt(fn() => new PDO("mysql:host=127.0.0.1;port=1;dbname=banyan", 'banyan', ''));
attempt(fn() => new PDO('mysql:host=127.0.0.1;port=' . getenv('DEAF_PORT') . ';dbname=banyan', 'banyan', '', [PDO::ATTR_TIMEOUT => 1]));
attempt(fn() => new PDO("mysql:host=nosuch.invalid;dbname=banyan", 'banyan', ''));
attempt(fn() => mysql_pdo([], 'pw', 'wrong'));
attempt(fn() => mysql_pdo([], 'pw', 'right')->query('SELECT CURRENT_USER()')->fetchColumn());
attempt(fn() => mysql_pdo([], 'nobody', 'wrong'));
attempt(fn() => new PDO("mysql:unix_socket=$socket;dbname=nope", 'banyan', ''));
attempt(fn() => new PDO("mysql:unix_socket=$socket;user=banyan;dbname=banyan;charset=klingon"));
attempt(fn() => (new PDO("mysql:unix_socket=$socket;user=banyan;dbname=banyan"))->query('SELECT 1')->fetchColumn());
attempt(fn() => new PDO("mysql"));
attempt(fn() => new PDO("nope:x"));
$k = mysql_pdo();
foreach ([true, false] as $emulates) {
    $d = mysql_pdo([PDO::ATTR_EMULATE_PREPARES => $emulates]);
    $id = $d->query('SELECT CONNECTION_ID()')->fetchColumn();
    $st = $d->prepare('SELECT ? + 1');
    $d->beginTransaction();
    $k->exec("KILL $id");
    usleep(200000);
    attempt(fn() => [$st->execute([3]), $st->fetchAll()]);
    attempt(fn() => $d->query('SELECT 1'));
    attempt(fn() => $d->prepare('SELECT 1')->execute());
    attempt(fn() => [$d->exec('DO 1')]);
    attempt(fn() => [$d->inTransaction(), $d->quote("a'b"), $d->lastInsertId()]);
    attempt(fn() => $d->commit());
    attempt(fn() => $d->rollBack());
    unset($st, $d);
}
$d = mysql_pdo();
$id = $d->query('SELECT CONNECTION_ID()')->fetchColumn();
attempt(fn() => $d->exec("KILL $id"));
attempt(fn() => $d->exec("DO 1"));
$d = mysql_pdo();
attempt(fn() => $d->exec("KILL QUERY CONNECTION_ID()"));
attempt(fn() => $d->query("SELECT 1")->fetchColumn());
attempt(fn() => $d->exec("SET STATEMENT max_statement_time = 0.05 FOR SELECT SLEEP(5)"));
