<?php
// Every comparison of every pair of values of all types: also those that cannot be compared, where it counts which
// comes first. And keys that become others, each of which PHP complains of once; and ranges that are too long.
enum Suit: string { case Hearts = 'H'; case Spades = 'S'; }
final class Text {
    public function __construct(public string $s) {}
    public function __toString(): string { return $this->s; }
}
class Point { public $x = 1; public $y = NAN; }
class Wide extends Point { public $z = 3; }
function values(float $nan): array {
    $other = new Point;
    $other->y = 2;
    return [null, false, true, 0, 1, -1, 7, PHP_INT_MAX, PHP_INT_MIN, 0.0, -0.0, 1.0, 1.5, -1.5, 9.2233720368547758e18,
            NAN, INF, -INF, '', '0', '1', '1.0', ' 1', '1 ', '7', '1.5', 'abc', 'NAN', 'INF', '1e1000', '-1e1000',
            '1e3', '9223372036854775807', '9223372036854775808', '9223372036854775809', '-9223372036854775809', "a\0b",
            '007', [], [0], [1], [$nan], [null], [1, 2], ['a' => 1], ['b' => 1], ['a' => $nan], [[]],
            ['1' => 1, 0 => 2], [2, 1],
            new Point, $other, new Wide, new stdClass, (object)['x' => 1], (object)['x' => $nan], new Text('abc'),
            new Text('1'), new Text(''), Suit::Hearts, Suit::Spades, fn() => 1];
}
function shown($v): string {
    return is_object($v) ? get_class($v) : json_encode($v, JSON_PARTIAL_OUTPUT_ON_ERROR) . gettype($v)[0];
}
function signs($a, $b): string {
    $said = $a <=> $b;
    foreach ([$a < $b, $a <= $b, $a > $b, $a >= $b, $a == $b, $a != $b, $a === $b] as $i => $true) {
        $said .= $true ? '<l>g=n3'[$i] : '.';
    }
    $said .= match (true) { $a < $b => 'L', $a > $b => 'G', $a == $b => 'E', default => '?' };
    switch ($a) { case $b: $said .= 'S'; break; default: $said .= '-'; }
    return $said . (in_array($a, [$b]) ? 'I' : '-') . (array_search($a, [5 => $b], true) ?: '-');
}
set_error_handler(function (int $level, string $message) {
    echo " [$message] ";
    return true;
});
$same = values(NAN);
foreach ($same as $i => $a) {
    foreach (values(NAN) as $j => $b) {
        echo $i, ' ', $j, ' ', signs($a, $b), ' ', shown(min($a, $b)), ' ', shown(max($a, $b)), ' ',
             shown(min([$a, $b])), ' ', shown(max([$a, $b])), "\n";
    }
    $copy = $a;
    echo $i, ' copied ', signs($a, $copy), "\n";
    echo json_encode([$a < null, $a <= null, null < $a, null <= $a, $a > NAN, NAN > $a, NAN >= $a, $a < true,
                      true <= $a, $a >= 'abc', 'abc' > $a, [] < $a, $a > [1], 1.5 < $a, $a <= 1.5, 1 < $a, $a <= 1,
                      $a == NAN, $a == 1.5, $a == 'abc', $a == false, $a != null, Suit::Hearts <= $a,
                      $a > Suit::Hearts]), "\n";
}
function floats(float $x, float $y, int $n, ?int $m, ?float $z): string {
    $all = [$x < $y, $x <= $y, $x > $y, $x >= $y, $x == $y, $x <=> $y, $x < $n, $n <= $x, $n > $x, $n <=> $x, $x <=> $n,
            $n == $x, $x < $m, $m <= $x, $z < $x, $z >= $x, $m > $n, $m <=> $z, min($x, $y), max($x, $y), min($x, $n),
            max($n, $x), min($n, $x), max($x, $n), $x <=> true, $x == true, $x < true, $x <= true, $x >= null];
    return implode(' ', array_map('shown', $all));
}
foreach ([0.0, -0.0, 1.5, NAN, INF] as $x) {
    foreach ([0.0, 1.5, NAN, -INF] as $y) {
        echo floats($x, $y, 1, null, $y), ' ', floats($y, $x, PHP_INT_MAX, 0, null), "\n";
    }
}
function listed(array $list): string {
    $said = '';
    foreach ($list as $k => $v) {
        $said .= $k . '=>' . shown($v) . ' ';
    }
    return $said;
}
$lists = [[NAN, null], [null, NAN], [1, NAN, 0], [NAN, 1, 'a'], [[], NAN, true], ['b', NAN, 'a', 3, null, []],
          [3, '3', 3.0, '03', 'x', true, NAN], [Suit::Spades, null, true, NAN], [1, Suit::Hearts, 0],
          ['b', Suit::Hearts, [], 'a', null, true], [9, 8, 7, 6, 5, 4, 3, Suit::Hearts, 2, 1, 0], [NAN, new Point, 2],
          [INF, 1, INF, -INF, new Point]];
foreach ($lists as $list) {
    foreach ([SORT_REGULAR, SORT_NUMERIC] as $flags) {
        $a = $b = $c = $d = $list;
        sort($a, $flags);
        rsort($b, $flags);
        asort($c, $flags);
        arsort($d, $flags);
        echo listed($a), listed($b), listed($c), listed($d), "\n";
    }
    usort($list, fn($x, $y) => $x <=> $y);
    echo listed($list), shown(min($list)), shown(max($list)), listed(array_unique($list, SORT_REGULAR)), "\n";
}

$f = 1.5;
$a = [1 => 5, 3 => [1, 2]];
echo isset($a[$f], $a[3.5][0.5]), empty($a[$f]), empty($a[5.5]), "\n";
echo $a[$f]++, ++$a[$f], $a[$f]--, --$a[$f], $a[$f] += 2, $a[$f] .= 'x', $a[$f] ??= 3, "\n";
$a[2.5] ??= 4;
$a[3.5][$f]++;
$a[3.5][] = $a[3.5][0.5]--;
unset($a[3.5][1.5]);
$a[INF]++;
$a[1e30]--;
$a[-1.5] = $a[NAN] = 1;
$none[$f]--;
$o = new stdClass;
$o->p = [1 => 1];
$o->p[$f]++;
$o->p[3.5][4.5] = $o->p[$f]--;
$o->p[3.5][4.5]++;
echo json_encode([$a, $none, $o]), "\n";

function attempt(callable $what): void {
    try {
        echo json_encode($what(), JSON_PARTIAL_OUTPUT_ON_ERROR), "\n";
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}
attempt(fn() => range(1, -1073741824));
attempt(fn() => range(0, 23058430092136938));
attempt(fn() => range(PHP_INT_MAX, PHP_INT_MIN));
attempt(fn() => range(1.5, 5e9));
attempt(fn() => range(-0.4, 5e9));
attempt(fn() => range(5e9, -0.0, 0.5));
attempt(fn() => range(-1.7e308, 1.7e308));
attempt(fn() => range(-INF, 1));
attempt(fn() => range(1, INF, NAN));
attempt(fn() => range(INF, INF));
attempt(fn() => range(NAN, 1));
attempt(fn() => range(1, NAN));
attempt(fn() => range(1, 3, NAN));
attempt(fn() => range('a', 'e', NAN));
