<?php

// Closures that get another object and another class.
class Account
{
    private const RATE = 3;
    protected static int $opened = 7;
    private string $owner;

    public function __construct(string $owner)
    {
        $this->owner = $owner;
    }

    public function greeting(): Closure
    {
        return function (string $word = 'Hello') {
            return "$word, {$this->owner}";
        };
    }

    public static function counter(): Closure
    {
        return static fn () => static::class . ' ' . self::$opened;
    }

    private function secret(int $n): string
    {
        return $this->owner . ' ' . $n;
    }
}

class Savings extends Account
{
    public string $note = 'kept';
}

final class Macros
{
    private array $known = [];
    private string $name = 'macros';

    public function macro(string $name, Closure $body): void
    {
        $this->known[$name] = $body;
    }

    public function __call(string $name, array $arguments)
    {
        $bound = $this->known[$name]->bindTo($this, static::class);
        return $bound(...$arguments);
    }

    public static function make(Closure $body)
    {
        return Closure::bind($body, null, static::class)();
    }
}

class Readers
{
    private string $owner = 'reader';

    public function read(object $from)
    {
        $inner = fn () => fn () => $this->owner;
        return $inner->call($from)();
    }
}

// The private parts of an object, from outside.
$ann = new Account('Ann');
$bob = new Savings('Bob');
$owner = function () {
    return $this->owner;
};
echo $owner->bindTo($ann, Account::class)(), "\n";
echo Closure::bind($owner, $bob, Account::class)(), "\n";
echo $owner->call($ann), "\n";
$secret = fn (int $n) => $this->secret($n) . ' ' . self::RATE . ' ' . static::class . ' ' . get_class($this);
echo $secret->call($ann, 4), "\n";
echo Closure::bind($secret, $bob, Account::class)('5'), "\n";

// Writing, by reference too.
$rename = function (string $to) {
    $old = $this->owner;
    $this->owner = $to;
    self::$opened++;
    return $old;
};
echo $rename->call($ann, 'Anna'), ' ', $owner->call($ann), "\n";
$peek = function &() {
    return $this->owner;
};
$peek = Closure::bind($peek, $ann, $ann);
$place = &$peek();
$place = 'Annabel';
echo $owner->call($ann), "\n";
echo Account::counter()(), ' ', Closure::bind(Account::counter(), null, Savings::class)(), "\n";

// What was captured stays.
$count = 0;
$step = 2;
$add = function () use (&$count, $step) {
    $count += $step;
    return $this->owner . $count;
};
echo $add->call($ann), ' ', $add->bindTo($bob, Account::class)(), ' ', $count, "\n";

$calls = function () {
    static $n = 0;
    return ++$n . static::class;
};
echo $calls->call($ann), ' ', $calls->call($bob), "\n";

// Another object, the same class.
echo $ann->greeting()->bindTo(new Account('Cid'))('Hi'), "\n";
echo $ann->greeting()->bindTo(new Savings('Dot'))(), "\n";
echo (new Readers())->read(new Readers()), "\n";

// Macros.
$macros = new Macros();
$macros->macro('shout', function (string ...$words) {
    return strtoupper($this->name . ' ' . implode(' ', $words));
});
$macros->macro('nested', fn () => array_map(fn ($n) => $n . $this->name, [1, 2]));
echo $macros->shout('and', 'more'), "\n";
echo implode(',', $macros->nested()), "\n";
echo Macros::make(fn () => self::class . ' ' . static::class . ' ' . (isset($this) ? 'with' : 'without')), "\n";

// Generators.
$walk = function () {
    foreach ([1, 2] as $n) {
        yield $n => $this->owner;
    }
};
foreach ($walk->call($bob, 1) ?? [] as $n => $name) {
    echo "$n $name\n";
}
foreach (Closure::bind($walk, $ann, Account::class)() as $n => $name) {
    echo "$n $name\n";
}

// Without an object.
$plain = function () {
    return isset($this) ? 'bound' : 'free';
};
echo $plain(), ' ', $plain->bindTo($ann)(), "\n";
var_dump($plain->bindTo($ann)->bindTo(null));
foreach (['this' => fn () => $this, 'self' => fn () => self::class, 'static' => fn () => new static(), 'parent' => fn () => parent::class] as $what => $f) {
    try {
        $f();
    } catch (Error $e) {
        echo $what, ': ', $e->getMessage(), "\n";
    }
}
try {
    echo $owner->bindTo($ann)();
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
try {
    $add->call(null);
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
try {
    $add->bindTo('x');
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
try {
    $add->bindTo($ann, []);
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
try {
    Closure::bind('strlen', null);
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
try {
    $secret->call($ann);
} catch (ArgumentCountError $e) {
    echo $e->getMessage(), "\n";
}

// What PHP does not bind.
var_dump($owner->bindTo($ann, 'NoSuch'));
var_dump($owner->bindTo($ann, 'stdClass'));
var_dump($ann->greeting()->bindTo(null));
var_dump((static fn () => 1)->bindTo($ann));
var_dump((static fn () => 1)->call($ann));
var_dump(Closure::fromCallable('strtoupper')->bindTo(null, Account::class));
echo Closure::bind(strrev(...), null)('abc'), "\n";
$method = Closure::fromCallable([$ann, 'greeting']);
echo $method->bindTo($bob)()(), "\n";
var_dump($method->bindTo(null));
var_dump($method->bindTo(new Readers()));
var_dump($method->bindTo($bob, Savings::class));
echo $owner->bindTo($ann, 'account')(), "\n";
