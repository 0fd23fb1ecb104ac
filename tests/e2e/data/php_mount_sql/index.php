<?php
// What programs do with MariaDB and PostgreSQL, page by page; php-fpm says what is right.
require_once __DIR__ . '/pages/tools.php';
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);

switch ($path) {
    case '/mysql':            include __DIR__ . '/pages/mysql.php'; break;
    case '/mysql_values':     include __DIR__ . '/pages/mysql_values.php'; break;
    case '/mysql_faults':     include __DIR__ . '/pages/mysql_faults.php'; break;
    case '/pgsql':            include __DIR__ . '/pages/pgsql.php'; break;
    case '/pgsql_values':     include __DIR__ . '/pages/pgsql_values.php'; break;
    case '/pgsql_faults':     include __DIR__ . '/pages/pgsql_faults.php'; break;
    case '/mysqli':           include __DIR__ . '/pages/mysqli.php'; break;
    case '/mysqli_functions': include __DIR__ . '/pages/mysqli_functions.php'; break;
    case '/mysqli_faults':    include __DIR__ . '/pages/mysqli_faults.php'; break;
    case '/mysqli_corners':   include __DIR__ . '/pages/mysqli_corners.php'; break;
    case '/slow':             include __DIR__ . '/pages/slow.php'; break;
    case '/count':            include __DIR__ . '/pages/count.php'; break;
    case '/corners':          include __DIR__ . '/pages/corners.php'; break;
    case '/circle':           include __DIR__ . '/pages/circle.php'; break;
    case '/local':            include __DIR__ . '/pages/local.php'; break;
    default:
        http_response_code(404);
        show('nothing at', $path);
}
