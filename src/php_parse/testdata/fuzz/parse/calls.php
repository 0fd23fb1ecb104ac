<?php
f(1, ...$a, b: 2); $f(...); A::g(...); $o->h()?->i()()["x"]; new B; new C(1); (new D)->e(); new $cls["x"]($y);
A::$b::C; $o::class; static::f(); $o->{$n . "x"}(); A::{$m}(); "f"(); [$o, "m"]();