<?php
enum Suit: string implements HasColor { case Hearts = "H"; case Spades = "S"; const Wild = self::Spades; public static function f(): self { return self::Hearts; } }
enum Plain { case A; }
function enum() {} enum();