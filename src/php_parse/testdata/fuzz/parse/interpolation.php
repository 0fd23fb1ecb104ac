<?php
$s = "a $b $c[d] $c[1] $c[-1] $c[$i] $o->p $o?->q {$x->y[1]()} ${v} ${v[1]} ${$e}";
$t = `ls $dir`;