<?php

// The elements of PHP's containers: offsets of every kind, isset(), walks while they change, and what is refused.
function attempt(callable $what): void
{
    try {
        echo json_encode($what()), "\n";
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

function fresh(bool $fixed): SplFixedArray|SplDoublyLinkedList
{
    if ($fixed) {
        return SplFixedArray::fromArray(['x', 'y', 'z']);
    }
    $list = new SplDoublyLinkedList();
    $list[] = 'x';
    $list[] = 'y';
    return $list;
}

foreach ([true, false] as $fixed) {
    foreach (['1', 'word', '1.5', '01', ' 1', '', 1.0, true, null, [], -1, 3] as $k) {
        $a = fresh($fixed);
        echo json_encode($k), "\n";
        attempt(fn () => $a->offsetGet($k));
        attempt(fn () => isset($a[$k]));
        attempt(fn () => $a->offsetExists($k));
        attempt(function () use ($a, $k) {
            if ($k !== null) {
                $a[$k] = 5;
            }
        });
        attempt(function () use ($a, $k) {
            unset($a[$k]);
        });
        if (!$fixed) {
            attempt(fn () => $a->add($k, 'new'));
        }
        attempt(fn () => count($a));
    }
}
$a = fresh(true);
attempt(function () use ($a) {
    $a[] = 5;
});
attempt(function () use ($a) {
    $a[][] = 5;
});
attempt(fn () => SplFixedArray::fromArray([3 => 'a', 1 => 'b'])->toArray());
attempt(fn () => SplFixedArray::fromArray([3 => 'a', 1 => 'b'], false)->toArray());
attempt(fn () => SplFixedArray::fromArray(['q' => 'a'], false)->toArray());
attempt(fn () => SplFixedArray::fromArray(['q' => 'a']));
attempt(fn () => SplFixedArray::fromArray([-1 => 'a']));
attempt(fn () => SplFixedArray::fromArray([PHP_INT_MAX => 'a']));
foreach ($a as $k => $v) {
    echo "$k:$v ";
    if ($k === 0) {
        $a->setSize(2);
    }
}
foreach ($a as $k => $v) {
    $a[1] = 'changed';
    echo "$k:$v ";
}
echo "\n";

$object = new ArrayObject(['null' => null, 'false' => false, 3 => ['deep' => ['er' => 1, 'other' => 2]]]);
foreach (['null', 'false', 3, 'none'] as $k) {
    var_dump(isset($object[$k]), empty($object[$k]), $object->offsetExists($k), $object[$k] ?? 'default');
}
unset($object[3]['deep']['er']);
print_r($object->getArrayCopy());
$it = new ArrayIterator([1]);
$it->__construct([2, 3]);
echo json_encode($it->getArrayCopy()), "\n";

class Meddler
{
    public function __construct(private SplMinHeap $heap)
    {
    }

    public function __toString(): string
    {
        try {
            $this->heap->extract();
        } catch (Exception $e) {
            echo $e->getMessage(), ' ';
        }
        try {
            $this->heap->insert('1');
        } catch (Exception $e) {
            echo $e->getMessage(), $this->heap->top(), "\n";
        }
        return '5';
    }
}

class Failing extends SplMaxHeap
{
    public bool $fails = false;

    protected function compare($a, $b): int
    {
        if ($this->fails) {
            throw new LogicException('no order');
        }
        return 0;
    }
}

$heap = new SplMinHeap();
$heap->insert('0');
$heap->insert(new Meddler($heap));
echo count($heap), "\n";
$failing = new Failing();
foreach (['first', 'second', 'third'] as $text) {
    $failing->insert($text);
}
$failing->fails = true;
try {
    foreach ($failing as $value) {
        echo $value;
    }
} catch (LogicException $e) {
    echo $e->getMessage(), "\n";
}
print_r($failing);
foreach ([new SplMinHeap(), fresh(false), fresh(true), new SplObjectStorage()] as $container) {
    try {
        foreach ($container as &$reference) {
            echo 'never';
        }
    } catch (Error $e) {
        echo $e->getMessage(), "\n";
    }
    unset($reference);
}
echo json_encode(['a' => '1e999', 'b' => '12', 'c' => '0x1', 'd' => '1.50'], JSON_NUMERIC_CHECK), "\n";
foreach ([':', 'a.com:80', '127.0.0.1:9999?', 'x:', 'x:#f', '//h:8/p', '//h?q@x:1', 'file:///c:/d', 'a:8a/p', ':80', 'http://[::1]:8', 'h:99999'] as $url) {
    echo $url, ' ', json_encode(parse_url($url)), "\n";
}
attempt(fn () => spl_autoload_register('SPL_autoload_call'));
attempt(fn () => mb_convert_encoding('x', 'UTF-8', []));
attempt(fn () => mb_convert_encoding('x', 'UTF-8', ''));
attempt(fn () => mb_convert_encoding("\xe9", 'UTF-8', ['latin1']));
attempt(fn () => mb_convert_encoding('x', 'UTF-8', 'latin1,none'));
attempt(fn () => new ArrayObject(1));
