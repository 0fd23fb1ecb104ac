<?php
// Statements, and connections, that take longer than the request may.
switch ($_GET['of']) {
    case 'mysql':      show(mysql_pdo()->query('SELECT SLEEP(60)')->fetchColumn()); break;
    case 'pgsql':      show(pgsql_pdo()->query('SELECT pg_sleep(60)')->fetchColumn()); break;
    case 'mysql_deaf': show(new PDO('mysql:host=127.0.0.1;port=' . getenv('DEAF_PORT') . ';dbname=d', 'nobody', 'wrong')); break;
    case 'pgsql_deaf': show(new PDO('pgsql:host=127.0.0.1;port=' . getenv('DEAF_PORT') . ';dbname=d', 'nobody', 'wrong')); break;
}
