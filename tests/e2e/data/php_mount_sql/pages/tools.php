<?php
function show(...$values)
{
    foreach ($values as $value) {
        echo is_string($value) ? $value : var_export($value, true), ' ';
    }
    echo "\n";
}

// What a call gives, or throws.
function attempt($call)
{
    try {
        show($call());
    } catch (PDOException $e) {
        show(get_class($e), $e->getMessage(), $e->getCode(), $e->errorInfo, $e->getPrevious()?->getMessage());
    } catch (mysqli_sql_exception $e) {
        show(get_class($e), $e->getMessage(), $e->getCode(), $e->getSqlState());
    } catch (Throwable $e) {
        show(get_class($e), $e->getMessage());
    }
}

function mysql_pdo($options = [], $user = 'banyan', $password = '', $more = ';charset=utf8mb4')
{
    return new PDO('mysql:unix_socket=' . getenv('MYSQL_SOCKET') . ';dbname=banyan' . $more, $user, $password, $options);
}

function pgsql_pdo($options = [], $user = 'banyan', $password = null, $more = '')
{
    $dsn = 'pgsql:host=' . getenv('PGSQL_FOLDER') . ';port=' . getenv('PGSQL_PORT') . ';dbname=postgres' . $more;
    return new PDO($dsn, $user, $password, $options);
}

function link_to_mysql()
{
    $link = new mysqli('localhost', 'banyan', '', 'banyan', 0, getenv('MYSQL_SOCKET'));
    $link->set_charset('utf8mb4');
    return $link;
}

set_error_handler(function ($level, $message) {
    echo "E$level: $message\n";
    return true;
});
