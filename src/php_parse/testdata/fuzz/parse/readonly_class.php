<?php
readonly class P { public function __construct(public int $x) {} }
final readonly class Q {} function readonly() {} readonly();