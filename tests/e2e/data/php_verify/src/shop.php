<?php

namespace Shop;

enum Size: string
{
    case Small = 's';
    case Large = 'l';

    public function label(): string
    {
        return ucfirst(strtolower($this->name));
    }
}

final class Item
{
    private int $sold = 0;

    public function __construct(private string $name, private float $price)
    {
    }

    public static function free(string $name): self
    {
        return new self($name, 0.0);
    }

    public function sell(int $count): static
    {
        $this->sold += $count;
        return $this;
    }

    public function total(): float
    {
        return $this->price * $this->sold;
    }

    public function isOneOf(mixed $other): bool
    {
        return $other instanceof self || $other instanceof static;
    }
}

function described(Size $size, Item $item): string
{
    return \joined([$size->label(), (string) $item->total()]);
}

// Its interface stands in another file, which is loaded when the class is.
final class Box implements Parcel
{
    public function __construct(private int $grams)
    {
    }

    public function weight(): int
    {
        return $this->grams * 2;
    }
}
