<?php
$a = ;
f(1, 2;
$b = 3;
if ($c { d(); }
echo 4;
function g( { }
class H { public $i = ; function j() {} k }
echo 5;