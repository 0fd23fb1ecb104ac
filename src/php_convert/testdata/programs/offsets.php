<?php
// Offsets that there are not, and what PHP says of them.

function attempt(callable $what): void {
    try {
        var_dump($what());
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

$text = 'x';
$list = [];
$map = ['k' => 1];
$nothing = null;
attempt(fn() => $text['name']);
attempt(fn() => $text['name']['of']);
attempt(fn() => $text['1x']);
attempt(fn() => $text[1.7] ?? 'none');
attempt(fn() => isset($text[0.5]));
attempt(fn() => isset($text['0 ']));
attempt(fn() => $text[$list]);
attempt(fn() => isset($map[$list]));
attempt(fn() => empty($map[$list]));
attempt(fn() => isset($map[$list]['k']));
attempt(fn() => $map[$list] ?? 'none');
attempt(fn() => $map[$list]);
attempt(fn() => isset($nothing[$list]));
attempt(function () use ($text) {
    $text['k']['j'] = 'y';
});
attempt(function () use ($text) {
    $text[2] = 'yes';
    return $text;
});
attempt(function () use ($map, $list) {
    unset($map[$list]);
});
attempt(function () use ($map, $list) {
    $map[$list] = 1;
});

// A key is made of a float once, however often the element is used.
$count = [0 => 5];
$count[0.5]++;
$count[0.5] += 2;
var_dump($count);

// An expression that is no pattern leaves null.
preg_match('', 'x', $found);
var_dump($found);
$pattern = '/x/';
preg_match($pattern, 'x', $found);
var_dump($found, json_encode(preg_match_all($pattern, 'xx', $all)), $all);

// An object that takes elements stays what the variable holds, unless it changes that itself.
class Taker implements ArrayAccess {
    public function offsetExists($key): bool {
        return true;
    }
    public function offsetGet($key): mixed {
        return $key;
    }
    public function offsetSet($key, $value): void {
        $GLOBALS['taker'] = 24;
    }
    public function offsetUnset($key): void {
    }
}
$taker = new Taker();
$taker['a'] = 1;
var_dump($taker);
static $kept = -1;
var_dump($GLOBALS['kept']);

// The class of a private property that has no name goes by what may be seen of it.
print_r(new class {
    private $hidden = 1;
});
