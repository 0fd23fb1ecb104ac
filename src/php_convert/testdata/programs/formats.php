<?php

// Precisions, and numbers of arguments wherever they may stand.
printf("[%.s] [%.f] [%.e] [%.60s] [%5.d]\n", 'abc', 1.5, 1.5, str_repeat('x', 60), 3);
echo sprintf('%2$*1$d|%2$.*1$f|%.*3$g', 6, 3.14159, -1), "\n";
foreach ([['%.*d', -1, 5], ['%.*f', 'a', 1], ['%*d', -3, 4], ['%.*f', -5, 1.0], ['%0$s', 1]] as $arguments) {
    try {
        echo sprintf(...$arguments), "\n";
    } catch (ValueError $e) {
        echo $e->getMessage(), "\n";
    }
}
printf("%.*g %.*G %.*h|%.3s|%.0f|%.0e\n", -1, 1.2345678901234569e100, -1, 0.1, -1, 123456.0, 'abcdef', 2.5, 12345.0);
printf("%.20g %.25G %.30h|%.20g|%.40g|%.17g\n", 0.1, 1 / 3, 1e22 / 3, 1e15 / 7, 1e-5 / 3, 0.1);
printf("%.60f\n", 1.5);

// The same numbers for the same seed.
mt_srand(42);
echo mt_rand(), ' ', mt_rand(1, 100), ' ', rand(1, 6), "\n";
srand(7);
echo rand(), ' ', rand(9, 1), "\n";
mt_srand(3, MT_RAND_PHP);
echo mt_rand(), ' ', mt_rand(1, 10), "\n";
$seed = 'mt_srand';
$seed(5);
$list = [1, 2, 3, 4, 5];
shuffle($list);
echo implode($list), str_shuffle('abcdef'), json_encode(array_rand([1, 2, 3, 4, 5, 6], 3)), "\n";
