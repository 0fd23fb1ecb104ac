<?php

// What serialize() and unserialize() make of what appears twice: objects, references, and objects of many kinds.
class Sleeping
{
    public $a = 1;
    protected $b = 2;
    private $c = 3;
    public int $never;

    public function __sleep()
    {
        return ['a', 'b', 'c', 'never', 'missing', 'a', 5];
    }
}

class Deeper extends Sleeping
{
}

class Nameless
{
    public function __sleep()
    {
        return 5;
    }
}

class Node
{
    public $name;
    public ?Node $next = null;
    public int $count = 0;
    public array $list = [];

    public function __construct($name)
    {
        $this->name = $name;
    }

    public function __wakeup()
    {
        echo 'wakes ', $this->name, ' after ', $this->next?->name, "\n";
    }
}

class Pair
{
    public $left = 'l';
    private $right = 'r';

    public function __serialize(): array
    {
        return [$this->left, $this->right];
    }

    public function __unserialize(array $data): void
    {
        echo 'gets ', json_encode($data), "\n";
        [$this->left, $this->right] = $data;
    }
}

class Wrong
{
    public function __serialize()
    {
        return $this;
    }
}

function shown($value): void
{
    $text = @serialize($value);
    echo str_replace("\0", '~', $text), "\n";
    $back = unserialize($text);
    print_r($back);
    echo $text === serialize($back) ? 'same' : 'other', "\n";
}

function complaint(callable $what): void
{
    try {
        var_dump($what());
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

$one = new stdClass();
$two = new stdClass();
$two->of = $one;
$two->{'7'} = 'number';
shown([$one, $one, $two, $two, [$one]]);
$external = 1;
var_dump(unserialize(serialize([&$external, 2, &$external])));
$list = [1];
$list['self'] = &$list[0];
$list['again'] = &$list[0];
shown(['in' => ['deep' => $list], 'out' => $list]);
$held = new stdClass();
$held->a = &$held->b;
$held->c = ['d' => &$held->b];
shown([$held, $one]);
$object = new stdClass();
$pair = [$object];
$pair[1] = &$pair[0];
$text = serialize($pair);
echo $text, "\n";
$back = unserialize($text);
$back[0] = 'changed';
var_dump($back);

echo str_replace("\0", '~', @serialize([new Sleeping(), new Deeper(), new Nameless(), new Pair()])), "\n";
$first = new Node('first');
$first->next = new Node('second');
$first->next->next = $first;
$text = serialize($first);
echo $text, "\n";
$back = unserialize($text);
echo $back->next->next === $back ? 'circle' : 'line', "\n";
print_r(unserialize(serialize([new Pair(), 5])));
complaint(fn () => serialize(new Wrong()));
complaint(fn () => unserialize('O:4:"Node":1:{s:5:"count";s:1:"x";}'));
complaint(fn () => unserialize('O:4:"Node":1:{s:4:"next";O:8:"stdClass":0:{}}'));
complaint(fn () => @unserialize('a:2:{i:0;i:5;i:1;r:2;}'));
complaint(fn () => @unserialize('a:1:{i:0;R:7;}'));
complaint(fn () => @unserialize('a:1:{i:0;a:1:{i:0;i:1;}}', ['max_depth' => 1]));
complaint(fn () => unserialize('a:1:{i:0;a:1:{i:0;i:1;}}', ['max_depth' => 0])[0]);
complaint(fn () => unserialize('i:1;', ['max_depth' => 'x']));
complaint(fn () => unserialize('i:1;', ['max_depth' => -1]));
complaint(fn () => unserialize('i:1;', ['allowed_classes' => null]));
complaint(fn () => unserialize('i:1;', ['allowed_classes' => false]));
complaint(fn () => unserialize('O:8:"stdClass":0:{}', ['allowed_classes' => ['x', 'STDCLASS']])::class);
