<?php
// Lexes, parses and compiles every file of a list with PHP's own compiler. Nothing is run.
require __DIR__ . '/cpu.php';

$paths = listed_paths($argv[1]);
$bytes = array_sum(array_map('filesize', $paths));
$refused = 0;
$begin = cpu_seconds();
foreach ($paths as $path) {
    $refused += @opcache_compile_file($path) ? 0 : 1;
}
report($bytes, cpu_seconds() - $begin, $refused);
