<?php
// Generators: keys, values sent in, delegation and what they return.
function inner() {
    $x = yield from [1, 2];
    $got = yield 'k' => 3;
    echo "[$got]";
    return 4;
}
function outer() {
    $r = yield from inner();
    yield $r;
}
function counted(int $n) {
    try {
        for ($i = 0; $i < $n; $i++) {
            yield $i;
        }
    } finally {
        echo 'done ';
    }
}
foreach (outer() as $k => $v) {
    echo "$k=>$v ";
}
$g = inner();
echo $g->current();
$g->next();
$g->next();
echo $g->key(), $g->send('hey'), $g->valid() ? 'more' : 'over', $g->getReturn(), "\n";
foreach (counted(3) as $n) {
    echo $n, ' ';
}
$lazy = (function () {
    yield 'a';
    throw new Exception('inside');
})();
try {
    foreach ($lazy as $v) {
        echo $v;
    }
} catch (Exception $e) {
    echo $e->getMessage(), "\n";
}

function numbered() { yield '42' => 'first'; yield 'x' => 'second'; yield 7 => 'third'; }
print_r([...numbered(), ...['4' => 'fourth']]);
