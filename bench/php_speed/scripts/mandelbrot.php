<?php
// Floats in variables alone.
function inside(float $cr, float $ci, int $limit): int
{
    $zr = 0.0;
    $zi = 0.0;
    for ($i = 0; $i < $limit; $i++) {
        $r2 = $zr * $zr;
        $i2 = $zi * $zi;
        if ($r2 + $i2 > 4.0) {
            return $i;
        }
        $zi = 2.0 * $zr * $zi + $ci;
        $zr = $r2 - $i2 + $cr;
    }
    return $limit;
}

$size = 220;
$total = 0;
for ($y = 0; $y < $size; $y++) {
    for ($x = 0; $x < $size; $x++) {
        $total += inside(2.0 * $x / $size - 1.5, 2.0 * $y / $size - 1.0, 200);
    }
}
echo "$total\n";
