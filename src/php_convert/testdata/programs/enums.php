<?php
enum Once: string
{
    case A = 'a';
    case B = 'b';
    case C = 'c';
}
Once::from('b');  // makes all of them
function numbered(object $one): array
{
    return [spl_object_id($one), spl_object_hash($one)];
}
var_dump(numbered(new stdClass));

enum Level: int
{
    case Low = 1;
    case High = 2;
    const TOP = self::High;

    public static function top(): self { return self::TOP; }
    public function label(): string { return ucfirst(strtolower($this->name)); }
}

enum Suit
{
    case Hearts;
    case Spades;
}

enum Twice: string
{
    case One = 'x';
    case Two = 'x';
}

function attempt(callable $f)
{
    try {
        var_dump($f());
    } catch (Error $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

var_dump(Level::from(2), Level::tryFrom(9), Level::top()->label(), Suit::cases());
attempt(fn() => Level::from(9));
attempt(fn() => Level::from('H'));
attempt(fn() => Level::tryFrom('2'));
attempt(fn() => Twice::One);
attempt(fn() => Twice::from('x'));
attempt(fn() => new Suit);
attempt(fn() => clone Suit::Hearts);
attempt(function () { $case = Suit::Hearts; $case->name = 'x'; });
attempt(function () { $case = Suit::Hearts; $case->value = 'x'; });
attempt(function () { $case = Level::Low; $case->value = 3; });
attempt(function () { $case = Level::Low; $value = &$case->value; $value = 3; });
attempt(function () { $case = Level::Low; unset($case->name); });
var_dump(Suit::Hearts == Suit::Hearts, Suit::Hearts == Suit::Spades, Suit::Hearts < Suit::Spades);
var_dump(Suit::Hearts > true, Suit::Hearts <= true, Suit::Hearts == true);
var_dump(unserialize(serialize(Level::High)) === Level::High, serialize(Suit::Spades));

class Card
{
    public Suit $suit = Suit::Spades;
    public readonly int $rank;
    public function __construct(protected readonly Level $level = Level::Low) {}
    public function setRank(int $rank) { $this->rank = $rank; return $this; }
}

class Ace extends Card
{
    public function forget() { unset($this->rank); }
}

$card = (new Ace)->setRank(1);
attempt(fn() => $card->setRank(2));
attempt(function () use ($card) { $card->rank = 3; });
attempt(function () use ($card) { $card->forget(); });
attempt(fn() => $card->level);
attempt(function () { $fresh = new Card; $fresh->rank = 1; });
var_export([Level::High, 'card' => ['nested' => (object) ['a' => [1]]]]);
echo "\n";
var_dump(match (true) {
    $card instanceof Ace => 'ace',
    default => 'other',
});
