<?php
$a = 1 + 2 * 3 ** -2 . "x" << 1;
$b = !$a instanceof B && $c || $d xor $e and $f;
$c = $a ?? $b ?: $c;
$d = $a <=> $b; $e = -$a ** 2; $f = (int) $a + ++$b - $c--;
$g = @$h[1] & 2 | ~3 ^ 4 % 5;