<?php
// Variables by computed names.
$name = 'answer';
$$name = 42;
echo $answer, "\n";
${'with ' . $name} = 'blank';
echo ${'with answer'}, "\n";
var_dump(isset($$name), isset(${'nothing'}));
$list = 'items';
$$list = ['a'];
$$list[] = 'b';
var_dump($items);
unset($$name);
var_dump(isset($answer));

function taken(array $row)
{
    $id = 'kept';
    $count = extract($row, EXTR_SKIP);
    return [$count, $id, $title, compact('id', ['title']), get_defined_vars()];
}

var_dump(taken(['id' => 7, 'title' => 'T', '1x' => 0, 'two words' => 0]));

function prefixed(array $row)
{
    $a = 1;
    extract($row, EXTR_PREFIX_ALL, 'row');
    $which = 'row_a';
    return [$a, $$which, $row_b];
}

var_dump(prefixed(['a' => 'x', 'b' => 'y']));

function refused()
{
    try {
        extract(['a' => 1], 99);
    } catch (ValueError $e) {
        echo $e->getMessage(), "\n";
    }
    $names = ['a', 'b'];
    $a = 1;
    var_dump(@compact($names));
}

refused();

// $GLOBALS is the variables themselves, and as a value a copy.
$total = 1;
function tally($by)
{
    $GLOBALS['total'] += $by;
    $GLOBALS['made']['deep'][] = $by;
    $GLOBALS['fresh'] ??= 'first';
    return $GLOBALS['none'] ?? 'none';
}

var_dump(tally(4), $total, $made, $fresh);
$before = count($GLOBALS);
$extra = 1;
unset($GLOBALS['total']);
var_dump(count($GLOBALS) - $before, isset($total));
$copy = $GLOBALS;
$extra = 2;
var_dump($copy['extra']);

// What is not there is said.
class Plain
{
    public static function has() { return isset($this); }
    public function me() { return isset($this); }
}
var_dump(Plain::has(), (new Plain)->me(), isset($this));
foreach ([fn() => get_class(), fn() => func_get_args(), fn() => get_called_class()] as $f) {
    try {
        var_dump($f());
    } catch (Error $e) {
        echo $e->getMessage(), "\n";
    }
}

function current_arguments($a, &$b, $c = 3)
{
    $a = 'new a';
    $b = 'new b';
    return func_get_args();
}

$b = 'old b';
var_dump(current_arguments('old a', $b), $b);
class_alias('Plain', 'Simple');
var_dump(new Simple instanceof Plain, get_class(new Simple), Simple::has());
$data = [3, 1, 2];
$more = ['c', 'a', 'b'];
array_multisort($data, SORT_DESC, $more);
var_dump($data, $more);
var_dump(sscanf('age: 25 Ann', 'age: %d %s'), sscanf('12 x', '%d %s', $n, $s), $n, $s);
