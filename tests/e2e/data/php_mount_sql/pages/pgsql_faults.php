<?php
// Connections to PostgreSQL that cannot be made, or are lost.
$dir = getenv('PGSQL_FOLDER');
$port = getenv('PGSQL_PORT');
attempt(fn() => new PDO("pgsql:host=/nonexistent;dbname=banyan", 'banyan', ''));
attempt(fn() => new PDO("pgsql:host=127.0.0.1;port=1;dbname=banyan", 'banyan', ''));
attempt(fn() => new PDO("pgsql:host=localhost;port=1;dbname=banyan", 'banyan', ''));
attempt(fn() => new PDO('pgsql:host=127.0.0.1;port=' . getenv('DEAF_PORT') . ';dbname=banyan', 'banyan', '', [PDO::ATTR_TIMEOUT => 1]));
attempt(fn() => new PDO("pgsql:host=nosuch.invalid;dbname=banyan", 'banyan', ''));
attempt(fn() => pgsql_pdo([], 'nobody'));
attempt(fn() => pgsql_pdo([], 'pw', 'wrong'));
attempt(fn() => pgsql_pdo([], 'pw'));
attempt(fn() => pgsql_pdo([], 'pw', "ri'g\\ht")->query('SELECT current_user')->fetchColumn());
attempt(fn() => new PDO("pgsql:host=$dir;port=$port;dbname=nope", 'banyan', ''));
attempt(fn() => new PDO("pgsql:host=$dir;port=$port;dbname=postgres;nonsense=1", 'banyan', ''));
attempt(fn() => new PDO("pgsql:host=$dir;port=$port;dbname=postgres;nonsense", 'banyan', ''));
attempt(fn() => new PDO("pgsql:host=$dir;port=99999;dbname=postgres", 'banyan', ''));
attempt(fn() => new PDO("pgsql:host=$dir;port=abc;dbname=postgres", 'banyan', ''));
attempt(fn() => new PDO("pgsql:host=$dir;port=$port;dbname=postgres;sslmode=blah", 'banyan', ''));
attempt(fn() => new PDO("pgsql:host='$dir;port=$port;dbname=postgres", 'banyan', ''));
attempt(fn() => (new PDO("pgsql:host='$dir' port=$port user=banyan dbname='postgres'"))->query('SELECT 1')->fetchColumn());
$k = pgsql_pdo();
foreach ([true, false] as $emulates) {
    $d = pgsql_pdo([PDO::ATTR_EMULATE_PREPARES => $emulates]);
    $id = $d->query('SELECT pg_backend_pid()')->fetchColumn();
    $st = $d->prepare('SELECT ?::int + 1');
    $st->execute([1]);
    $k->query("SELECT pg_terminate_backend($id)");
    usleep(300000);
    attempt(fn() => [$st->execute([3]), $st->fetchAll()]);
    attempt(fn() => $st->errorInfo());
    attempt(fn() => $d->query('SELECT 1'));
    attempt(fn() => $d->exec('SELECT 1'));
    attempt(fn() => [$d->inTransaction(), $d->quote("a'b"), $d->getAttribute(PDO::ATTR_CONNECTION_STATUS)]);
    attempt(fn() => $d->beginTransaction());
    attempt(fn() => $d->commit());
    attempt(fn() => $d->lastInsertId());
    unset($st, $d);
}
$d = pgsql_pdo();
attempt(fn() => $d->exec("SELECT pg_terminate_backend(pg_backend_pid())"));
attempt(fn() => $d->exec("SELECT 1"));
$d = pgsql_pdo();
attempt(fn() => $d->query("SELECT pg_terminate_backend(pg_backend_pid())"));
$d = pgsql_pdo();
attempt(fn() => $d->exec("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(5)"));
attempt(fn() => $d->query("SELECT 1")->fetchColumn());
attempt(fn() => [$d->exec("SET statement_timeout = 50"), $d->exec("SELECT pg_sleep(5)")]);
