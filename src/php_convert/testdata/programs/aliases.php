<?php

// Names that stand for others, as messages show them; and numeric strings where ints end.
namespace App\Sub;

use Foo\Bar;
use Foo\Baz as Q;

use function Foo\first;

function message(callable $what): string
{
    try {
        $what();
        return 'nothing';
    } catch (\Error $e) {
        return $e->getMessage();
    }
}

echo implode(' ', [Bar\X::class, Q::class, Q\Deep\Y::class, namespace\Z::class, \Top\W::class, Plain::class, Bar::class]), "\n";
echo message(fn () => new Bar\X()), ', ', message(fn () => Q\f()), ', ', message(fn () => namespace\Gee()), "\n";
echo message(fn () => namespace\CON), ', ', message(fn () => Q\CN), ', ', message(fn () => first()), "\n";
echo message(fn () => Bar\X::f()), ', ', message(fn () => Bar\X::VALUE), "\n";
$numbers = ['9223372036854775807', '9223372036854775808', '9223372036854775809', '9223372036854775808.0',
    '9.223372036854775808e18', '99999999999999999999', '1e1000', '1e999', '-9223372036854775808', '-9223372036854775809',
    '9223372036854775806', '09223372036854775808', ' 9223372036854775808', '9223372036854775807.0'];
foreach ($numbers as $a) {
    foreach ($numbers as $b) {
        echo $a == $b ? 'T' : '.', ($a <=> $b) + 1, ' ';
    }
    echo "\n";
}

namespace Parts;

function part() { return __FUNCTION__; }
const PART = 'a constant';

namespace Uses;

use function Parts\part;
use const Parts\PART;

echo part(), ' ', PART, ' ', \Parts\PART, "\n";
