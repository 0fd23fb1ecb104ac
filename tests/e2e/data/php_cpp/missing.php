<?php
// What is not there, or may not be asked for, in the words of each way to ask.
namespace Shop\Cart;

class Kept
{
    private static array $kept = [];
    public static function get($key, string $of)
    {
        if (isset(static::$kept[$key][$of])) {
            return static::$kept[$key][$of];
        }
        return static::$kept[$key][$of] = strlen($of);
    }
}
function attempt(callable $do): void
{
    try {
        var_dump($do());
    } catch (\Error $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}
attempt(fn() => value(1));
attempt(fn() => \value(1));
attempt(fn() => Other\value(1));
attempt(fn() => namespace\value(1));
$list = ['x' => 1];
$object = new \ArrayObject(['x' => 1]);
foreach ([[], new \stdClass, 'x', 1.0, null] as $key) {
    attempt(fn() => Kept::get($key, 'size'));
    attempt(fn() => isset($list[$key]));
    attempt(fn() => isset($list[$key]['x']));
    attempt(fn() => empty($list[$key]));
    attempt(fn() => empty($list[$key]['x']));
    attempt(fn() => $list[$key] ?? 'none');
    attempt(fn() => $list[$key]['x'] ?? 'none');
    attempt(fn() => isset($object[$key]));
    attempt(fn() => empty($object[$key]));
    attempt(fn() => $object->offsetExists($key));
}
