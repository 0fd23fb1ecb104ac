<?php
// Numbers and strings with types that are proved.
function area(float $width, float $height): float {
    return $width * $height;
}

function repeat(string $word, int $times = 2): string {
    $out = '';
    for ($i = 0; $i < $times; $i++) {
        // A separator before all but the first.
        if ($i > 0) {
            $out .= '-';
        }
        $out .= $word;
    }
    return $out;
}

echo area(2, 3.5), ' ', repeat('go'), ' ', repeat('x', 3), "\n";
var_dump(7 / 2, 10 % 3, 2 ** 63, '10' == '1e1', 'abc' == 0, PHP_INT_MAX + 1, 0.1 + 0.2, -7 % 3, '5' + '5.5');
var_dump(1 <=> 2, true && false, !null, 5 . '', 1.0, 1e100, 'a' . 1 . 2.0);
$n = 9223372036854775806;
$n++;
$n++;
var_dump($n);
$z = 'Az';
$z++;
echo $z, "\n";
