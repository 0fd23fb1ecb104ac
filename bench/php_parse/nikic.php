<?php
// Parses every file of a list with PHP-Parser.
require __DIR__ . '/cpu.php';
require $argv[2];

$sources = array_map('file_get_contents', listed_paths($argv[1]));
$bytes = array_sum(array_map('strlen', $sources));
$parser = (new PhpParser\ParserFactory())->create(PhpParser\ParserFactory::PREFER_PHP7);
$refused = 0;
$begin = cpu_seconds();
foreach ($sources as $source) {
    try {
        $parser->parse($source);
    } catch (PhpParser\Error) {
        $refused++;
    }
}
report($bytes, cpu_seconds() - $begin, $refused);
