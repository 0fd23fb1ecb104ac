<?php
// Jumps, switches and exceptions.
function classify($n): string {
    switch ($n) {
        case 0:
            $out = 'zero';
            break;
        case 1:
        case 2:
            $out = 'few';
        case 3:
            $out = ($out ?? '') . '+three';
            break;
        default:
            return 'many';
    }
    return $out;
}

function attempt(int $n) {
    try {
        if ($n === 0) {
            throw new InvalidArgumentException('nothing');
        }
        return "body $n";
    } catch (LogicException $e) {
        return 'caught ' . $e->getMessage() . ' at ' . $e->getLine();
    } finally {
        echo '[finally]';
    }
}

for ($i = 0; $i < 5; $i++) {
    echo classify($i), ' ';
}
echo attempt(0), attempt(1), "\n";
foreach ([1, 2, 3] as $a) {
    foreach ([1, 2, 3] as $b) {
        if ($b === 2) {
            continue 2;
        }
        try {
            if ($a === 3) {
                break 2;
            }
        } finally {
            echo "$a$b ";
        }
    }
}
$i = 3;
do {
    echo $i--;
} while ($i > 0);
while (true) {
    if (++$i > 2) break;
}
echo match (true) {
    $i > 2 => ' more',
    default => ' less',
}, "\n";
try {
    echo match ($i) { 1, 2 => 'small' };
} catch (\UnhandledMatchError $e) {
    echo $e->getMessage(), "\n";
}
echo $nothing?->property ?? 'null safe', "\n";
for ($i = 0, $j = 9; print("[$i]"), $j--, $i < $j; $i++) {
    if ($i === 1) {
        continue;
    }
    echo $j;
}
echo " $i $j\n";

// What stands behind ?-> of null assigns nothing.
function behindNull(?ArrayObject $list): string
{
    $list?->append($added = 'added');
    return $added ?? 'nothing';
}
echo behindNull(null), ' ', behindNull(new ArrayObject), "\n";
