<?php
// What C++ compilers warn of, and PHP's authors write every day.
class Title {
    public static function slug($title, $language = 'en') {
        $title = $language ? static::ascii($title) : $title;
        return $title === '' ? $title : $title . '.';
    }
    public static function ascii($title) { return strtolower($title); }
    public static function parts($value, $key) {
        $value = is_string($value) ? explode('.', $value) : $value;
        $key = is_null($key) || is_array($key) ? $key : explode('.', $key);
        return [$value, $key];
    }
    public static function shared(&$value) {
        $value = is_string($value) ? strrev($value) : $value;
        $value = $value;
        return function () use (&$value) { $value = $value ?: $value; return $value; };
    }
}
echo Title::slug('One'), Title::slug('Two', null), Title::slug(''), json_encode(Title::parts('a.b', null)), "\n";
$shared = 'abc';
echo Title::shared($shared)(), $shared, "\n";

function greatest(array $numbers) {
    $greatest = 0;
    foreach ($numbers as $number) { $greatest = $greatest < $number ? $number : $greatest; }
    return $greatest;
}
var_dump(greatest([1, 2.5, 2]));

// All ways out of a switch return, its default stands anywhere.
function kind($value): string {
    switch (true) {
        case is_int($value):
            if ($value > 1) break;
            return 'small';
        case is_string($value):
        case is_null($value):
            return 'text';
        default:
            return 'other';
    }
    return 'big';
}
function first($value): string {
    switch ($value) {
        default:
            return 'default';
        case 1:
            $value = 'one';
        case 2:
            return "$value or two";
    }
}
function last($value): int {
    switch ($value) {
        case 'a':
            return 1;
        case 'b':
        default:
            return 2;
    }
}
echo kind(1), kind(2), kind(null), kind(1.5), first(1), first(2), first(3), last('a'), last('b'), last('c'), "\n";

// Keys that are floats.
function median(...$numbers) {
    sort($numbers);
    $middle = ceil(count($numbers) / 2);
    return $numbers[$middle] + $numbers[$middle - 1];
}
function between(float $at): int {
    $list = [10, 20, 30];
    return $list[$at];
}
var_dump(median(3, 4, 5.5, 7), between(1.0), between(1.5));
