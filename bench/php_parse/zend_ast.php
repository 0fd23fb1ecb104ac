<?php
// Parses every file of a list with PHP's own parser, to the objects of ext/ast.
require __DIR__ . '/cpu.php';

$sources = array_map('file_get_contents', listed_paths($argv[1]));
$bytes = array_sum(array_map('strlen', $sources));
$refused = 0;
$begin = cpu_seconds();
foreach ($sources as $source) {
    try {
        ast\parse_code($source, 90);
    } catch (ParseError) {
        $refused++;
    }
}
report($bytes, cpu_seconds() - $begin, $refused);
