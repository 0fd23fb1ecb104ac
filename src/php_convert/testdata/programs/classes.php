<?php
// Classes, interfaces, traits, enums, magic methods and late static binding.
interface Named {
    const KIND = 'named';
    public function name(): string;
}
trait Greets {
    private $greeting = 'Hi';
    public function greet(): string {
        return $this->greeting . ' ' . $this->name() . ' ' . self::class . ' ' . __TRAIT__;
    }
}
abstract class Shape implements Named {
    protected static int $made = 0;
    public function __construct(protected readonly float $size) {
        static::$made++;
    }
    abstract public function area(): float;
    public static function make(...$arguments): static {
        return new static(...$arguments);
    }
    public static function made(): int {
        return self::$made;
    }
    public function __toString(): string {
        return static::class . '(' . $this->area() . ')';
    }
}
final class Square extends Shape {
    use Greets;
    public $tags = [];
    public function area(): float {
        return $this->size ** 2;
    }
    public function name(): string {
        return 'square';
    }
    public function __get($name) {
        return "no $name";
    }
    public function __call($name, $arguments) {
        return $name . '(' . implode(',', $arguments) . ')';
    }
    public function __clone() {
        $this->tags[] = 'cloned';
    }
}
enum Suit: string {
    case Hearts = 'h';
    case Spades = 's';
    public function label(): string {
        return ucfirst(strtolower($this->name));
    }
}

$square = Square::make(3);
echo $square, ' ', $square->greet(), ' ', $square->colour, ' ', $square->spin(1, 2), ' ', Square::KIND, "\n";
$square->tags[] = 'a';
$copy = clone $square;
print_r($copy);
var_dump($square instanceof Named, $copy->tags, Shape::made());
try {
    $square->size = 4;
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
echo Suit::from('h')->label(), ' ', Suit::tryFrom('x')?->label() ?? 'none', ' ', Suit::Spades->value, "\n";
$anonymous = new class(5) {
    public function __construct(private int $n) {}
    public function __invoke($by) {
        return $this->n * $by;
    }
};
echo $anonymous(2), "\n";
