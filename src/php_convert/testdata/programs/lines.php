<?php

// The lines of what is made within statements of several lines, and of functions with attributes and modifiers.
function show(callable $what): void
{
    try {
        $what();
    } catch (Throwable $e) {
        echo get_class($e), ' ', $e->getLine(), ' ', preg_replace('/, called in .*/', '', $e->getMessage()), "\n";
    }
}

final class Typed
{
    #[Deprecated]
    public
        static function taken(
            int $first,
            string ...$rest
        ) {
        return $first;
    }
}

class Numbered extends Exception
{
    public function __construct(string $message, int $line = 0)
    {
        parent::__construct($message);
        if ($line > 0) {
            $this->line = $line;
        }
    }
}

show(function () {
    throw
        new Exception(
            'where'
        );
});
show(function () {
    $list = [
        1,
        new Exception('in a list'),
        new
            RuntimeException('below new'),
    ];
    echo $list[2]->getLine(), "\n";
    throw $list[1];
});
show(function () {
    $outer = new Exception(
        'first',
        5,
        new Exception(
            'second',
            6,
            new Exception('third')
        )
    );
    for ($e = $outer; $e !== null; $e = $e->getPrevious()) {
        echo $e->getMessage(), ' ', $e->getLine(), "\n";
    }
});
show(function () {
    $which = count([1, 2]);
    return match ($which) {
        1 => 'one',
        2 => throw new DomainException('two'),
        default => throw new LogicException(
            'other'
        ),
    };
});
show(function () {
    $value = count([]) > 0
        ? 'some'
        : throw new UnderflowException('none');
});
show(function () {
    $value = null
        ?? throw new OutOfBoundsException('null');
});
show(function () {
    $all = [
        new Numbered('as it is'),
        new Numbered('told', 7),
    ];
    echo $all[0]->getLine(), ' ', $all[1]->getLine(), "\n";
});
show(function () {
    Typed::taken('text');
});
show(function () {
    Typed::taken(1, []);
});
function made(string $message): Exception
{
    return new Exception($message);
}
show(function () {
    $both = [
        made('elsewhere'),
        new Error('here'),
    ];
    echo $both[0]->getLine(), ' ', $both[1]->getLine(), "\n";
});
// What foreach asks for its next element is asked on its own line.
function shrinks(): void
{
    $list = [1, 2];
    foreach ($list as &$item) {
        $item++;
        $list = 5;
    }
}
shrinks();
