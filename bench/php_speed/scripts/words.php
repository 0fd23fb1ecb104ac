<?php
// Strings cut, counted in a map, sorted and put together.
function text(int $words): string
{
    $state = 42;
    $out = '';
    for ($i = 0; $i < $words; $i++) {
        $state = ($state * 1103515245 + 12345) % 2147483648;
        $out .= ($i > 0 ? ' ' : '') . 'w' . dechex($state % 5000);
    }
    return $out;
}

/** @return array<string, int> */
function counted(string $text): array
{
    $counts = [];
    foreach (explode(' ', $text) as $word) {
        $word = ucfirst(strtolower(trim($word)));
        $counts[$word] = ($counts[$word] ?? 0) + 1;
    }
    uksort($counts, fn($a, $b) => $counts[$b] <=> $counts[$a] ?: strcmp($a, $b));
    return $counts;
}

$counts = counted(text(200000));
$lines = [];
foreach (array_slice($counts, 0, 10, true) as $word => $count) {
    $lines[] = sprintf('%-8s %5d %s', $word, $count, str_repeat('#', intdiv($count, 10)));
}
echo implode("\n", $lines), "\n", count($counts), ' ', md5(implode(',', array_keys($counts))), "\n";
