<?php

// The numbers of objects that variables of the file's code hold, one after another.
class Point
{
    public function __construct(public int $x = 0)
    {
    }
}

$points = [new Point(1), 'deep' => [new Point(2)]];
foreach ([3] as $x) {
    $last = count($points) > 1 ? new Point($x) : null;
}
var_dump($points, $last);

// New ones are made before the old ones die.
$points = [new Point(4), new Point(5)];
var_dump($points);
unset($last);
