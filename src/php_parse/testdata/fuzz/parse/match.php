<?php
$r = match (true) { 1, 2, => "a", $x > 3 => f(), default => throw new E, };