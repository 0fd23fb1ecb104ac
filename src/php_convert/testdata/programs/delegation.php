<?php
function numbers($from, $to)
{
    for ($i = $from; $i <= $to; $i++) {
        yield $i;
    }
    return $to;
}

function through($inner)
{
    return yield from $inner;
}

// A generator that is asked for its result, or told to go on, begins first.
function result()
{
    return 42;
    yield;
}
var_dump(result()->getReturn());
$g = numbers(1, 3);
$g->next();
var_dump($g->current());
try {
    $g->getReturn();
} catch (Exception $e) {
    echo $e->getMessage(), "\n";
}

function failing()
{
    throw new Exception('at once');
    yield;
}
$g = failing();
try {
    $g->current();
} catch (Exception $e) {
    echo $e->getMessage(), "\n";
}
try {
    $g->getReturn();
} catch (Exception $e) {
    echo $e->getMessage(), "\n";
}

// Two that go on with the same inner one share its progress.
$shared = numbers(1, 4);
$both = [through($shared), through($shared)];
while ($both[0]->valid()) {
    foreach ($both as $one) {
        var_dump($one->current());
        $one->next();
    }
}
var_dump($both[0]->getReturn(), $both[1]->valid());

// What foreach walks over by reference may lose its first elements meanwhile.
$queue = [1, 2, 3, 4];
foreach ($queue as &$item) {
    echo $item, "\n";
    array_shift($queue);
}
unset($item);
var_dump($queue);

try {
    [...(function () { yield [] => 1; })()];
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
