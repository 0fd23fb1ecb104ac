<?php
// Arrays are values, ordered, and grow where they are written to.
$a = [1, 2, 'k' => [3]];
$b = $a;
$b['k'][] = 4;
$b[] = 5;
$a[0] = 'changed';
print_r($a);
print_r($b);
foreach ($b as $key => &$value) {
    if ($key === 1) {
        $value = 'two';
    }
}
unset($value);
var_dump($b, isset($b['k'][7]), $b['none'] ?? 'default', empty($b['k']));
[$x, [, $y]] = [1, [2, 3]];
['p' => $p, 'q' => $q] = ['q' => 1, 'p' => 2];
echo $x + $y, $p, $q, "\n";
$s = [...[1, 2], ...['n' => 3]];
unset($s[0]);
$s[] = 9;
$self = [0];
$self[0] = $self;
print_r($s + ['n' => 'kept', 'new' => 1]);
print_r($self);
$text = 'abc';
$text[1] = 'X';
echo $text, $text[-1], "{$text[0]}$b[1]", "\n";
