<?php

// Destructuring and assignments by reference within expressions happen where and when those are worked out.

function next_pair() {
    static $count = 0;
    echo "asked ";
    return ++$count < 3 ? [$count, $count * 2] : null;
}

$queue = [[1, 2], [3, 4]];
while ([$a, $b] = array_shift($queue)) {
    echo $a + $b, "\n";
}
$none = 0;
if ($none && [$a] = next_pair()) {
    echo "never\n";
}
do {
    echo ". ";
} while (list($p, $q) = next_pair());
for ($i = 0; [$k] = [$i] and $k < 2; $i++) {
    echo $k, " ";
}
var_dump([$u, [$v]] = [1, [2]], $v);
$whole = [$x, $y] = [5, 6];
echo json_encode($whole), $x, $y, "\n";

// A list that is walked by reference.
$list = ['v' => 1, 'next' => ['v' => 2, 'next' => ['v' => 3, 'next' => null]]];
$at = &$list;
while ($at = &$at['next']) {
    $at['v'] *= 10;
}
unset($at);
echo json_encode($list), "\n";
$yes = 1;
$no = 2;
if ($none && ($yes = &$no)) {
    echo "never\n";
}
$yes = 9;
echo $no, "\n";

// The value of an assignment by reference.
class Box {
    public $held;
    public static $shared;

    public function hold(&$value) {
        return $this->held = &$value;
    }
}

$box = new Box;
$value = 5;
$array = [];
var_dump($box->held = &$value, $array['k'] = &$value, Box::$shared = &$value);
$first = $second = &$value;
$second = 6;
$given = [1];
echo $first, $value, json_encode($box->hold($given)), "\n";
