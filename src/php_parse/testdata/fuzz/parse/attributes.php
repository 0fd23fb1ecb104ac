<?php
#[A, B(1, x: 2)]
#[C]
function f(#[D] $a) {}
#[E] class G { #[H] const X = 1; #[I] public $p; #[J] function m() {} }
#[K] enum L { #[M] case N; }