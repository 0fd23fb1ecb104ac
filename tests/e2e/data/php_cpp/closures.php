<?php
// Typed arguments of dynamic calls: who calls says how strict it is, and whether a place is named.
declare(strict_types=1);
function takes(int $n, string ...$rest): string { return $n . implode(',', $rest); }
class Box
{
    public function put(float $f, ?int $n = null): string { return "$f " . var_export($n, true); }
    public static function __callStatic(string $name, array $given): string { return $name . count($given); }
}
function attempt(callable $f): void
{
    try {
        echo $f(), "\n";
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}
attempt(fn() => takes(1, 'a', 'b'));
attempt(fn() => (new Box)->put(1, 2));
attempt(function () { $f = 'takes'; return $f('1'); });
attempt(function () { $f = 'takes'; return $f(1, 2); });
attempt(function () { $o = new Box; $m = 'put'; return $o->$m('1.5'); });
attempt(fn() => call_user_func('takes', '7'));
attempt(fn() => call_user_func_array('takes', ['x']));
attempt(fn() => implode(' ', array_map('takes', ['5', 6])));
attempt(fn() => implode(' ', array_map(fn(int $n) => $n + 1, ['5', 'x'])));
attempt(fn() => Box::anything(1, 2));
attempt(function () { $f = fn(int ...$n) => array_sum($n); return $f(1, 2, 'z'); });
function all() { foreach (func_get_args() as $k => $v) { yield $k => $v; } }
foreach (all('a', 2, null) as $k => $v) { echo $k, '=', var_export($v, true), ' '; }
function deep(int $n): int { return $n === 0 ? 0 : 1 + deep($n - 1); }
echo deep(30000), "\n";
$first = function (array $list) { foreach ($list as $one) { yield deep($one); } };
foreach ($first([10, 500]) as $d) { echo $d, ' '; }
echo sscanf('age: 25 name: Bob', 'age: %d name: %s %n', $age, $name, $n), "$age $name\n";
var_dump(sscanf('12 abc 3.5e1xyz', '%d %[a-c] %f%c'), sscanf('', '%d'), sscanf('0x1A', '%x'));
$data = [3, 1, 2, 1];
$names = ['c', 'z', 'b', 'a'];
array_multisort($data, SORT_ASC, $names, SORT_DESC);
echo implode($data), implode($names), "\n";
$o = new stdClass;
$o->list = ['x' => new stdClass];
$o->list['x']->y = 5;
$o->made['k']['l'] = 6;
echo json_encode($o), "\n";
attempt(function () { $o = null; $o->a->b = 1; return ''; });
attempt(function () { $a = []; $a['k']->b = 1; return ''; });
attempt(function () { return array_pop(explode(',', 'a,b')); });
