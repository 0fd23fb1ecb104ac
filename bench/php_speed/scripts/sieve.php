<?php
// Primes in a list of booleans, and a generator over them.
function primes(int $limit): Generator
{
    $composite = array_fill(0, $limit + 1, false);
    for ($i = 2; $i <= $limit; $i++) {
        if ($composite[$i]) {
            continue;
        }
        yield $i;
        for ($j = $i * $i; $j <= $limit; $j += $i) {
            $composite[$j] = true;
        }
    }
}

$sum = 0;
$count = 0;
foreach (primes(2000000) as $prime) {
    $sum += $prime;
    $count++;
}
echo "$count $sum\n";
