<?php

final class TextTest extends PHPUnit\Framework\TestCase
{
    /** @dataProvider rows */
    public function testJoined(array $words, string $expected): void
    {
        self::assertSame($expected, joined($words, '; '));
    }

    public static function rows(): array
    {
        return [[['a', 'b'], 'a; b'], [[], '']];
    }
}
