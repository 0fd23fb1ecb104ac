<?php

// What php-cli gives a script, and copies of $GLOBALS.
function environment() {
    return count($_ENV) > 0 && array_keys($_ENV) == array_slice(array_keys($_SERVER), 0, count($_ENV));
}

function bump() {
    global $number;
    $number++;
}

var_dump($argc, basename($argv[0]), basename($_SERVER['argv'][0]), $_SERVER['argc'], environment());
var_dump(is_int($_SERVER['REQUEST_TIME']), isset($_REQUEST['none']), isset($_SERVER['PATH']) == isset($_ENV['PATH']));
echo implode(" ", array_keys($GLOBALS)), "\n";
$number = 1;
bump();
$copy = $GLOBALS;
$copy['number'] = 99;
var_dump($number, count($copy['_ENV']) == count($_ENV));
$other = &$number;
$copy = $GLOBALS;
$copy['number'] = 99;
var_dump($number);
