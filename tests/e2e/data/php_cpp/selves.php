<?php

// The file's own static variables are global ones.
static $kept, $kept = -1;
global $kept;
var_dump($kept, $GLOBALS['kept']);

// A value that is what its place is part of.
$nested = [[]];
$nested[0][0] = $nested;
$lists = [[]];
$lists[0][] = $lists;
var_dump($nested, $lists);

// References are there before the place they are bound to, keys before the place that is taken apart.
$bound = [];
$bound[''][0] = &$bound[0];
$bound[0] = 42;
$bound['more'][] = &$bound[1];
var_dump($bound);
$taken = [[0, 1]];
[[0 => &$one, ($taken['late'] = 1) => &$two]] = $taken;
var_dump($taken, $one, $two);

// What is on the way to what is unset is made where PHP makes it.
$way = new stdClass;
unset($way->b->c->d);
unset($way->list['k']->d);
var_dump($way);

// Constants say how their declaration writes their class.
class Turning
{
    public const A = [...self::B];
    public const B = [...self::A];
}
class Lowest
{
    public const ABOVE = parent::C;
}
class Ring
{
    public function named($name)
    {
        return [$$name, $$name ?? null];
    }
}
foreach ([fn() => Turning::A, fn() => Lowest::ABOVE] as $read) {
    try {
        var_dump($read());
    } catch (Error $e) {
        echo $e->getMessage(), "\n";
    }
}
$ring = new Ring;
var_dump($ring->named('this') === [$ring, $ring]);
try {
    $none = null;
    Ring::{$none?->name}();
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}

// Properties whose names hold NULs: of a class without a name, and of none.
echo preg_match('/"foo":"class@anonymous":private/', (function () {
    ob_start();
    var_dump(new class { private $foo; });
    return ob_get_clean();
})()), "\n";
foreach ((object)["\0A\0b" => 42, "\0*\0c" => 24] as $key => $value) {
    echo $key, '=', $value, "\n";
}

// An alias is the class itself.
class_alias('Ring', 'Hoop');
class Bracelet extends Hoop {}
var_dump(is_subclass_of(new Bracelet, 'Hoop'), is_subclass_of(new Hoop, 'Ring'), is_a(new Ring, 'hoop'));

// Of a string that match has no arm for, the first bytes are shown.
foreach ([str_repeat('e', 15), str_repeat("e\n", 10), "it's \\ \x1b\x01\xff"] as $subject) {
    try {
        echo match ($subject) {};
    } catch (UnhandledMatchError $e) {
        echo $e->getMessage(), "\n";
    }
}
