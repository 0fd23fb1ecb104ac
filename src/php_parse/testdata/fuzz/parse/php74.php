<?php
class match { public ?int $a = null; } $f = fn($x) => $x{0}; # [not an attribute]
$g = [...$a, ...$b]; $h ??= 1_000; echo "a" . 1 + 2;