<?php

// The lines that warnings name within statements of several lines.
class Part {
    public $one = 1;
    public $list = [];

    public function itself(...$given) {
        return $this;
    }

    public static function made(...$given) {
        return new Part();
    }
}

function counted(...$given) {
    return count($given);
}

function attempt(callable $what): void {
    try {
        $what();
    } catch (Throwable $e) {
        echo get_class($e), ' ', $e->getLine(), ' ', $e->getMessage(), "\n";
    }
}

function elements($a, $part) {
    $made = [
        'a' => $a['u1'],
        'b' => $a['u2'] . $undef1
            . $a['u3'],
        'c' => counted(
            $undef2,
            $a['u4']
        ),
        $a['u5'] => strtoupper(
            $a['u6']
        ),
    ];
    return [
        $a['u7'],
        [
            $a['u8'],
            1,
            $part
                ->itself(
                    $a['u9']
                )
                ->nope,
        ],
        ...[
            $a['u10'],
        ],
        count($made),
    ];
}
attempt(fn() => elements(['k' => 1], new Part()));

attempt(function () {
    $a = ['k' => 1];
    $sum = $a['k']
        + $undef3
        + [];
});
attempt(function () {
    $text = 'a' . $undef4
        . 'b'
        . $undef5;
    $text = $undef6
        . 'x';
    $text .=
        $undef7;
    $text
        .= [
            'k',
            1,
        ];
    $text = "a
      {$text['u1']}
      $undef8
    end";
    echo strlen($text), "\n";
    $text = <<<END
      a
      $undef9
      end
      END;
});
attempt(function () {
    $length = strlen(
        null
    );
    $upper = strtoupper(
        null
    );
});
attempt(function () {
    Part::made()
        ->itself()
        ->nope(
            1,
            2
        );
});
attempt(function () {
    Part::made(
        1,
        $undef21
    )->itself($undef22,
        $undef23,
        $undef24 . 'x');
});
attempt(function () {
    $text = str_repeat(
        'a',
        -1
    );
});
attempt(function () {
    throw new InvalidArgumentException(sprintf(
        'of %s',
        $undef10
    ));
});
attempt(function () {
    $a = [];
    if ($a['u1']
        && counted()
        || $a['u2']
        || !$undef11) {
        echo "yes\n";
    }
    if (
        $a['u3'] ===
            $a['u4']
    ) {
        echo "same\n";
    } elseif (
        $a['u5']
    ) {
        echo "none\n";
    }
});
attempt(function () {
    $number = 5;
    $a = [];
    $number['x'] =
        $a['u1'];
});
attempt(function () {
    $none = null;
    $a = [];
    $none->p =
        $a['u1'];
});
attempt(function () {
    $a = [];
    $part = new Part();
    $a['z']
        .= 'y' .
            'z';
    $part
        ->list
        ['k'] = counted(
            $a['u1'],
            $part
                ->nope
        );
    $a
        [] = $a['u2'] .
        $a['u3'];
});
attempt(function () {
    $a = [];
    $either = $a['u1']
        ? 1
        : $a['u2'];
    $either = $either ??
        $a['u3'];
    $either = counted(
        $a['u4'] ? 1 : $undef13,
        function () use ($a) {
            return $a['u5'];
        },
        $undef14
    );
    $either = array_map(
        fn($one) => $one
            . $undef15,
        [1]
    );
    $either = isset($a['k'])
        || in_array(
            'x',
            $undef16 ?: [1]
        )
        || strlen(
            $undef16
        );
});
attempt(function () {
    $given = function ($a): int {
        return
            $a['u1']
            . $a['u2'];
    };
    $given([]);
});
attempt(function () {
    $a = ['k' => 1];
    echo $a['u1'],
        $a['u2'], "\n";
    foreach (
        $undef17 as $one) {
    }
    $one = (int)
        $undef18;
    $one = !
        $undef18;
    $one = $a['k'][
        'x'];
    $one = max(
        $undef19,
        3)
        + $undef20;
    $one = new ArrayObject([
        $a['u3'],
        new Part(
        ),
    ]);
    $one = @$a['u4'] . counted(
        $a['u5'],
    );
});
