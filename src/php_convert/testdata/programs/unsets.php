<?php

// Properties that are unset, walked over, cloned and returned by reference.

function attempt(callable $what) {
    try {
        $what();
    } catch (Error $e) {
        echo get_class($e), ": ", $e->getMessage(), "\n";
    }
}

class Point {
    public $x = 1;
    public int $y = 2;
    protected $z = 3;
    private $w = 4;
    public $v = 5;

    public function forget() {
        unset($this->w, $this->z);
        return $this;
    }

    public function walk() {
        foreach ($this as $name => $value) {
            echo "$name=$value ";
        }
        echo "\n";
    }
}

// What was unset and is set again stands where it stood.
$point = new Point;
unset($point->x, $point->y);
var_dump($point, isset($point->x), $point->x ?? "none");
$point->y = 20;
$point->x = 10;
var_dump($point);
$point->forget()->walk();
echo json_encode($point), " ", count((array) $point), "\n";
unset($point->x);
echo @$point->x++, "\n";
unset($point->x);
$point->x[] = 1;
unset($point->v);
attempt(function () use ($point) {
    $point->v->more = 1;
});
var_dump($point == new Point, $point);

// Magic methods are asked for what was unset.
class Magic {
    public $plain = 1;
    public int $typed = 2;
    private $kept = [];

    public function &__get($name) {
        echo "get $name\n";
        return $this->kept[$name];
    }
    public function __isset($name) {
        echo "isset $name\n";
        return true;
    }
    public function __unset($name) {
        echo "unset $name\n";
    }
}

$magic = new Magic;
unset($magic->plain);
unset($magic->plain);
var_dump(isset($magic->plain), empty($magic->plain));
$found = &$magic->plain;
$found = "found";
$more = &$magic->other;
$more = "more";
$hidden = &$magic->kept;
var_dump($magic->plain, $magic->other, $hidden);

// A loop may change the properties that are still to come.
$walked = new stdClass;
$walked->a = 1;
$walked->b = 2;
$walked->c = 3;
foreach ($walked as $name => $value) {
    echo "$name=$value ";
    if ($name == "a") {
        unset($walked->b);
        $walked->c = 30;
        $walked->d = 4;
    }
}
foreach ($walked as $name => &$value) {
    $value *= 2;
    if ($name == "c") {
        $walked->e = 5;
    }
}
unset($value);
echo json_encode($walked), "\n";

// A clone shares the references that something else holds when it is made, and keeps them.
$first = new Point;
$reference = &$first->x;
$second = clone $first;
unset($reference);
$second->x = "shared";
$third = clone $second;
$third->x = "of all";
echo $first->x, " ", $second->x, "\n";
$fourth = new Point;
$reference = &$fourth->x;
unset($reference);
$fifth = clone $fourth;
$fifth->x = "its own";
echo $fourth->x, "\n";
$number = &$fourth->y;
$sixth = clone $fourth;
unset($fourth->y);
attempt(function () use (&$number) {
    $number = "none";
});

// What is returned by reference is coerced where it is.
class Holder {
    public $count = "7";
    public array $items = [1];
    public ?string $text = null;

    public function &count(): int {
        return $this->count;
    }
    public function &items(): array {
        return $this->items;
    }
    public function &handed(): array {
        return $this->items();
    }
    public function &text(): ?string {
        try {
            return $this->text;
        } finally {
            echo "finally\n";
        }
    }
    public static function &kept(): int {
        static $value = 1;
        return $value;
    }
}

$holder = new Holder;
$count = &$holder->count();
$count++;
$items = &$holder->items();
$items[] = 2;
$handed = &$holder->handed();
$handed[] = 3;
$text = &$holder->text();
$text = "set";
$kept = &Holder::kept();
$kept++;
var_dump($holder->count, $holder->items, $holder->text, Holder::kept());

// Of what is no reference PHP complains.
set_error_handler(function ($level, $message, $file, $line) {
    echo "$line: $message\n";
    return true;
});

function &literal() {
    return 5;
}

function &nothing() {
    if (false) {
        return $none;
    }
}

function &handed_on($which) {
    return $which();
}

function &each_of(&$value) {
    yield $value;
    yield 2;
}

literal();
nothing();
handed_on('literal');
handed_on('time');
$value = 1;
foreach (each_of($value) as $one) {
    echo $one, "\n";
}

