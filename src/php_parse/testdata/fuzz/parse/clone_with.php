<?php
$b = clone($a, ["x" => 1]); $c = clone $a; $d = array_map(clone(...), $l);
(void) f(); #[A] const X = 1; class C { const F = strlen(...); const G = static function () { return 1; }; public function __construct(final public int $x) {} }