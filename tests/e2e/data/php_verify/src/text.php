<?php

/** @param list<string> $words */
function joined(array $words, string $between = ', '): string
{
    $out = '';
    foreach ($words as $i => $word) {
        if ($i > 0) {
            $out .= $between;
        }
        $out .= $word;
    }
    return $out;
}

function swap(mixed &$a, mixed &$b): void
{
    [$a, $b] = [$b, $a];
}

function checked(?string $name): string
{
    if ($name === null || $name === '') {
        throw new InvalidArgumentException('no name');
    }
    echo strlen($name), "\n";
    return ucfirst($name);
}

function upto(int $n): Generator
{
    for ($i = 0; $i < $n && $i < 10; $i++) {
        yield $i => $i * 2;
    }
    return $n;
}

function today(): string
{
    return date('Y-m-d');
}

function evaluated(string $code): mixed
{
    return eval($code);
}
