<?php
class A {
  public string $a { get => $this->a . "x"; set(string $v) { $this->a = $v; } }
  public int $b = 1 { final &get { return $this->b; } }
  public private(set) int $c = 1;
  protected(set) readonly string $d;
  public function __construct(public int $e { set => $value * 2; }, private(set) string $f = "") {}
}
interface I { public string $x { get; set; } }
abstract class B { abstract public int $y { get; } }