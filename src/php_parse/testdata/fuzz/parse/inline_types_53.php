<?php
class A { public const int|string X = 1; const ARRAY = 2; const array B = []; }
$a = A::{$n}; static $x = f(); $o = new readonly class {};