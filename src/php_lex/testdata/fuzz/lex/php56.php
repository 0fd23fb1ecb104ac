<?php
use function A\b; function f($a, ...$r) { return $a{0} . $$a["x"]; } $x = $a ? 1 : $b ? 2 : 3;
namespace \ f(); echo $o -> match, A \ B::C; class enum { function fn_() {} } goto fn; fn: $y =& new A; $z = (real) 1;