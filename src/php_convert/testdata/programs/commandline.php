<?php

// What php-cli gives a script, and what the environment says.
function arguments(): int
{
    global $argc, $argv;
    return $argc === count($argv) ? count($_SERVER['argv']) : -1;
}

function setting(string $name, string $otherwise): string
{
    return getenv($name) ?: $otherwise;
}

var_dump($argc, basename($argv[0]), arguments(), $_SERVER['argc'], basename($_SERVER['argv'][0]));
foreach (['PHP_SELF', 'SCRIPT_NAME', 'SCRIPT_FILENAME', 'PATH_TRANSLATED', 'DOCUMENT_ROOT'] as $key) {
    echo $key, ' ', basename($_SERVER[$key]), "\n";
}
var_dump(is_int($_SERVER['REQUEST_TIME']), is_float($_SERVER['REQUEST_TIME_FLOAT']), $_SERVER['REQUEST_METHOD'] ?? 'none');
var_dump(getenv('PATH') === $_SERVER['PATH'], getenv('PATH') === $_ENV['PATH'], count(getenv()) === count($_ENV));
var_dump(getenv('NOT_SET_ANYWHERE'), setting('NOT_SET_ANYWHERE', 'other'), setting('PATH', '') !== '');
var_dump($_GET, $_POST, isset($_ENV['NOT_SET_ANYWHERE']), array_slice(array_keys($_SERVER), -3));
$argv[] = 'more';
var_dump(count($argv), count($_SERVER['argv']), $GLOBALS['argc'], array_map('getenv', ['NOT_SET_ANYWHERE']));
