<?php
$a = <<<X
  one $b
    two {$c}
  X;
$d = <<<'Y'
 raw $x
Y;
f(<<<Z
Z, 1);