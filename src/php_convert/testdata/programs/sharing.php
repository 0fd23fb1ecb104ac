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
