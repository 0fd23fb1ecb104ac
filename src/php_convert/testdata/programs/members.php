<?php

// Interfaces in PHP's order; what properties begin with, whatever they hold.
interface Base {}
interface Sized extends Base, Countable {}
interface Whole extends Sized, IteratorAggregate {}
class Simple implements Base, JsonSerializable
{
    public static $made = 0;
    public static $list = [];
    protected static $hidden = 1;
    public $plain = 3;
    public int $typed;
    public float $wide = 1;
    public function jsonSerialize(): mixed { return 1; }
    public function __toString() { return ''; }
}
class Full extends Simple implements Whole, ArrayAccess
{
    public static $made = Simple::class . '!';
    public function count(): int { return 1; }
    public function getIterator(): Iterator { return new ArrayIterator; }
    public function offsetGet($o): mixed { return 1; }
    public function offsetSet($o, $v): void {}
    public function offsetExists($o): bool { return false; }
    public function offsetUnset($o): void {}
}
enum Level: int implements Sized
{
    use Helper;
    case Low = 1;
    case High = 2;
    public function count(): int { return 1; }
}
// What PHP itself gives an enum stays.
trait Helper
{
    public static function cases(): array { return []; }
    public static function from(int $x): int { return $x; }
    public function shown() { return $this->name; }
}
class Chain extends ArrayIterator implements Base {}
foreach (['Whole', 'Simple', 'Full', 'Level', 'Chain', 'SplStack', 'SplMinHeap', 'Exception', 'RuntimeException',
          'OutOfBoundsException', 'Generator'] as $name) {
    echo $name, ': ', implode(' ', class_implements($name)), "\n";
}
Simple::$made = 5;
Simple::$list[] = 1;
Full::$made .= '?';
var_dump(get_class_vars('Simple'), get_class_vars('Full'));
echo count(Level::cases()), Level::from(2)->shown(), "\n";
print_r(array_unique(['b' => Level::High, 'a' => Level::Low, 'c' => Level::High, 'd' => Level::Low], SORT_REGULAR));

// A promise of one trait that another keeps.
trait Promise
{
    abstract public function kept(string $x): string;
    public function ask() { return $this->kept('x'); }
}
trait Keeps
{
    public function kept(string $x): string { return "kept $x"; }
}
class Keeper
{
    use Promise, Keeps;
}
echo (new Keeper)->ask(), ' ', implode(' ', get_class_methods('Keeper')), "\n";

// What is not initialised becomes an array where its type allows one.
class Cache
{
    private static array $all;
    public static ?array $some;
    public static ?string $text;
    public ?string $word;
    public array $list;
    public static function add($k, $v)
    {
        self::$all[$k] = $v;
        self::$all[] = $v;
        self::$some['deep'][] = $v;
        return [self::$all, self::$some];
    }
}
print_r(Cache::add('k', 1));
$cache = new Cache;
$cache->list['a'][] = 1;
print_r($cache->list);
foreach ([fn() => $cache->word[] = 'x', fn() => Cache::$text[] = 'x', fn() => $cache->word, fn() => Cache::$text] as $f) {
    try {
        $f();
    } catch (Error $error) {
        echo get_class($error), ': ', $error->getMessage(), "\n";
    }
}
$kept = [];
$cache->word = null;
$kept[0] = &$cache->word;
var_dump($kept[0] = 5, $cache->word);

// Arguments by name for what takes every name.
class Any
{
    public function __call($name, $arguments) { return $name . json_encode($arguments); }
    public static function __callStatic($name, $arguments) { return $name . json_encode($arguments); }
}
$any = new Any;
echo $any->x(k: 1), $any->y(1, ...['z' => 2]), Any::s(q: 3), "\n";
echo call_user_func_array([$any, 'f'], ['k' => 1]), call_user_func_array('Any::g', [1, 'k' => 2]), "\n";
echo call_user_func([$any, 'h'], 1, p: 2), "\n";

// Elements of a list are taken before the keys they go to are worked out.
$i = 0;
$a = [['b' => 'bar', 'a' => 'foo'], 'a', 3 => 'b'];
list($a[$i++] => $a[$i++], $a[$i++] => $a[$i++]) = $a[$i++];
var_dump($i, $a[2], $a[4]);
function say($x) { echo "$x "; return $x; }
class Source implements ArrayAccess
{
    public function offsetGet($o): mixed { return say("get $o"); }
    public function offsetSet($o, $v): void { say("set $o"); }
    public function offsetExists($o): bool { return true; }
    public function offsetUnset($o): void {}
}
$made = [];
[$made[say('first')], $made[say('second')]] = new Source;
echo json_encode($made), "\n";

// A text is what __toString() must give, whether it says so or not.
class Five
{
    public function __construct(private $text) {}
    public function __toString() { return $this->text; }
}
class None
{
    public function __toString() {}
}
var_dump((string) new Five(5), (new Five(1.5))->__toString(), new Five(true) . '');
foreach ([new Five(null), new Five([1]), new None] as $one) {
    try {
        echo "$one\n";
    } catch (TypeError $e) {
        echo $e->getMessage(), "\n";
    }
}

// Outside of every function.
class Named
{
    const WHERE = [__METHOD__, __FUNCTION__, __CLASS__];
    public $where = __METHOD__ . __FUNCTION__ . __CLASS__;
    public function within() { return __METHOD__ . ' ' . __FUNCTION__; }
}
echo json_encode(Named::WHERE), (new Named)->where, ' ', (new Named)->within(), "\n";
var_dump(method_exists(Closure::class, '__INVOKE'), method_exists('Named', 'WITHIN'));

// What __debugInfo() says of visibility, and functions that give nothing.
class Shown
{
    private $secret = 1;
    protected $kept = 2;
    public $open = 3;
    public function __debugInfo() { return (array) $this + ['more' => 4, 7 => 5]; }
}
print_r(new Shown);
function nothing($x) { $x = 1; }
$none = nothing(5);
var_dump($none);
function keepsNothing() { $none = nothing(1); return [$none, nothing(2) ?? 'instead']; }
var_dump(keepsNothing());
enum Wrong: int
{
    case Right = 1;
    const TEXT = 'text';
    case Other = self::TEXT;
}
try {
    Wrong::from(2);
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
$case = Level::High;
try {
    foreach ([5] as &$case->value) {}
} catch (Error $e) {
    echo $e->getMessage(), ' ', Level::High->value, "\n";
}
print_r([nothing(...), (new Named)->within(...), strlen(...), fn($x) => 1]);