// An argument is refused where the function is declared.
function typed(
    int $number,
    array $list = []
) {
}

$closure = function (int $number) {
};
foreach ([fn() => typed("x"), fn() => typed(1, 2), fn() => typed(), fn() => $closure("x"),
    fn() => array_map($closure, ["x"])] as $call) {
    try {
        $call();
    } catch (TypeError $e) {
        echo $e->getLine(), ": ", preg_replace('/, called in .+(?= on line)|passed in .+(?= on line)/', '', $e->getMessage()), "\n";
    }
}

// What is unset in a loop, a try or a case is gone where that is reached again, or left.
function unsetInLoops(array $list): void
{
    $first = 'first';
    foreach ($list as $one) {
        echo $one, isset($first) ? " $first" : ' none', "\n";
        unset($first);
    }
    $turn = 2;
    $word = 'word';
    while ($turn-- > 0) {
        echo $word, "\n";
        unset($word);
    }
    for ($i = 0, $sum = 5; $i < 2; $i++) {
        echo $sum + 1, "\n";
        unset($sum);
    }
    $last = ['last'];
    do {
        echo count($last ?? []), "\n";
        unset($last);
    } while ($turn++ < 0);
}
function unsetInTry(bool $fails): bool
{
    $name = 'name';
    $other = 'other';
    try {
        unset($name);
        if ($fails) {
            throw new Exception('failed');
        }
        $name = 'again';
    } catch (Exception $e) {
        unset($other);
        echo $e->getMessage(), isset($name) ? ' set' : ' unset', "\n";
    } finally {
        echo $other ?? 'no other', "\n";
    }
    return isset($name);
}
function unsetInCase(int $way): string
{
    $text = 'text';
    switch ($way) {
        case 1:
            unset($text);
        case 2:
            return isset($text) ? 'there' : 'gone';
    }
    return $text;
}
unsetInLoops([1, 2]);
var_dump(unsetInTry(true), unsetInTry(false), unsetInCase(1), unsetInCase(2), unsetInCase(3));

// What array_walk() goes over may become another array, or none, and is no reference behind it.
$walked = [1, 2, 3];
array_walk($walked, function (&$value) {
    echo $value, ' ';
    if ($value == 2) {
        $GLOBALS['walked'] = [4, 5];
    }
    $value *= 10;
});
echo json_encode($walked), "\n";
attempt(function () {
    array_walk_recursive($GLOBALS['walked'], function () {
        $GLOBALS['walked'] = 1;
    });
});
$settings = new class {
    public int $limit = PHP_INT_MAX;
    public ?self $next = null;
    public $open = 1;
    protected $shut = 2;
    public function double() {
        foreach ($this as $name => &$value) {
            $value = $name === 'next' ? null : 2;
        }
    }
};
attempt(fn() => array_walk($settings, function (&$value) {
    $value = [];
}));
var_dump((array) $settings);

// A class without a name is called so in messages, without where it stands.
attempt(function () use ($settings) {
    $settings->limit++;
});
attempt(function () use ($settings) {
    $limit = &$settings->limit;
    $limit = 'much';
});
attempt(function () use ($settings) {
    $settings->next = &$settings->limit;
});
$settings->double();
var_dump((array) $settings);

// Offsets of strings are no objects.
$text = 'x';
attempt(function () use ($text) {
    $text[0]->size += 1;
});
attempt(function () use ($text) {
    $text[0]->size++;
});
attempt(function () use ($text) {
    unset($text[0]->size);
});

class Family {
    private $name = 'n';
    protected $kept = 'k';
    public $open = 'o';
    public function show() {
        echo get_class(new static), "\n";
    }
}
class Heir extends Family {
    public function __sleep() {
        return ["\0Family\0name", "\0*\0kept", 'open'];
    }
}
echo str_replace("\0", '~', serialize(new Heir)), "\n";
$heir = new Heir;
call_user_func([$heir, 'show']);

$shared = ['k' => 'v'];
$shared[] = &$shared['k'];
var_dump(array_map(null, $shared, [1]));
echo strip_tags("seen <?XML:NAMESPACE PREFIX = ST1 /><b>too</b><? not ?>."), "\n";
function counts(array $values) {
    $count = 1;
    for ($i = 0; $i < count($values); $i++) {
        var_dump($values[$i]) . "\n";
        $count++;
    }
}
counts([1, 'two']);
