<?php
function f(int $a, ?string $b = null, A|B|null $c = null, &$d, ...$e) { static $n = 0, $m; global $g, $$h; yield; yield 1; yield $k => $v; yield from g(); return 1; }