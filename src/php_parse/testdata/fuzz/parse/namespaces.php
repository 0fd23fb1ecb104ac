<?php
namespace A\B;
use C\D, E\F as G; use function H\i; use const J\K;
use L\{M, N as O, function p, const Q};
use function R\{s, t as u,};
const X = 1; namespace\f(); \g(); new \H\I;