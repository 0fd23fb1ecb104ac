<?php

namespace Shop;

interface Parcel
{
    public function weight(): int;
}

function heavier(Parcel $a, Parcel $b): Parcel
{
    return $a->weight() >= $b->weight() ? $a : $b;
}
