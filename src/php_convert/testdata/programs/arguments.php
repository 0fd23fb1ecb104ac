<?php
// The object is there before its arguments.
class Pair
{
    public function __construct(public $left, public $right)
    {
    }
}

var_dump(new Pair(new Pair(1, 2), 3));

// Named arguments that no parameter takes come into the variadic one under their names.
function shown(int $first, string ...$rest)
{
    return [$first, $rest, func_num_args()];
}

var_dump(shown(1, 'a', last: 'z'), shown(...['first' => 2, 'x' => 'y']));
try {
    shown(1, 'a', []);
} catch (TypeError $e) {
    echo preg_replace('/, called.*/', '', $e->getMessage()), "\n";
}

// What PHP's own functions take by reference is known where others are spread.
$list = [1];
array_push($list, ...[2, 3]);
$rows = ['a' => [1]];
array_unshift($rows['a'], ...[8, 9]);
var_dump($list, $rows);

class Bag
{
    private array $items = [];

    public function add(...$items): static
    {
        array_push($this->items, ...$items);
        return $this;
    }

    public function all(): array
    {
        return $this->items;
    }
}

var_dump((new Bag)->add(1)->add('b', 'c')->all());

// PHP's own classes with methods of the program in the place of theirs.
class Doubled extends ArrayIterator
{
    public function current(): mixed
    {
        return 2 * parent::current();
    }

    public function offsetGet($key): mixed
    {
        return "at $key";
    }
}

$doubled = new Doubled([1, 2]);
foreach ($doubled as $value) {
    echo $value, "\n";
}
echo $doubled['x'], "\n";
$object = new ArrayObject(['deep' => []]);
$object['deep']['er'] = 1;
var_dump($object['deep']);

// Objects that are walked over have their properties' types.
class Typed
{
    public int $n = 1;
    private string $s = 'x';
}

$typed = new Typed;
array_walk($typed, function (&$value, $name) {
    echo str_replace("\0", '|', $name), "\n";
    $value .= '5';
});
try {
    array_walk($typed, function (&$value) { $value = []; });
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
print_r($typed);
