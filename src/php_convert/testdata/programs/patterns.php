<?php
// Patterns about as large as PCRE takes.
foreach ([
    '/(?:a|bc){1,%d}/' => [2979, 2980], '/(a.\d){0,%d}/' => [3440, 3460], '/(?:ab){%d}/' => [6552, 6553],
    '/^\s*+(?:\S++\s*+){1,%d}/u' => [3120, 3121, 5000], '/(?:(a)(?=b)){1,%d}/' => [2000, 2115],
    '/(?:\w){%d,}/' => [9361, 9362], '/(?:(?>a)+){3,%d}/' => [2900, 3122], '/(?:\p{L}a){1,%d}/' => [3641, 3642],
    '/x{3,%d}y{,3}.{65535}/s' => [65535],
] as $pattern => $counts) {
    foreach ($counts as $count) {
        var_dump(preg_match(sprintf($pattern, $count), 'abc abc'));
    }
}
var_dump(preg_match('/(' . str_repeat('.{65535}', 20000) . ')/us', 'racecar'));
var_dump(preg_match('/' . str_repeat('x', 32700) . '/', 'x'), preg_match('/' . str_repeat('x', 33000) . '/', 'x'));
foreach (['/(?:\S++\s*+){1,100000}/u', '/x{70000}/', '/x{123456,}/', '/x{65536}/', '/ab{2,655360}c/'] as $pattern) {
    var_dump(preg_match($pattern, 'x'));
}
