<?php
// Arithmetic whose result may be an int or a float, in variables of one kind and of either.
function total(int $from, int $step, int $times)
{
    $sum = $from;
    for ($i = 0; $i < $times; $i++) {
        $sum += $step;
    }
    return $sum;
}

function product(int $base, int $times)
{
    $out = 1;
    for ($i = 0; $i < $times; $i++) {
        $out = $out * $base;
    }
    return $out;
}

function half(int $n)
{
    $h = $n / 2;
    return [$h, $h === intdiv($n, 2), $h == $n * 0.5, -$h, +$h, $h % 3, (int) $h, (string) $h, (bool) $h];
}

function window(array $list, int $width): array
{
    $out = [];
    for ($i = 0; $i < count($list); $i++) {
        $next = $i + 1;
        $last = $next + $width - 1;
        for ($j = $next; $j <= $last && $j < count($list); $j++) {
            $out[] = "$i-$j";
        }
    }
    return $out;
}

function fibonacci(int $n): int
{
    [$a, $b] = [0, 1];
    while ($n-- > 0) {
        [$a, $b] = [$b, $a + $b];
    }
    return $a;
}

function ordered(int $a, int $b, float $f): string
{
    $n = $a + $b;
    $m = $a * $b;
    return implode(',', [
        $n < $m ? 'lt' : 'ge', $n <= $m ? 'le' : 'gt', $n > $f ? 'gt' : 'le', $n >= $f ? 'ge' : 'lt',
        $n == $f ? 'eq' : 'ne', $n === $f ? 'same' : 'not', $n !== $m ? 'not' : 'same', $n <=> $m, $n != $m ? 'ne' : 'eq',
        $n < "100" ? 'lt' : 'ge', $m == null ? 'null' : 'some',
    ]);
}

final class Meter
{
    private int $count = 0;
    protected float $sum = 0;
    public string $name = 'm';
    public ?int $last = null;

    public function add(int|float $x): static
    {
        $this->count++;
        $this->sum += $x;
        $this->last = $this->count * 2;
        return $this;
    }

    public function mean(): float
    {
        return $this->count > 0 ? $this->sum / $this->count : 0;
    }

    public function title(): string
    {
        return strtoupper($this->name) . $this->count . ' ' . ($this->count + 1) . ' ' . $this->last;
    }

    public function grown(): int
    {
        return $this->count + PHP_INT_MAX;
    }
}

var_dump(total(1, 2, 3), total(PHP_INT_MAX - 2, 1, 2), total(PHP_INT_MAX - 2, 1, 3), total(PHP_INT_MIN, -1, 1));
var_dump(product(10, 18), product(10, 19), product(-2, 63), product(-2, 64), product(3, 0));
var_dump(half(6), half(7), half(0), half(-9));
echo implode(' ', window([1, 2, 3, 4], 2)), "\n";
echo fibonacci(10), ' ', fibonacci(92), "\n";
try {
    echo fibonacci(94), "\n";
} catch (TypeError $e) {
    echo get_class($e), ': ', $e->getMessage(), "\n";
}
echo ordered(1, 2, 3.0), ' ', ordered(7, 8, 15.5), ' ', ordered(PHP_INT_MAX, PHP_INT_MAX, 1.0e30), "\n";
$meter = (new Meter())->add(1)->add(2.5)->add(PHP_INT_MAX);
echo $meter->mean(), ' ', $meter->title(), "\n";
try {
    echo $meter->grown(), "\n";
} catch (TypeError $e) {
    echo get_class($e), ': ', $e->getMessage(), "\n";
}
$n = PHP_INT_MAX;
$n++;
var_dump($n, $n--, $n);
$small = 5;
$twice = fn(int $x) => $x * 2 + $small;
$sum = 0;
foreach ([1, '2', 3.5, true, null] as $one) {
    $sum = $sum + $one;
    $list[$sum * 2] = $sum;
}
var_dump($twice(4), $twice(PHP_INT_MAX), $sum, $list, "$sum", $sum . '', [$sum => 1], !$sum, $sum ? 1 : 2, -$sum);
[$x, $y] = [$sum, $sum + 1];
[$y, $x] = [$x, $y];
var_dump($x, $y, $x - $y, 7 % ($small + 2), $small % 3, 2 ** ($small + 60), 1 / ($small - 4), $small / 5 . '');
try {
    $zero = $small - 5;
    echo $sum % $zero;
} catch (DivisionByZeroError $e) {
    echo $e->getMessage(), "\n";
}
try {
    echo ($small + 1) / ($small - 5);
} catch (DivisionByZeroError $e) {
    echo $e->getMessage(), "\n";
}
try {
    echo ($small + 1) * [];
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
// Operands from left to right, each one wholly before the next.
function is_wider(mixed $a, mixed $b, mixed $c, mixed $d): array
{
    return [$a - $b > $c - $d, $a - $b >= $c - $d];
}
function doomed(callable $operation): void
{
    try {
        var_dump($operation());
    } catch (TypeError $e) {
        echo $e->getMessage(), "\n";
    }
}
doomed(fn() => is_wider(4, '1', 2.5, null));
doomed(fn() => is_wider('', '', false, ''));
doomed(fn() => is_wider([], 1, 'x', 1));
doomed(fn() => '1x' + []);
doomed(fn() => '1x' * []);
doomed(fn() => '1.5' | []);
doomed(fn() => '1x' / new stdClass);
doomed(fn() => [] - '1x');
