<?php
// a
$a = <<<X
  b
  X;
echo 1;
