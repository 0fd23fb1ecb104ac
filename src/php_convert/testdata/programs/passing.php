<?php
namespace Shop\Cart;

// What is passed to a parameter that wants something else.

function attempt(callable $what): void {
    try {
        var_dump($what());
    } catch (\Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

function whole(int $n): int {
    return $n;
}

function both(int $n, string $text): void {
}

class Item {
    public static function of(int $n = 1, Item ...$more): int {
        return $n;
    }
    public function compacted() {
        return [compact('this') !== [], (static fn() => compact('this'))()];
    }
    public function named($name) {
        return $$name === $this;
    }
}

function heap(array &$list): array {
    return $list;
}

function changed(&$value) {
    $value = 9;
    return 1;
}

// A lossy conversion is reported where the function is declared.
attempt(fn() => whole(1.5));
attempt(fn() => whole('2.5'));
attempt(fn() => Item::of(3.5));
attempt(fn() => array_map('Shop\Cart\whole', [4.5]));
foreach (['whole', 'Item'] as $name) {
    $name = __NAMESPACE__ . '\\' . $name;
    attempt(fn() => is_callable($name) ? $name(6.5) : $name::of(7.5));
}

// Types are looked at before the number of arguments, one after the other.
attempt(fn() => both('x'));
attempt(fn() => both(1));
attempt(fn() => Item::of(1, false));
attempt(fn() => array_map('Shop\Cart\whole', ['x']));

// A parameter by reference wants a variable; of what a function gives it takes the value.
attempt(fn() => changed(strtolower('A')));
attempt(fn() => changed(new Item()));
attempt(fn() => changed(5));
attempt(fn() => changed($given = 5));
attempt(fn() => end(explode(',', 'a,b')));
attempt(fn() => array_pop($given = [1]));
attempt(fn() => call_user_func('Shop\Cart\changed', 5));
function found(string $text, &$where = null): bool {
    $where = 1;
    return true;
}
$found = 'Shop\Cart\found';
attempt(fn() => $found('text'));
attempt(fn() => call_user_func($found, 'text'));
$heap = 'Shop\Cart\heap';
$none = false;
attempt(function () use ($heap, $none) {
    return $heap($none);
});

// What there is not is called by its full name.
attempt(fn() => value());
attempt(fn() => \value());
attempt(fn() => Deep\value());
attempt(fn() => namespace\value());
attempt(fn() => VALUE);
attempt(fn() => Deep\VALUE);

$item = new Item();
var_dump($item->compacted(), $item->named('this'));

// A text that grows keeps what it was.
$text = str_repeat('-', 300);
$before = $text;
for ($i = 0; $i < 3; $i++) {
    $text .= $i;
    $other = $text;
    $other .= 'x';
}
var_dump(substr($text, -4), substr($other, -4), strlen($before));

// A reference that another function gives is handed on.
function &place()
{
    static $place = 1;
    return $place;
}

function &handed()
{
    return place();
}
$handed = &handed();
$handed = 'changed';
echo place(), "\n";

// What is walked over is no reference afterwards.
class Walked
{
    private $own = 1;
    public int $typed = 2;

    public function show()
    {
        return json_encode(get_object_vars($this));
    }
}

class Shadowing extends Walked
{
    public $own = 'other';
}
$walked = new Walked();
try {
    array_walk($walked, function (&$value) {
        $value = is_int($value) && $value < 2 ? 7 : [];
    });
} catch (\TypeError $e) {
    echo $e->getMessage(), "\n";
}
var_dump((array) $walked);
echo (new Shadowing())->show(), "\n";
echo strip_tags('a<?XML b /><b>c</b>'), strip_tags('<?xml d>e'), "\n";
