<?php

// What is read, bound or walked over while something else changes it.

function show(...$values) {
    echo json_encode($values), "\n";
}

function attempt(callable $what) {
    try {
        $what();
    } catch (Error $e) {
        echo get_class($e), ": ", $e->getMessage(), "\n";
    }
}

// Arguments and elements are read in turn, operands when the operator is reached.
function order() {
    $i = 1;
    show($i, $i++, $i);
    show([$i, $i = 9, $i], max($i, --$i));
    $text = "a";
    show($text, $text .= "b", str_replace($text, $text = "c", "ab"));
    echo $i . $i++, " ", $i + $i++, "\n";
}

order();

// An array that takes the place of the one that is walked over.
$walked = [1, 2, 3];
$rounds = 0;
foreach ($walked as &$one) {
    echo $one, " ";
    if (++$rounds == 2) {
        $walked = [7, 8];
    }
}
unset($one);
echo "\n";
$walked = [1, 2, 3];
foreach ($walked as &$one) {
    echo $one, " ";
    $walked = 5;
}
unset($one);
$walked = [1, 2, 3];
array_walk($walked, function (&$value) {
    echo $value, " ";
    if ($value == 2) {
        $GLOBALS['walked'] = [4, 5];
    }
    $value *= 10;
});
show($walked);
attempt(function () {
    array_walk($GLOBALS['walked'], function () {
        $GLOBALS['walked'] = 1;
    });
});

// References: the one that is bound is there before the place it is bound to.
$grown = [];
$grown[''][0] = &$grown[0];
$grown[0] = 42;
var_dump($grown);

class Typed {
    public static int $x = 0;
    public int $lazy = 1;
    public $given = "42";
    public function &__get($name) {
        return $this->given;
    }
}

class Untyped {
    public static $y = 1;
}

$x = &Typed::$x;
Typed::$x = &Untyped::$y;
$x = "free";
show($x, Typed::$x);
$typed = new Typed;
unset($typed->lazy);
$lazy = &$typed->lazy;
var_dump($lazy, $typed->given);

function hold(&$array, &$element) {
    var_dump($array, $element);
}

$held = [1];
hold($held, $held[0]);
var_dump($held);

class Filled {
    public $a;
    public static function from(array $values) {
        $made = new Filled;
        foreach ($values as $name => &$value) {
            $made->{$name} = &$value;
        }
        return $made;
    }
}

var_dump((array) Filled::from(['a' => 'foo']));

$shared = [1, 'k' => 2];
$shared[] = &$shared[0];
var_dump(array_map(null, $shared, [3]));

// What unset() makes, and complains of, on its way.
$object = new stdClass;
unset($object->b->c->d);
unset($object->e['f']->g, $missing['a']['b']);
var_dump((array) $object);
attempt(function () {
    $number = 5;
    unset($number['a']['b']);
});
attempt(function () {
    $text = "abc";
    unset($text[0]->p);
});
attempt(function () {
    $text = "abc";
    $text[0]->p += 1;
});
attempt(function () {
    $text = "abc";
    $text[0]->p++;
});
attempt(function () {
    $none = [];
    $none['k']->p .= "x";
});

// Arrays that hold themselves.
$loop = [];
$loop[] = &$loop;
attempt(fn() => array_replace_recursive([[[[]]]], $loop));
$named = [];
$named['key'] = &$named;
attempt(fn() => array_merge_recursive($named, $named));

// Errors of what is not there.
function by_reference($value, &$reference = null) {
    return func_num_args();
}

attempt(fn() => by_reference(1, reference: 42));

function collect($first, ...$more) {
    return $more;
}

attempt(fn() => collect(...['first' => 1, 2]));

class Elements implements ArrayAccess {
    public function offsetExists($key): bool {
        return true;
    }
    public function offsetGet($key): mixed {
        echo "get $key\n";
        return 1;
    }
    public function offsetSet($key, $value): void {
        echo "set $key\n";
    }
    public function offsetUnset($key): void {
    }
}

$elements = new Elements;
$elements['a'] += 1;
show($elements['a']++);
$numbered = new stdClass;
$numbered->{5} = 1;
foreach ($numbered as $key => $value) {
    var_dump($key);
}

class K {
    const A = [self::B];
    const B = [self::A];
    const C = K::C;
}

attempt(fn() => K::A);
attempt(fn() => K::C);
foreach ([null, 5, "", []] as $name) {
    attempt(fn() => K::{$name}());
}

function noisy($value) {
    echo "worked out\n";
    return $value;
}

function refused($text) {
    return str_repeat($text, noisy(2));
}

attempt(fn() => refused([]));

// A chain behind ?-> is null as a whole, and nothing of it is worked out.
class Link {
    public $next;
    public $items = ['k' => 5];
    public function follow() {
        return $this->next;
    }
    public function give($value) {
        return $value;
    }
}

$link = new Link;
$none = null;
show($none?->next->next, $none?->items['k']['z'], $none?->follow()->give(noisy(1)), $link?->items['k'],
    $link->next?->items['k'], $link?->follow()?->give(noisy(2))->more, isset($none?->next->next), empty($none?->items['k']));

// The variables of extract() and the elements they are made of.
function extracted() {
    $from = ['x' => 1, 'y' => 2];
    $x = 5;
    show(extract($from, EXTR_REFS), $x);
    $x = 7;
    $y++;
    var_dump($from);
}

extracted();
parse_str('a=1&b[]=2&b[k]=3', $query);
show($query);

// Methods that are generators, or take their arguments as they come, call each other.
class Series {
    public function each() {
        foreach ([1, 2, 3] as $one) {
            yield $one => $one * 2;
        }
    }
    public function count() {
        return func_num_args();
    }
    public function many(callable $which) {
        foreach ($this->each() as $key => $one) {
            if ($which($one)) {
                yield $key => $one + $this->count(1, 2);
            }
        }
    }
    public static function &shared() {
        static $value = 1;
        return $value;
    }
}

show(iterator_to_array((new Series)->many(fn($one) => $one > 2)));
$value = &Series::shared();
$value = 5;
show(Series::shared());
attempt(fn() => clone (new Series)->each());
attempt(function () {
    $text = "abc";
    $byte = &$text[0];
});
attempt(function () {
    $class = 5;
    new $class;
});
attempt(fn() => $none::class);

// Iterations end behind an element that was taken out.
$list = new SplDoublyLinkedList;
foreach ([1, 2, 3] as $value) {
    $list->push($value);
}
foreach ($list as $key => $value) {
    echo "$key=>$value ";
    if ($value == 1) {
        $list->shift();
    }
}
echo "\n";
show(json_encode([1], 0, PHP_INT_MAX));
date_default_timezone_set('America/Sao_Paulo');
echo date('T P', 0), "\n";
