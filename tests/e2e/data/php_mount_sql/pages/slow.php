<?php
// Statements that take longer than the request may.
if ($_GET['of'] === 'mysql') {
    show(mysql_pdo()->query('SELECT SLEEP(60)')->fetchColumn());
} else {
    show(pgsql_pdo()->query('SELECT pg_sleep(60)')->fetchColumn());
}
