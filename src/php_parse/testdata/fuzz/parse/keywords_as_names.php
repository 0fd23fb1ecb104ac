<?php
class A { const FOR = 1, match = 2; function list() { return $this->class->while; } static function new() {} }
A::FOR; A::new(); A::list; $a->array->fn()?->enum; f(array: 1, default: 2);