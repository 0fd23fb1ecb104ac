<?php
// Assertions: what fails is told as PHP's compiler writes it anew.
namespace Checked;

use Elsewhere\Thing as Other;

class Box {
    const SIZE = 0;
    public $inner = null;
    public static $count;

    public function has($key = null, $more = []) {
        return false;
    }

    public function check(): void {
        $asserted = [
            fn() => assert($this->inner !== null),
            fn() => assert($this->inner instanceof Other),
            fn() => assert(self::SIZE > 1 && is_int($this->inner) || \is_string(  $this->inner )),
            fn() => assert(($this->inner ?? 'it\'s "so"') === null and 0x10),
            fn() => assert(! isset($this->inner['k']) && false),
            fn() => assert($this->has($this->inner, [1, 'two'])),
            fn() => assert(static::$count),
            fn() => assert(\strlen('ab') == 1),
            fn() => assert((1 + self::SIZE) * 3 === -1),
            fn() => assert(!empty($this->inner) || FALSE),
            fn() => assert(!($this->inner instanceof Box) && $this->inner),
            fn() => assert(\in_array($this->inner, ['a', 1], true)),
            fn() => assert(false, 'told'),
            fn() => assert(false, 5),
            fn() => assert(true, []),
            fn() => assert(true, 'x'),
            fn() => \assert(0, new \LogicException('mine')),
            fn() => assert(\count([1]) % 2 === 1),
        ];
        foreach ($asserted as $what) {
            try {
                var_dump($what());
            } catch (\Throwable $e) {
                echo get_class($e), ' ', $e->getCode(), ' ', $e->getMessage(), "\n";
            }
        }
    }
}
(new Box())->check();
