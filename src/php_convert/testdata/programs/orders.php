<?php
// The order in which PHP does things inside one expression, and in which its messages name operands.

function attempt(callable $what): void {
    try {
        var_dump($what());
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

class Said {
    public $list = ['a', 'b'];
    private $at = 0;

    public function next() {
        $this->list = ['x', 'y'];
        return $this->at++;
    }

    public function taken() {
        return $this->list[$this->next()] . $this->list[$this->at];
    }

    public function __toString(): string {
        echo '(text)';
        return 'said';
    }
}

function loud($value) {
    echo '(', json_encode($value), ')';
    return $value;
}

// Keys are worked out before the first element is read.
$none = false;
$grid = [[1, 2], [3, 4]];
$list = [];
attempt(fn() => $none[1][$list + 1]);
attempt(fn() => $grid[loud(1)][loud(0)] * $grid[0][loud(1)]);
attempt(fn() => (new Said())->taken());

// Two operands become strings when both are there.
attempt(fn() => new Said() . loud('!'));
attempt(fn() => $list . $none[1] . loud('.'));

// PHP turns the operands of * and of the bit operators round where the first one is written out.
$word = 'word';
foreach ([[], null, 'x', 1.5] as $value) {
    attempt(fn() => 2 * $value);
    attempt(fn() => $value * 2);
    attempt(fn() => 6 & $value);
    attempt(fn() => 2 + $value);
    attempt(fn() => 7 % $value);
}

// What an int is made of tells what it was, one operand after the other.
attempt(fn() => '.5' % 2);
attempt(fn() => 2147483648.5 % []);
attempt(fn() => '1.5x' | 4);
attempt(fn() => 5 << '1.5');

// NAN is a bool that is true, and a text where it meets one.
foreach ([NAN, 1, '', 'nan', null, [], '5'] as $other) {
    echo json_encode([NAN == $other, NAN < $other, NAN >= $other, $other <= NAN, NAN <=> $other]), "\n";
}
attempt(fn() => range(2, -2147483648));

// Null is less than what is true, and than texts with something in them.
foreach ([null, 0, -1, '', 'a', []] as $other) {
    echo json_encode([null < $other, $other > null, null <= $other, null >= $other]), "\n";
}
