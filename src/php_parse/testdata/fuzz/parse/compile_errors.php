<?php
namespace A;
use B\C; class C {}
function f($a, $a): void { return 1; }
break; $this = 1; foo()[] += 2; $x?->y = 1;
abstract class D { abstract function g() {} final const X = 1; const X = 2; public $p, $p; }
class E { abstract function h(); private function i(); }
switch (1) { default: default: }
[] = $x; [1] = $y; isset(1 + 1); new class { const A = f(); };
goto nowhere; function j() { yield 1; } echo yield;
interface I { private function k(); public $l; }
enum J: float { case M; case N = 1; public $o; }