<?php
class A { public int $x; final function f() {} function g(int $a): int { return 1; } const C = 1; static function s() {} }
class B extends A { public string $x; function f() {} function g(string $a): int { return 1; } private const C = 2; function s() {} }
final class D {} class E extends D {} interface I {} class F extends I {}