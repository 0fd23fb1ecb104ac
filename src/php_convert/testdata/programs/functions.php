<?php
namespace App;

// Arguments by name, by reference, spread, left out; closures and static variables.
function total(int ...$numbers): int {
    $sum = 0;
    foreach ($numbers as $n) {
        $sum += $n;
    }
    return $sum;
}
function add_to(array &$list, $item = 'default') {
    $list[] = $item;
}
function &first(array &$list) {
    return $list[0];
}
function next_id() {
    static $id = 10;
    return $id++;
}
function all() {
    return implode(',', func_get_args());
}
const GREETING = 'hello';

echo total(1, 2, 3), total(...[4, 5]), ' ', all(1, 'b'), ' ', GREETING, ' ', __NAMESPACE__, "\n";
$list = [1];
add_to($list);
add_to(item: 'named', list: $list);
$ref = &first($list);
$ref = 'first';
print_r($list);
next_id();
echo next_id(), "\n";
$factor = 3;
$times = fn ($x) => $x * $factor;
$count = 0;
$tick = function ($by = 1) use (&$count, $factor) {
    $count += $by;
    $factor++;
    return $factor;
};
$tick();
echo $times(5), $tick(by: 4), $count, "\n";
$upper = strtoupper(...);
$name = 'App\total';
echo $upper('abc'), $name(7, 8), "\n";
function outside() {
    global $count;
    return ++$count;
}
echo outside(), $count, "\n";
