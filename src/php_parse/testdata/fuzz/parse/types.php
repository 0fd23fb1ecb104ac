<?php
function a(int|string $a, A&B $b, (A&B)|null $c, ?array $d, callable $e, X|null $f, \X\Y $g, namespace\Z $h, iterable $i): never {}