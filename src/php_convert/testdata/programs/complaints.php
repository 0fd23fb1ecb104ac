<?php

// What PHP says of methods without the types of results that those of its own classes have.
echo "start\n";

interface Longer extends Iterator
{
    function more();
}

class Both implements Longer
{
    function current() {}
    function next(): void {}
    function key(): mixed { return 1; }
    function valid() { return false; }
    function rewind(): int { return 1; }
    function more() {}
}

echo "between\n";

class Nearer extends Both
{
    function current() {}
}

class Kept extends ArrayObject
{
    public
        function count() { return 1; }
    #[ReturnTypeWillChange]
    function getIterator() { return 1; }
}

class Below extends Kept
{
    function count() { return 2; }
}

class Two implements Countable, ArrayAccess
{
    #[\ReturnTypeWillChange]
    function count() {}
    function offsetGet($key, ?array $more = null) {}
    function offsetSet($key, $value): void {}
    function offsetExists(
        $key
    ): bool {}
    function offsetUnset($key) {}
}

set_error_handler(function (int $level, string $message, string $file, int $line) {
    echo "$level on $line: $message\n";
    return true;
});

class Handled implements JsonSerializable, IteratorAggregate
{
    function jsonSerialize(): array { return []; }
    function getIterator() {}
}

trait Walks
{
    function current() {}
    function next() {}
    function key() {}
    function valid() { return false; }
    function rewind() {}
}

class Walker implements Iterator
{
    use Walks;
}

class Again extends Two implements Countable
{
    function count() {}
}

if (count([1]) == 1) {
    class Inside implements Countable
    {
        function count() { return 3; }
    }
}

for ($i = 0; $i < 2; $i++) {
    $counted = new class implements Countable {
        function count() { return 4; }
    };
}

abstract class Half implements Countable {}

class Whole extends Half
{
    function count() { return 5; }
}

abstract class Bare implements Countable
{
    abstract function count();
}

class Filled extends Bare
{
    function count() { return 6; }
}

interface Sized extends Countable
{
    function count();
}

class Last implements Sized
{
    function count() { return 7; }
}

var_dump(count(new Below), count(new Inside), count($counted), count(new Whole), count(new Filled), count(new Last));

// Settings that are made and not asked for.
restore_error_handler();
ini_set('memory_limit', '256M');
ini_set('precision', 14);
@ini_set('max_execution_time', 30);
ini_set('display_errors', 'Off');
echo $hidden, "hidden\n";
ini_set('display_errors', true);
ini_set('error_reporting', E_ALL & ~E_WARNING);
echo $silent, "silent\n";
ini_set('error_reporting', E_ALL);
echo $shown, "shown\n";
ini_set('date.timezone', 'Europe/Berlin');
echo date('H:i', 0), "\n";
