<?php

// Arguments by reference beyond the named ones.
function bump(int $by, &...$places): int
{
    foreach ($places as &$place) {
        $place += $by;
    }
    return count($places);
}

function fill(array &...$lists): void
{
    foreach ($lists as $key => $list) {
        $lists[$key][] = count($list);
    }
}

final class Names
{
    public static int $made = 0;

    public function __construct(&...$names)
    {
        foreach ($names as &$name) {
            $name = 'name' . ++self::$made;
        }
    }

    public function swap(&$a, &...$others): array
    {
        [$a, $others[0]] = [$others[0], $a];
        return $others;
    }

    public static function clear(string &...$texts): void
    {
        foreach ($texts as &$text) {
            $text = '';
        }
    }
}

$x = 1;
$y = 2;
$z = ['in' => 3];
var_dump(bump(5, $x, $y, $z['in']), $x, $y, $z['in'], bump(1));
$one = [1];
$other = [1, 2];
fill($one, $other);
echo json_encode([$one, $other]), "\n";
$names = new Names($a, $c);
echo json_encode([$a, $c, Names::$made]), "\n";
echo json_encode([$names->swap($a, $c), $a, $c]), "\n";
Names::clear($a, $c);
var_dump($a, $c);
try {
    Names::clear($a, $x);
} catch (TypeError $e) {
    echo preg_replace('/, called in .*/', '', $e->getMessage()), "\n";
}
$f = function (&...$all): void {
    $all[1] = 'second';
};
$f($x, $y);
var_dump($x, $y);
call_user_func_array('bump', [2, &$y1, &$z['in']]);
echo json_encode([$y1, $z['in']]), "\n";
