<?php
abstract class A extends B implements C, D {
  use T, U { T::f insteadof U; U::f as protected g; h as final_; T::i as private; }
  const X = 1, Y = self::X . "y";
  final protected const Z = [1 => 2];
  public static ?int $a = 1, $b;
  private readonly array $c;
  var $d;
  public function __construct(protected readonly int $p, #[Attr] private ?A $q = new B(1)) {}
  abstract protected function m(): void;
  final public static function list(): static { return new static; }
}
final class E {} interface F extends G, H { const A = 1; function f(); } trait T { abstract private function x(); }