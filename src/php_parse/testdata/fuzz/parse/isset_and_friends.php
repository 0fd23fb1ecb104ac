<?php
isset($a, $b["c"]->d,); empty($a); unset($a, $b[1]); include "a" . $b; require_once("c"); eval("d"); print 1; exit; exit(1); die("x"); clone $a; `x`; list(, $q) = $r;