<?php
class Quiet
{
    private function secret(int $n) { return "secret $n"; }
    public static function twice(int $n) { return 2 * $n; }
    public function plain() { return 'plain'; }
    public function inside() { return [is_callable([$this, 'secret']), array_map([$this, 'secret'], [1, 2])]; }
}

class Any
{
    public function __call($name, $arguments) { return "$name(" . implode(', ', $arguments) . ')'; }
    public static function __callStatic($name, $arguments) { return "static $name(" . implode(', ', $arguments) . ')'; }
}

function attempt(callable $f)
{
    try {
        var_dump($f());
    } catch (Error $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

$quiet = new Quiet;
var_dump($quiet->inside());
var_dump(is_callable([$quiet, 'secret']), is_callable(['Quiet', 'plain']), is_callable('Quiet::twice'));
var_dump(array_map('Quiet::twice', [1, 2]), array_map(['Quiet', 'twice'], [3]));
var_dump(call_user_func([new Any, 'some'], 1, 2), call_user_func(['Any', 'other'], 3), call_user_func('Any::third'));
$f = [new Any, 'dynamic'];
var_dump($f('x'));
$f = ['Any', 'fixed'];
var_dump($f());
$f = [function ($x) { return $x + 1; }, '__invoke'];
var_dump($f(1));

attempt(fn() => call_user_func([$quiet, 'secret'], 1));
attempt(fn() => call_user_func(['Quiet', 'plain']));
attempt(fn() => call_user_func(['Nowhere', 'plain']));
attempt(fn() => call_user_func([1, 2, 3]));
attempt(fn() => call_user_func([null, 'x']));
attempt(fn() => call_user_func('nowhere'));
attempt(fn() => array_map('nowhere', []));
attempt(fn() => Closure::fromCallable(['Quiet', 'plain']));
attempt(fn() => [$quiet, 'secret'](1));
attempt(fn() => ['Quiet', 'plain']());
attempt(fn() => 'Nowhere::x'());
attempt(fn() => '\nowhere'());
attempt(fn() => [1]());
attempt(fn() => (123)());
$compact = 'compact';
attempt(fn() => $compact('a'));
attempt(fn() => new Closure);

// What is called may take its arguments by reference.
$add = function (&$n, $by = 1) { $n += $by; return $n; };
$count = 1;
$add($count);
$add->__invoke($count, 5);
$row = ['n' => 10];
$add($row['n']);
$add($made);
var_dump($count, $row, $made);

class Counter
{
    public $n = 0;
    public function add(&$n) { $n++; }
    public function all() { $this->add($this->n); $this->add($this->n); return $this->n; }
}
var_dump((new Counter)->all());

function &element(array &$list, $key) { return $list[$key]; }
$list = [1, 2];
$name = 'element';
$second = &$name($list, 1);
$second = 'changed';
var_dump($list);

// What a closure holds.
$start = 5;
print_r(function (int $a, &$b, ...$rest) use ($start, &$count) {});
class Maker
{
    public function make() { return fn($x) => $x; }
}
print_r((new Maker)->make());

// Static calls of the own class in closures, which know $this.
class Prices
{
    protected static function rounded(float $x): float { return round($x, 1); }
    public function sorted(array $list): array
    {
        usort($list, fn($a, $b) => self::rounded($a) <=> static::rounded($b));
        return array_map(fn($x) => array_sum(array_map(fn($y) => self::rounded($y), [$x, 1])), $list);
    }
    public function later(): Closure { return fn() => self::rounded(...); }
}
print_r((new Prices)->sorted([2.26, 1.04]));
var_dump((new Prices)->later()()(1.26));

// Callables that name a class are called on $this where they stand in its methods.
class Shape
{
    public static function made(): string { return 'made ' . static::class; }
    public function named(): string { return 'named ' . static::class; }
    public function ask(): array
    {
        $kept = [Shape::class, 'named'];
        return [
            call_user_func([self::class, 'made']),
            call_user_func(['Shape', 'named']),
            call_user_func_array('Shape::made', []),
            implode(',', array_map([self::class, 'named'], [1])),
            implode(',', array_map($kept, [1])),
            call_user_func([static::class, 'made']),
            call_user_func('self::named'),
            is_callable([self::class, 'named']),
            Closure::fromCallable([__CLASS__, 'named'])(),
        ];
    }
    public static function asked(): array
    {
        return [
            call_user_func([self::class, 'made']),
            call_user_func('self::made'),
            array_map('static::made', []),
        ];
    }
}
class Ring extends Shape
{
    public function named(): string { return 'ring, ' . parent::named(); }
    public function above(): string
    {
        return call_user_func('parent::named') . ', ' . call_user_func([parent::class, 'made']);
    }
}
class Anything
{
    public function __call($name, $given) { return "->$name"; }
    public static function __callStatic($name, $given) { return "::$name"; }
    public function ask(): array { return [call_user_func(['ANYTHING', 'a']), call_user_func('Anything::b')]; }
    public static function asked(): string { return call_user_func([self::class, 'c']); }
}
print_r((new Ring)->ask());
print_r(Ring::asked());
echo (new Ring)->above(), "\n";
print_r((new Anything)->ask());
echo Anything::asked(), "\n";

// Where there is no $this, no method of an object can be called by its class.
class Still
{
    private static function hidden() {}
    public function moves() {}
    public static function asked(): array
    {
        $ask = static fn($what) => is_callable($what);
        return [
            is_callable([self::class, 'moves']), is_callable([static::class, 'asked']), is_callable('self::hidden'),
            is_callable('Still::nowhere'), is_callable([self::class, 'hidden']), $ask([self::class, 'moves']),
            $ask('Still::asked'), is_callable('nowhere'), is_callable('strlen'), is_callable(['Nowhere', 'asked']),
        ];
    }
}
class Stiller extends Still
{
    public static function calls(): array
    {
        return [is_callable('static::calls'), is_callable('parent::moves'), is_callable([parent::class, 'hidden'])];
    }
}
echo json_encode([Still::asked(), Stiller::asked(), Stiller::calls()]), "\n";
