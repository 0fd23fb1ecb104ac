<?php
// What only one element holds is no reference any more.
$list = [1, 2, 3];
$r = &$list[0];
$r = &$list[1];
$copy = $list;
$copy[0] = 10;
$copy[1] = 20;
var_dump($list);
unset($r);
var_dump($list);
foreach ($list as &$item) {
    $item *= 2;
}
unset($item);
var_dump($list);

// A reference to a typed property takes what the property takes.
class Account
{
    public int $cents = 0;
    public ?string $note = null;
    public int|float $rate = 1;
    public static int $count = 0;
}

$account = new Account;
$cents = &$account->cents;
$cents = '250';
var_dump($account->cents);
try {
    $cents = 'many';
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
$cents = PHP_INT_MAX;
try {
    $cents++;
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
try {
    $account->cents++;
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
$account->rate = PHP_INT_MAX;
$account->rate++;
var_dump($account->rate);
$all = [&$account->note];
try {
    $all[0] = [];
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
$count = &Account::$count;
try {
    $count = 'x';
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
$text = 'abc';
try {
    $account->cents = &$text;
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
foreach ($account as $name => &$value) {
    try {
        $value = new stdClass;
    } catch (TypeError $e) {
        echo $e->getMessage(), "\n";
    }
}

// Parameters by reference are coerced where they are.
function whole(int &$n): void
{
}

$number = '12';
whole($number);
var_dump($number);
try {
    whole($list);
} catch (TypeError $e) {
    echo preg_replace('/, called.*/', '', $e->getMessage()), "\n";
}

// Destructuring by reference.
$pair = ['a' => 1, 'b' => [2, 3]];
['a' => &$first, 'b' => [, &$last]] = $pair;
$first = 'one';
$last = 'three';
var_dump($pair['a'], $pair['b']);

// What merges and replaces arrays hands references on, and writes through none.
$shared = 1;
$inner = ['deep' => 1];
$held = ['one' => &$shared, 'list' => &$inner, &$shared];
$merged = array_merge_recursive(['zero' => 0], $held, ['list' => ['deep' => 2]]);
$replaced = array_replace_recursive($held, ['one' => 'other', 'list' => ['deep' => 3]]);
$shared = 'changed';
$inner['more'] = 4;
echo json_encode([$merged, $replaced, $held]), "\n";
$itself = [];
$holder = ['key' => &$itself];
$itself = array_merge_recursive($itself, $holder);
try {
    array_merge_recursive($itself, $holder);
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
unset($itself['key']);

// A reference ends with the variable of the function that made it.
function lent(): array
{
    $local = 1;
    return ['k' => &$local];
}

class Keeper
{
    private array $kept = [];
    public function keep(&$place): static
    {
        $this->kept[] = &$place;
        return $this;
    }
    public function all(): array { return $this->kept; }
}

function kept(): array
{
    $own = 5;
    return (new Keeper())->keep($own)->all();
}

$first = lent();
$second = $first;
$second['k'] = 2;
$third = kept();
$fourth = $third;
$fourth[0] = 6;
var_dump($first, $third, lent());

// Each holder of an array has its own, where it came from a static property, a constant, an assignment or a stack too.
class Shelf
{
    public const ORDER = [3, 1, 2];
    public static array $books = ['b' => [3, 1], 'a' => [2, 0]];
    public static ?array $cache = null;
    private array $kept = [];

    public static function books(): array { return self::$books; }
    public function keep(string $key, array $value): array { return $this->kept[$key] = $value; }
    public function kept(): array { return $this->kept; }
}

function of_static(): array
{
    $sorted = Shelf::$books;
    ksort($sorted);
    $sorted['a'][] = 9;
    $given = Shelf::books();
    array_pop($given);
    $cached = Shelf::$cache ?? Shelf::$books;
    sort($cached);
    $both = ['one' => Shelf::$books, 'two' => Shelf::$cache = [7, 6]];
    sort($both['one']);
    sort($both['two']);
    foreach ([Shelf::$books, Shelf::$cache] as $one) {
        sort($one);
    }
    return [Shelf::$books, Shelf::$cache];
}

function of_assignments(): array
{
    $shelf = new Shelf();
    $made = $shelf->keep('k', [2, 1]);
    sort($made);
    $list = [];
    $first = $list['x'] = [2, 1];
    sort($first);
    $second = $list[] = [4, 3];
    sort($second);
    $deep['p']['q'] = $top = $list;
    sort($deep['p']['q']['x']);
    $end = end($list);
    sort($end);
    $again = reset($list);
    $again[] = 5;
    $order = constant('Shelf::ORDER');
    sort($order);
    return [$shelf->kept(), $list, $top, Shelf::ORDER];
}

function of_stacks(): array
{
    $rows = [[3, 1, 2], [2, 1], [5, 4]];
    $stack = $rows;
    while ($row = array_pop($stack)) {
        sort($row);
    }
    $queue = $rows;
    while ($row = array_shift($queue)) {
        sort($row);
    }
    $ordered = $rows;
    array_multisort($ordered);
    $ordered[0][] = 7;
    $parts = $rows;
    $out = array_splice($parts, 0, 1);
    sort($out[0]);
    $parts[0][] = 8;
    $mixed = $rows;
    shuffle($mixed);
    $mixed[0][] = 6;
    $mixed[1][] = 6;
    return $rows;
}

echo json_encode([of_static(), of_assignments(), of_stacks()]), "\n";

// What += and ??= give is as much another's own.
class Sums
{
    public array $list = ['a' => [1]];
    public static array $all = ['a' => [1]];

    public function grown(): array
    {
        $one = $this->list += ['b' => [2]];
        $one['b'][] = 'one';
        $two = self::$all += ['b' => [3]];
        $two['b'][] = 'two';
        return [$one, $two, $this->list += ['c' => 4], self::$all];
    }
}

function sums(): array
{
    $rows = ['a' => [1]];
    $part = $rows['a'] += [1 => [2]];
    $part[1][] = 'part';
    $whole = $rows += ['b' => [3]];
    $whole['b'][] = 'whole';
    return [$rows, $part, $whole];
}

function each_doubled(array $first, array ...$rest): array
{
    foreach ($rest as &$one) {
        $one[] = 'changed';
    }
    return [$rest, func_get_args()];
}

$sums = new Sums();
$grown = $sums->grown();
$grown[2]['b'][] = 'result';
echo json_encode([$grown, $sums, Sums::$all, sums(), each_doubled(...[[1], [2], [3]])]), "\n";
