<?php
$f = function (&$a, int ...$r) use ($x, &$y): ?array { return [$a]; };
$g = static fn(int $x = 1): int => $x * 2; $h = #[A] static function &() {};
$i = fn() => throw new E;